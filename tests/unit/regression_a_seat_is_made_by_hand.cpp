// SPDX-License-Identifier: Apache-2.0
//
// Whoever has a store and a scope of its own can make a seat, and a stream or a ticket of that. It has the power of its scope and
// no more: a publisher's ticket ends no load, and a publisher for one device writes to no other.
#include <doctest/doctest.h>

#include "support/homes.hpp"

namespace {
struct desk {
  testing::book keys;
  fc::registry homes{keys};
  fc::engine::store store{homes, {.capacity = fc::mebibytes{1}}, {}, &fc::engine::hash_with_xxh3};
  fc::publisher camera{store, keys.publisher(1)};
  fc::stream porch = camera.begin(camera.device("porch"));
};
}  // namespace

TEST_CASE("a ticket made of a publisher's seat denies nothing (I8)") {
  desk d;
  fc::core::scope const who{d.homes, d.keys.publisher(1), fc::role::publisher, "anyone"};
  fc::ticket made{std::make_unique<fc::engine::seat>(who, d.store, d.porch.device(), d.porch.generation())};
  CHECK(std::move(made).absent_for(std::chrono::seconds{1}) == fc::commit_status::refused);
}

TEST_CASE("a stream made of the seat of a publisher for one device writes to no other (P1)") {
  desk d;
  auto limited = testing::book::admission(fc::role::publisher, 1, 70);
  limited.devices = fc::device_list::only({"garden"});
  fc::core::scope const who{d.homes, d.keys.issue(limited), fc::role::publisher, "anyone"};
  REQUIRE(d.store.begin(who, d.porch.device()).status == fc::begin_status::unlisted);
  fc::stream const made{std::make_unique<fc::engine::seat>(who, d.store, d.porch.device(), d.porch.generation())};
  CHECK(testing::put(made, "not my camera") == fc::commit_status::refused);
  CHECK(made.erase().status == fc::order_status::refused);
}

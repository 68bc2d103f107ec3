// SPDX-License-Identifier: Apache-2.0
//
// A list of devices is a list of names, and is asked by number: names that come and go change what it opens.
#include <doctest/doctest.h>

#include "support/homes.hpp"

namespace {
struct guarded_home : testing::house<> {
  fc::publisher camera = cache.publisher(keys.publisher(1));
  fc::steward boss = cache.steward(keys.steward(1));
  fc::frame_cache<>::viewer_type<> guest = cache.viewer(keys.issue([] {
    auto a = testing::book::admission(fc::role::viewer, 1, 70);
    a.devices = fc::device_list::only({"porch", "garden"});
    return a;
  }()));

  fc::stream shown(std::string_view name) const {
    auto stream = camera.begin(camera.device(name));
    REQUIRE(testing::put(stream, name) == fc::commit_status::committed);
    return stream;
  }
  [[nodiscard]] fc::lookup_status asked(fc::stream const& of) const {
    return guest.find(of.device(), of.generation()).why();
  }
};
}  // namespace

TEST_CASE("a listed device is open as soon as it comes, also when it comes later than the first question (I12)") {
  guarded_home h;
  auto const hall = h.shown("hall");
  CHECK(h.asked(hall) == fc::lookup_status::absent);
  auto const porch = h.shown("porch");
  CHECK(h.asked(porch) == fc::lookup_status::hit);
  CHECK(h.asked(hall) == fc::lookup_status::absent);
  auto const garden = h.shown("garden");
  CHECK(h.asked(garden) == fc::lookup_status::hit);
}

TEST_CASE("a listed device that was retired opens nothing by its number, and another under its name does (I12, I2)") {
  guarded_home h;
  auto const before = h.shown("porch");
  fc::core::scope const guest{h.homes, h.keys.issue([] {
                                auto a = testing::book::admission(fc::role::viewer, 1, 71);
                                a.devices = fc::device_list::only({"porch"});
                                return a;
                              }()),
                              fc::role::viewer, "anyone"};
  CHECK(guest.lists(before.device()));
  REQUIRE(h.boss.retire(before.device()).status == fc::order_status::done);
  CHECK_FALSE(guest.lists(before.device()));
  auto const after = h.shown("porch");
  CHECK(guest.lists(after.device()));
  CHECK_FALSE(guest.lists(before.device()));
  CHECK(h.asked(after) == fc::lookup_status::hit);
}

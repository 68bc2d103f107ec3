// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "model/raw_source.hpp"
#include "support/homes.hpp"

namespace {

constexpr std::string_view freed_secret = "the nursery, superseded a while ago";

// A device of which nothing is linked and one block is free, with a frame's bytes still in it.
struct freeing_relay {
  freeing_relay() {
    auto const device = camera.device("nursery");
    {
      auto const first = camera.begin(device);
      // Not at the start of its block, where free memory is linked.
      REQUIRE(testing::put(first, std::string(64, ' ') + std::string{freed_secret}) == fc::commit_status::committed);
    }
    stream = camera.begin(device);
    REQUIRE(cache.stats().frames == 0);
    REQUIRE(memory.contains(freed_secret));
  }

  testing::book book;
  fc::registry homes{book};
  testing::raw_source memory;
  fc::frame_cache<> cache{homes, {.capacity = fc::mebibytes{1}, .source = &memory}};
  fc::publisher camera = cache.publisher(book.publisher(1));
  fc::stream stream{fc::begin_status::unknown};
};

}  // namespace

TEST_CASE("retiring a device wipes what its free blocks still hold before it returns (I7)") {
  freeing_relay r;
  auto const answer = r.cache.steward(r.book.steward(1)).retire(r.stream.device());
  CHECK(answer.status == fc::order_status::done);
  CHECK(answer.wiped >= freed_secret.size());
  CHECK(answer.pinned == 0);
  CHECK_FALSE(r.memory.contains(freed_secret));
}

TEST_CASE("revoking a tenant wipes what its free blocks still hold before it returns (I7)") {
  freeing_relay r;
  auto const answer = r.cache.admin(r.book.admin()).revoke(testing::tenant(1));
  CHECK(answer.status == fc::order_status::done);
  CHECK(answer.wiped >= freed_secret.size());
  CHECK(answer.pinned == 0);
  CHECK_FALSE(r.memory.contains(freed_secret));
}

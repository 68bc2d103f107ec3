// SPDX-License-Identifier: Apache-2.0
//
// Arming a watch on a camera that has not streamed yet may cost a few bytes; in a full cache somebody's frame leaves for them, and the
// owner of that frame may do anything (I9): what it does falls between the watch's first look and its place in the list.
#include <doctest/doctest.h>

#include "model/owned_bytes.hpp"
#include "support/homes.hpp"
#include "support/records.hpp"

namespace {

struct full_cache {
  testing::book book;
  fc::registry homes{book};
  fc::frame_cache<> cache{homes, {.capacity = fc::mebibytes{1}}};
  fc::publisher camera = cache.publisher(book.publisher(1));
  fc::frame_cache<>::viewer_type<> eye = cache.viewer(book.viewer(1));
  fc::frame_cache<>::admin_type ops = cache.admin(book.admin());
  fc::device_id silent = *camera.device("silent");
  std::vector<fc::stream> others;
  int left = 0;
  int woken = 0;

  // Adopts until the last byte is charged; the oldest frame calls `f` when it leaves.
  explicit full_cache(std::function<void(full_cache&)> f) {
    auto stream = camera.begin(camera.device("porch"));
    auto second = camera.begin(camera.device("hall"));
    auto third = camera.begin(camera.device("garden"));
    others = testing::use_up_records(cache, camera);
    testing::owned_bytes first{{"x"}, 100'000};
    first.calling([this, f = std::move(f)] {
      ++left;
      f(*this);
    });
    REQUIRE(stream.adopt(std::move(first), {}) == fc::commit_status::committed);
    auto const before = cache.stats().resident;
    REQUIRE(second.adopt(testing::owned_bytes{{"x"}, 1000}, {}) == fc::commit_status::committed);
    auto const extra = cache.stats().resident - before - 1000;
    auto const free = cache.stats().capacity - cache.stats().resident;
    REQUIRE(third.adopt(testing::owned_bytes{{"x"}, free - extra}, {}) == fc::commit_status::committed);
    REQUIRE(cache.stats().resident == cache.stats().capacity);
  }
  fc::watch arm() {
    return eye.notify_newer(silent, fc::frame_sequence{std::uint64_t{0}}, [this] { ++woken; });
  }
};

}  // namespace

TEST_CASE("a tenant that is suspended while a watch is being armed does not leave that watch asleep") {
  full_cache home{[](full_cache& h) { CHECK(h.ops.suspend(testing::tenant(1)) == fc::order_status::done); }};
  auto const watch = home.arm();
  REQUIRE(home.left == 1);
  CHECK(home.woken == 1);
}

TEST_CASE("a device that is retired while a watch is being armed does not leave that watch asleep") {
  full_cache home{[](full_cache& h) {
    auto boss = h.cache.steward(h.book.steward(1));
    CHECK(boss.retire(h.silent).status == fc::order_status::done);
  }};
  auto const watch = home.arm();
  REQUIRE(home.left == 1);
  CHECK(home.woken == 1);
}

TEST_CASE("a frame that is committed while a watch is being armed is not missed by it") {
  full_cache home{[](full_cache& h) {
    auto stream = h.camera.begin(h.silent);
    CHECK(testing::put(stream, "just in time") == fc::commit_status::committed);
  }};
  auto const watch = home.arm();
  REQUIRE(home.left == 1);
  CHECK(home.woken == 1);
}

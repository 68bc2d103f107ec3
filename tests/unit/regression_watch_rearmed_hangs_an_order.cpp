// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "support/homes.hpp"

#include <functional>
#include <optional>

namespace {

// A live viewer as relays write it: every time it is woken it asks to be woken again. It gives up after a thousand times, so that
// this test ends.
struct live_viewer {
  explicit live_viewer(fc::frame_cache<>& cache, testing::book& book) : eye{cache.viewer(book.viewer(1))} {}
  void arm(fc::device_id device) {
    watch = eye.notify_newer(device, fc::frame_sequence{~std::uint64_t{0}}, [this, device] {
      if (++woken < 1000) arm(device);
    });
  }
  fc::frame_cache<>::viewer_type<> eye;
  fc::watch watch;
  int woken = 0;
};

}  // namespace

TEST_CASE("a watch that is armed again in its callback is woken once by an order, which then returns") {
  testing::book book;
  fc::registry homes{book};
  fc::frame_cache<> cache{homes, {.capacity = fc::mebibytes{1}}};
  auto camera = cache.publisher(book.publisher(1));
  auto ops = cache.admin(book.admin());
  auto boss = cache.steward(book.steward(1));
  auto stream = camera.begin(camera.device("porch"));
  live_viewer viewer{cache, book};
  viewer.arm(stream.device());
  // Somebody else is revoked: this viewer is still live.
  REQUIRE(boss.revoke(testing::principal(55)) == fc::order_status::done);
  CHECK(viewer.woken <= 2);

  viewer.woken = 0;
  viewer.arm(stream.device());
  REQUIRE(ops.resume(testing::tenant(1)) == fc::order_status::done);
  CHECK(viewer.woken <= 2);
}

// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "model/owned_bytes.hpp"
#include "support/homes.hpp"

#include <string>
#include <vector>

TEST_CASE("shared: new tenants get room from what cameras keep free, when no frame may leave (I10)") {
  testing::book book;
  fc::registry homes{book};
  fc::frame_cache<fc::isolate<fc::shared>> cache{homes, {.capacity = fc::mebibytes{1}}};
  auto camera = cache.publisher(book.publisher(1));
  auto eye = cache.viewer(book.viewer(1));
  std::vector<fc::stream> streams;
  std::vector<fc::frame_cache<fc::isolate<fc::shared>>::handle_type<>> held;
  streams.reserve(12);
  held.reserve(12);
  auto const hold = [&](fc::stream const& of) { held.push_back(eye.latest(of.device(), fc::any_age)); };
  // Each keeps the block of its last frame but one.
  for (int i = 0; i != 10; ++i) {
    streams.push_back(camera.begin(camera.device("camera " + std::to_string(i))));
    for (int n = 0; n != 2; ++n)
      REQUIRE(testing::put(streams.back(), std::string(20'000, 'x')) == fc::commit_status::committed);
    hold(streams.back());
  }
  for (auto const* name : {"porch", "hall"}) streams.push_back(camera.begin(camera.device(name)));
  auto const before = cache.stats().resident;
  REQUIRE(streams[10].adopt(testing::owned_bytes{{"x"}, 1000}, {}) == fc::commit_status::committed);
  auto const extra = cache.stats().resident - before - 1000;
  auto const free = cache.stats().capacity - cache.stats().resident;
  REQUIRE(streams[11].adopt(testing::owned_bytes{{"x"}, free - extra}, {}) == fc::commit_status::committed);
  hold(streams[10]);
  hold(streams[11]);
  for (auto const& each : held) REQUIRE(testing::holds(each));
  REQUIRE(cache.stats().resident == cache.stats().capacity);

  for (std::uint64_t n = 2; n != 42; ++n) {
    auto late = cache.viewer(book.viewer(n));
    CHECK(testing::holds(late));
  }
  CHECK(cache.stats().evictions == 0);
}

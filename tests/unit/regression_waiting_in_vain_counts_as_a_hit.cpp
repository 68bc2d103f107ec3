// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "support/homes.hpp"

TEST_CASE("a wait that ends without a newer frame is no hit") {
  testing::house<> h;
  auto camera = h.cache.publisher(h.keys.publisher(1));
  auto const stream = camera.begin(camera.device("porch"));
  REQUIRE(testing::put(stream, "a frame") == fc::commit_status::committed);
  auto eye = h.cache.viewer(h.keys.viewer(1));
  fc::frame_sequence const first{std::uint64_t{1}};
  CHECK_FALSE(eye.wait_newer(stream.device(), first, std::chrono::steady_clock::now()));
  CHECK(h.cache.stats().hits == 0);
}

// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "support/homes.hpp"

TEST_CASE("sharing another tenant's handle is one refused crossing, counted and told once (P2)") {
  testing::house<> h;
  auto camera = h.cache.publisher(h.keys.publisher(1));
  auto const stream = camera.begin(camera.device("porch"));
  REQUIRE(testing::put(stream, "a frame") == fc::commit_status::committed);
  auto eye = h.cache.viewer(h.keys.viewer(1));
  auto stranger = h.cache.viewer(h.keys.viewer(2));
  auto const held = eye.latest(stream.device(), fc::any_age);
  auto const refused = stranger.share(held);
  CHECK_FALSE(refused);
  CHECK(refused.why() == fc::lookup_status::refused);
  CHECK(h.crossings.size() == 1);
  CHECK(h.cache.stats().crossings_refused == 1);
}

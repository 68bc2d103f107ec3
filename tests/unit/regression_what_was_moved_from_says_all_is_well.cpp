// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "support/homes.hpp"

TEST_CASE("a handle that was moved from holds no frame, and does not say `hit`") {
  testing::house<> h;
  auto camera = h.cache.publisher(h.keys.publisher(1));
  auto const stream = camera.begin(camera.device("porch"));
  REQUIRE(testing::put(stream, "a frame") == fc::commit_status::committed);
  auto eye = h.cache.viewer(h.keys.viewer(1));
  auto first = eye.latest(stream.device(), fc::any_age);
  auto const second = std::move(first);
  CHECK_FALSE(first);
  CHECK(first.why() != fc::lookup_status::hit);
}

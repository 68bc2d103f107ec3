// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "support/homes.hpp"

TEST_CASE("a steward that revokes its own principal wakes that principal's watches and frees its devices") {
  testing::house<> h;
  auto camera = h.cache.publisher(h.keys.publisher(1, 7));
  auto other = h.cache.publisher(h.keys.publisher(1, 8));
  auto eye = h.cache.viewer(h.keys.viewer(1, 7));
  auto steward = h.cache.steward(h.keys.steward(1, 7));
  auto const stream = camera.begin(camera.device("porch"));
  int told = 0;
  auto const watch = eye.notify_newer(stream.device(), fc::frame_sequence{std::uint64_t{0}}, [&] { ++told; });
  REQUIRE(steward.revoke(testing::principal(7)) == fc::order_status::done);
  REQUIRE_FALSE(eye);
  CHECK(told == 1);
  CHECK(other.begin(stream.device()));
}

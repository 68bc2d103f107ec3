// SPDX-License-Identifier: Apache-2.0
//
// steward.revoke(principal): "ends every scope of a principal". What was ended must not come back when the principal may come
// back: the session that was stolen is still open somewhere.
#include <doctest/doctest.h>

#include "support/homes.hpp"

TEST_CASE("a scope that ended with its principal stays ended when the principal is reinstated") {
  testing::house<> h;
  auto camera = h.cache.publisher(h.keys.publisher(1, 70));
  auto const stream = camera.begin(camera.device("porch"));
  REQUIRE(testing::put(stream, "a frame") == fc::commit_status::committed);
  auto stolen = h.cache.viewer(h.keys.viewer(1, 70));
  auto steward = h.cache.steward(h.keys.steward(1));
  REQUIRE(steward.revoke(testing::principal(70)) == fc::order_status::done);
  REQUIRE(steward.reinstate(testing::principal(70)) == fc::order_status::done);
  CHECK(testing::holds(h.cache.viewer(h.keys.viewer(1, 70))));
  CHECK_FALSE(stolen);
  CHECK(stolen.latest(stream.device(), fc::any_age).why() == fc::lookup_status::refused);
  CHECK(testing::put(stream, "another") == fc::commit_status::refused);
}

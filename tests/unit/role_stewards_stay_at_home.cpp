// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "support/homes.hpp"

TEST_CASE("a steward acts on its own home only: a neighbour's principals, devices and counts are out of its reach") {
  testing::house<> h;
  auto neighbour = h.cache.publisher(h.keys.publisher(2, 8));
  auto const theirs = neighbour.begin(neighbour.device("front door"));
  REQUIRE(testing::put(theirs, "a frame") == fc::commit_status::committed);
  auto their_eye = h.cache.viewer(h.keys.viewer(2, 7));
  auto mine = h.cache.publisher(h.keys.publisher(1, 8));
  auto const porch = mine.begin(mine.device("porch"));
  REQUIRE(testing::put(porch, "mine") == fc::commit_status::committed);
  auto steward = h.cache.steward(h.keys.steward(1));

  CHECK_FALSE(steward.device("front door").has_value());
  CHECK(steward.retire(theirs.device()).status == fc::order_status::unknown);
  CHECK(steward.revoke(testing::principal(7)) == fc::order_status::done);  // home 1's principal 7
  CHECK(their_eye);
  CHECK(their_eye.find(theirs.device(), theirs.generation()));
  CHECK(steward.counts().devices == 1);
  CHECK(steward.counts().frames == 1);
  CHECK(steward.counts().hits == 0);

  // The core says the same when the other tenant is named outright.
  fc::core::scope const by{h.homes, h.keys.steward(1), fc::role::steward, "anyone"};
  CHECK(h.homes.revoke(by, testing::tenant(2), testing::principal(7), 0) == fc::order_status::refused);
  CHECK(h.homes.reinstate(by, testing::tenant(2), testing::principal(7)) == fc::order_status::refused);
  CHECK(h.homes.revoke(by, testing::tenant(2)).status == fc::order_status::refused);
  CHECK(h.homes.suspend(by, testing::tenant(1), true) == fc::order_status::refused);
  CHECK(their_eye);
}

TEST_CASE("a steward's drain and counts look at its own home only") {
  testing::house<> h;
  auto neighbour = h.cache.publisher(h.keys.publisher(2));
  auto const theirs = neighbour.begin(neighbour.device("front door"));
  REQUIRE(testing::put(theirs, "a frame") == fc::commit_status::committed);
  auto their_eye = h.cache.viewer(h.keys.viewer(2));
  auto const held = their_eye.find(theirs.device(), theirs.generation());
  auto ops = h.cache.admin(h.keys.admin());
  auto steward = h.cache.steward(h.keys.steward(1));
  REQUIRE(ops.revoke(testing::tenant(2)).pinned != 0);
  auto const now = std::chrono::steady_clock::now();
  CHECK_FALSE(ops.drain(testing::tenant(2), now));
  CHECK(steward.drain(now));
  CHECK(steward.counts().pinned == 0);
}

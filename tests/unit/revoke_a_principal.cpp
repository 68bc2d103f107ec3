// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "support/homes.hpp"

TEST_CASE("a revoked principal loses what it has open and opens nothing more, until it is reinstated") {
  testing::house<> h;
  auto camera = h.cache.publisher(h.keys.publisher(1, 8));
  auto const stream = camera.begin(camera.device("front door"));
  REQUIRE(testing::put(stream, "a frame") == fc::commit_status::committed);
  auto const guest_key = h.keys.viewer(1, 70);
  auto guest = h.cache.viewer(guest_key);
  auto owner = h.cache.viewer(h.keys.viewer(1, 7));
  auto const held = guest.find(stream.device(), stream.generation());
  auto steward = h.cache.steward(h.keys.steward(1));

  REQUIRE(steward.revoke(testing::principal(70)) == fc::order_status::done);
  CHECK(guest.why() == fc::refusal::refused);
  CHECK(guest.find(stream.device(), stream.generation()).why() == fc::lookup_status::refused);
  CHECK(guest.read(held).why() == fc::lookup_status::refused);
  CHECK_FALSE(guest.share(held));
  auto const refused_before = h.homes.credentials_refused();
  CHECK(h.cache.viewer(guest_key).why() == fc::refusal::refused);
  CHECK(h.cache.viewer(h.keys.viewer(1, 70)).why() == fc::refusal::refused);  // a new credential does not help
  CHECK(h.cache.publisher(h.keys.publisher(1, 70)).why() == fc::refusal::refused);
  CHECK(h.homes.credentials_refused() == refused_before + 3);
  // The others of the home, and principals of that number elsewhere, are not touched.
  CHECK(testing::holds(owner.read(held)));
  CHECK(owner);
  CHECK(camera);
  CHECK(steward);
  CHECK(testing::holds(h.cache.viewer(h.keys.viewer(2, 70))));

  CHECK(steward.revoke(testing::principal(70)) == fc::order_status::done);  // twice is once
  REQUIRE(steward.reinstate(testing::principal(70)) == fc::order_status::done);
  CHECK(testing::holds(h.cache.viewer(guest_key)));
  CHECK(steward.reinstate(testing::principal(70)) == fc::order_status::unknown);
}

TEST_CASE("a revoked publisher's streams and drafts end, and another principal may take the device over") {
  testing::house<> h;
  auto thief = h.cache.publisher(h.keys.publisher(1, 80));
  auto const stolen = thief.begin(thief.device("front door"));
  REQUIRE(testing::put(stolen, "the thief's picture") == fc::commit_status::committed);
  auto draft = stolen.stage(fc::byte_count{4U});
  auto owner = h.cache.publisher(h.keys.publisher(1, 8));
  CHECK(owner.begin(stolen.device()).why() == fc::begin_status::conflict);
  auto ops = h.cache.admin(h.keys.admin());

  REQUIRE(ops.revoke(testing::tenant(1), testing::principal(80)) == fc::order_status::done);
  CHECK(std::move(draft).commit({.size = fc::byte_count{4U}}) == fc::commit_status::refused);
  CHECK(stolen.stage(fc::byte_count{4U}).why() == fc::commit_status::refused);
  CHECK(thief.begin(stolen.device()).why() == fc::begin_status::refused);
  CHECK(thief.device("another").why() == fc::name_status::refused);

  auto const taken = owner.begin(stolen.device());
  REQUIRE(taken);
  CHECK(testing::put(taken, "the owner's picture") == fc::commit_status::committed);
  auto eye = h.cache.viewer(h.keys.viewer(1));
  CHECK(eye.find(stolen.device(), stolen.generation()).why() == fc::lookup_status::superseded);
}

TEST_CASE("an admin revokes and reinstates principals of any tenant, and of an unknown tenant nothing") {
  testing::house<> h;
  auto ops = h.cache.admin(h.keys.admin());
  auto eye = h.cache.viewer(h.keys.viewer(1, 7));
  CHECK(ops.revoke(testing::tenant(77), testing::principal(7)) == fc::order_status::unknown);
  CHECK(ops.reinstate(testing::tenant(77), testing::principal(7)) == fc::order_status::unknown);
  CHECK(ops.revoke(testing::tenant(1), testing::principal(7)) == fc::order_status::done);
  CHECK_FALSE(eye);
  CHECK(ops.reinstate(testing::tenant(1), testing::principal(7)) == fc::order_status::done);
  CHECK(testing::holds(h.cache.viewer(h.keys.viewer(1, 7))));
}

TEST_CASE("a principal stays revoked when its tenant begins a new epoch") {
  testing::house<> h;
  REQUIRE(testing::holds(h.cache.viewer(h.keys.viewer(1, 70))));
  auto ops = h.cache.admin(h.keys.admin());
  REQUIRE(ops.revoke(testing::tenant(1), testing::principal(70)) == fc::order_status::done);
  REQUIRE(ops.revoke(testing::tenant(1)).status == fc::order_status::done);
  CHECK(h.cache.viewer(h.keys.viewer(1, 70)).why() == fc::refusal::refused);
  CHECK(testing::holds(h.cache.viewer(h.keys.viewer(1, 7))));
}

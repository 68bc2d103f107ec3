// SPDX-License-Identifier: Apache-2.0
//
// Whoever waits is told when there is nothing more to wait for, and can then see why.
#include <doctest/doctest.h>

#include "support/homes.hpp"

namespace {
struct waiting_home : testing::house<> {
  fc::publisher camera = cache.publisher(keys.publisher(1));
  fc::stream stream = camera.begin(camera.device("front door"));
  fc::frame_cache<>::viewer_type<fc::anyone> eye = cache.viewer(keys.viewer(1));
  fc::frame_cache<>::steward_type steward = cache.steward(keys.steward(1));
  fc::frame_cache<>::admin_type ops = cache.admin(keys.admin());
  int told = 0;
  fc::watch watch = eye.notify_newer(stream.device(), fc::frame_sequence{std::uint64_t{0}}, [this] { ++told; });
};
fc::frame_sequence const before_all{std::uint64_t{0}};
}  // namespace

TEST_CASE("a watch is told when its device is retired") {
  waiting_home h;
  REQUIRE(h.steward.retire(h.stream.device()).status == fc::order_status::done);
  CHECK(h.told == 1);
  CHECK(h.eye.latest(h.stream.device(), fc::any_age).why() == fc::lookup_status::absent);
}

TEST_CASE("a watch is told when its tenant is revoked, by whom a new epoch gets nothing") {
  waiting_home h;
  REQUIRE(h.ops.revoke(testing::tenant(1)).status == fc::order_status::done);
  CHECK(h.told == 1);
  CHECK(h.eye.latest(h.stream.device(), fc::any_age).why() == fc::lookup_status::refused);
  auto camera_of_next = h.cache.publisher(h.keys.publisher(1));
  REQUIRE(testing::put(camera_of_next.begin(camera_of_next.device("front door")), "x") == fc::commit_status::committed);
  CHECK(h.told == 1);
}

TEST_CASE("a watch is told when its principal is revoked, by a steward or by an admin") {
  waiting_home h;
  REQUIRE(h.steward.revoke(testing::principal(7)) == fc::order_status::done);
  CHECK(h.told == 1);
  CHECK_FALSE(h.eye);
  waiting_home other;
  REQUIRE(other.ops.revoke(testing::tenant(1), testing::principal(7)) == fc::order_status::done);
  CHECK(other.told == 1);
}

TEST_CASE("a watch is told when its tenant, its audience or watching itself is suspended") {
  waiting_home by_tenant;
  REQUIRE(by_tenant.ops.suspend(testing::tenant(1)) == fc::order_status::done);
  CHECK(by_tenant.told == 1);
  waiting_home by_audience;
  REQUIRE(by_audience.ops.suspend<fc::anyone>() == fc::order_status::done);
  CHECK(by_audience.told == 1);
  waiting_home by_capability;
  REQUIRE(by_capability.ops.suspend(fc::capability::live) == fc::order_status::done);
  CHECK(by_capability.told == 1);
}

TEST_CASE("a refused viewer's watch is told at once") {
  waiting_home h;
  REQUIRE(h.ops.revoke(testing::tenant(1)).status == fc::order_status::done);
  int told = 0;
  auto const late = h.eye.notify_newer(h.stream.device(), before_all, [&] { ++told; });
  CHECK(told == 1);
}

TEST_CASE("an order on one home tells nobody of another") {
  waiting_home h;
  auto stranger = h.cache.viewer(h.keys.viewer(2));
  auto neighbour = h.cache.publisher(h.keys.publisher(2));
  auto const device = *neighbour.device("front door");
  int told = 0;
  auto const watch = stranger.notify_newer(device, before_all, [&] { ++told; });
  REQUIRE(h.steward.revoke(testing::principal(7)) == fc::order_status::done);
  REQUIRE(h.ops.suspend(testing::tenant(1)) == fc::order_status::done);
  REQUIRE(h.ops.revoke(testing::tenant(1)).status == fc::order_status::done);
  CHECK(told == 0);
}

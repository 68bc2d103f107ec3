// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "support/homes.hpp"

TEST_CASE("the steward of a suspended tenant orders nothing until it is resumed (I12)") {
  testing::house<> h;
  auto camera = h.cache.publisher(h.keys.publisher(1));
  auto const porch = *camera.device("porch");
  auto boss = h.cache.steward(h.keys.steward(1));
  auto ops = h.cache.admin(h.keys.admin());
  REQUIRE(boss);
  REQUIRE(ops.suspend(testing::tenant(1)) == fc::order_status::done);
  CHECK(boss.why() == fc::refusal::suspended);
  CHECK(boss.revoke(testing::principal(7)) == fc::order_status::refused);
  CHECK(boss.retire(porch).status == fc::order_status::refused);
  CHECK(boss.counts().status == fc::order_status::refused);
  REQUIRE(ops.resume(testing::tenant(1)) == fc::order_status::done);
  CHECK(boss);
  CHECK(boss.counts().status == fc::order_status::done);
  CHECK(boss.retire(porch).status == fc::order_status::done);
}

// SPDX-License-Identifier: Apache-2.0
//
// core::scope::commands: "stewards and admins need no capability that could be switched off under them". In an incident `view`
// goes off first, and that is when a home's owner wants to lock a guest out.
#include <doctest/doctest.h>

#include "support/homes.hpp"

TEST_CASE("with `view` off for everybody a steward can still revoke a principal and retire a device") {
  testing::house<> h;
  auto camera = h.cache.publisher(h.keys.publisher(1));
  auto const device = *camera.device("porch");
  auto steward = h.cache.steward(h.keys.steward(1));
  auto ops = h.cache.admin(h.keys.admin());
  REQUIRE(ops.suspend(fc::capability::view) == fc::order_status::done);
  CHECK(steward);
  CHECK(steward.revoke(testing::principal(70)) == fc::order_status::done);
  CHECK(steward.retire(device).status == fc::order_status::done);
  CHECK(steward.counts().status == fc::order_status::done);
}

// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "support/homes.hpp"

TEST_CASE("drain is true for a tenant that holds nothing in this cache, since nothing of it is pinned") {
  testing::book keys;
  fc::registry homes{keys};
  fc::frame_cache<> stills{homes, {.capacity = fc::mebibytes{1}}};
  fc::frame_cache<> clips{homes, {.capacity = fc::mebibytes{1}}};
  REQUIRE(testing::holds(stills.viewer(keys.viewer(1))));
  auto ops = clips.admin(keys.admin());
  REQUIRE(ops.revoke(testing::tenant(1)).status == fc::order_status::done);
  CHECK(ops.drain(testing::tenant(1), std::chrono::steady_clock::now()));
}

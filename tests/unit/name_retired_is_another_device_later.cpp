// SPDX-License-Identifier: Apache-2.0
//
// I2: device ids are unique in the process and never used again.
#include <doctest/doctest.h>

#include "support/homes.hpp"

#include <set>

TEST_CASE("a camera that is added under a retired name is another device (I2)") {
  testing::house<> h;
  auto camera = h.cache.publisher(h.keys.publisher(1));
  auto steward = h.cache.steward(h.keys.steward(1));
  auto eye = h.cache.viewer(h.keys.viewer(1));
  std::set<std::uint64_t> seen;
  for (int i = 0; i != 10; ++i) {
    auto const device = *camera.device("front door");
    CHECK(seen.insert(device.value()).second);
    CHECK(eye.device("front door") == device);
    auto const stream = camera.begin(device);
    REQUIRE(testing::put(stream, "a frame") == fc::commit_status::committed);
    REQUIRE(steward.retire(device).status == fc::order_status::done);
    CHECK_FALSE(eye.device("front door").has_value());
    CHECK(eye.find(device, stream.generation()).why() == fc::lookup_status::absent);
    CHECK(camera.begin(device).why() == fc::begin_status::unknown);
  }
}

TEST_CASE("a revoked tenant's names come back as other devices (I2, I7)") {
  testing::house<> h;
  auto ops = h.cache.admin(h.keys.admin());
  std::set<std::uint64_t> seen;
  for (int i = 0; i != 5; ++i) {
    auto camera = h.cache.publisher(h.keys.publisher(1));
    CHECK(seen.insert((*camera.device("front door")).value()).second);
    REQUIRE(ops.revoke(testing::tenant(1)).status == fc::order_status::done);
  }
}

TEST_CASE("device ids of two registries never meet (I2)") {
  testing::house<> one;
  testing::house<> two;
  auto first = one.cache.publisher(one.keys.publisher(1));
  auto second = two.cache.publisher(two.keys.publisher(1));
  std::set<std::uint64_t> seen;
  for (int i = 0; i != 100; ++i) {
    auto const name = std::to_string(i);
    seen.insert((*first.device(name)).value());
    seen.insert((*second.device(name)).value());
  }
  CHECK(seen.size() == 200);
}

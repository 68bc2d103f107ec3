// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "support/homes.hpp"

TEST_CASE("a tenant at its bound of names gets `full` for a new one, and its old ones still work") {
  testing::house<> h{fc::registry_config{.names_per_tenant = 3}};
  auto camera = h.cache.publisher(h.keys.publisher(1));
  auto const first = *camera.device("one");
  REQUIRE(camera.device("two"));
  REQUIRE(camera.device("three"));
  auto const charged = h.cache.stats().resident;

  auto const fourth = camera.device("four");
  CHECK_FALSE(fourth);
  CHECK(fourth.why() == fc::name_status::full);
  CHECK(camera.begin(fourth).why() == fc::begin_status::unknown);
  CHECK(h.cache.stats().resident == charged);
  CHECK(*camera.device("one") == first);
  CHECK(testing::put(camera.begin(first), "a frame") == fc::commit_status::committed);

  // The bound is each tenant's own.
  auto neighbour = h.cache.publisher(h.keys.publisher(2));
  CHECK(neighbour.device("one"));
  CHECK(neighbour.device("two"));
  CHECK(neighbour.device("three"));
  CHECK(neighbour.device("four").why() == fc::name_status::full);
}

TEST_CASE("retiring a device makes room for another name") {
  testing::house<> h{fc::registry_config{.names_per_tenant = 1}};
  auto camera = h.cache.publisher(h.keys.publisher(1));
  auto steward = h.cache.steward(h.keys.steward(1));
  auto const old = *camera.device("old");
  REQUIRE(camera.device("new").why() == fc::name_status::full);
  REQUIRE(steward.retire(old).status == fc::order_status::done);
  CHECK(camera.device("new").why() == fc::name_status::ok);
  CHECK(camera.device("old").why() == fc::name_status::full);
}

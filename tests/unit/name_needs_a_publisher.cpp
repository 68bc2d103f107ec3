// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "support/homes.hpp"

#include <concepts>

TEST_CASE("asking for a name as a viewer or a steward creates nothing") {
  testing::house<> h;
  auto eye = h.cache.viewer(h.keys.viewer(1));
  auto steward = h.cache.steward(h.keys.steward(1));
  auto const before = h.cache.stats().resident;
  CHECK_FALSE(eye.device("front door").has_value());
  CHECK_FALSE(steward.device("front door").has_value());
  CHECK_FALSE(eye.device("front door").has_value());
  CHECK(h.cache.stats().resident == before);

  auto camera = h.cache.publisher(h.keys.publisher(1));
  auto const made = *camera.device("front door");
  CHECK(eye.device("front door") == made);
  CHECK(steward.device("front door") == made);
}

TEST_CASE("whoever is no publisher of the tenant interns nothing") {
  testing::house<> h;
  for (auto const role : {fc::role::viewer, fc::role::steward, fc::role::admin}) {
    auto impostor = h.cache.publisher(h.keys.issue(role, 1));
    CHECK_FALSE(impostor);
    CHECK(impostor.device("front door").why() == fc::name_status::refused);
    CHECK(impostor.begin(impostor.device("front door")).why() == fc::begin_status::refused);
  }
  CHECK_FALSE(h.cache.viewer(h.keys.viewer(1)).device("front door").has_value());

  // The core itself asks for the role: a viewer's scope interns nothing either.
  fc::core::scope const eye{h.homes, h.keys.viewer(1), fc::role::viewer, "anyone"};
  REQUIRE(eye.opened());
  CHECK(h.homes.intern(eye, "front door", 0).status == fc::name_status::refused);
}

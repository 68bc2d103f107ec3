// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "support/homes.hpp"

TEST_CASE("an audience that the admission does not list takes no place in the registry's table of 64") {
  testing::book keys;
  fc::registry homes{keys};
  auto const key = keys.viewer(1);
  for (int i = 0; i != 70; ++i) {
    auto const name = "audience " + std::to_string(i);
    fc::core::scope const refused{homes, key, fc::role::viewer, name};
    CHECK_FALSE(refused.opened());
  }
  fc::core::scope const eye{homes, key, fc::role::viewer, "anyone"};
  CHECK(eye.check(fc::capability::view) == fc::refusal::none);
}

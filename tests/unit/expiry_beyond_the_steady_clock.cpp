// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "support/homes.hpp"

using namespace std::chrono_literals;

TEST_CASE(
    "an expiry that the steady clock cannot count is none, and does not wrap round to one that has passed (I12)") {
  testing::clock_keeper const keeper;
  testing::house<> h;
  // A steady clock that has counted for a lifetime has less left than the wall clock.
  fc::base::test_steady_offset += std::chrono::nanoseconds{std::chrono::years{80}}.count();
  auto admission = testing::book::admission(fc::role::viewer, 1, 7);
  admission.expires = fc::expiry::at(fc::base::wall_time::max());
  auto eye = h.cache.viewer(h.keys.issue(admission));
  CHECK(eye);
  fc::base::advance_clocks(24h * 365);
  CHECK(eye);
}

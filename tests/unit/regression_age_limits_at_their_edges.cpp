// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <framecache/framecache.hpp>

#include <chrono>
#include <limits>

namespace fc = framecache;
using namespace std::chrono_literals;

TEST_CASE("a negative limit admits nothing, also not what was committed after the clock was read") {
  // latest() reads the clock before it takes the lock, so that a frame may be committed at a later time than `now`.
  CHECK_FALSE(fc::no_older_than(-1s).admits(-5ns));
  CHECK(fc::no_older_than(0s).admits(-5ns));
}

TEST_CASE("a limit that is not a number admits nothing") {
  auto const nan = std::chrono::duration<double>{std::numeric_limits<double>::quiet_NaN()};
  CHECK(fc::no_older_than(nan).most() < 0ns);
  CHECK_FALSE(fc::no_older_than(nan).admits(0ns));
}

TEST_CASE("a float limit just below the largest is not turned into a negative one") {
  // 9,223,371,776 s is below the largest; times 1e9 in float it rounds up to 2^63, one above.
  CHECK(fc::no_older_than(std::chrono::duration<float>{9223371776.0F}).admits(1h));
}

// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <framecache/framecache.hpp>

#include <chrono>
#include <cstdint>
#include <limits>
#include <type_traits>

namespace fc = framecache;
using namespace std::chrono_literals;
using std::chrono::duration;
using std::chrono::nanoseconds;

TEST_CASE("an age limit admits exactly the ages up to it") {
  constexpr auto limit = fc::no_older_than(2s);
  static_assert(limit.bounded());
  CHECK(limit.admits(0ns));
  CHECK(limit.admits(2s));
  CHECK_FALSE(limit.admits(2s + 1ns));
  CHECK(fc::no_older_than(0s).admits(0ns));
  CHECK_FALSE(fc::no_older_than(0s).admits(1ns));
  static_assert(!std::is_default_constructible_v<fc::age_limit>);
}

TEST_CASE("a negative age limit admits not even what was committed just now") {
  CHECK_FALSE(fc::no_older_than(-1ns).admits(0ns));
  CHECK_FALSE(fc::no_older_than(-5h).admits(0ns));
  CHECK_FALSE(fc::no_older_than(duration<double>{-1e-12}).admits(0ns));
  CHECK_FALSE(fc::no_older_than(std::chrono::hours::min()).admits(0ns));
  CHECK_FALSE(fc::no_older_than(duration<double>{-std::numeric_limits<double>::infinity()}).admits(0ns));
}

TEST_CASE("an age limit too large for nanoseconds is cut to the largest, never wrapped to a small or negative one") {
  constexpr auto most = nanoseconds::max();
  CHECK(fc::no_older_than(std::chrono::hours::max()).most() == most);
  CHECK(fc::no_older_than(std::chrono::years{1'000'000}).most() == most);
  CHECK(fc::no_older_than(duration<std::uint64_t>{~std::uint64_t{0}}).most() == most);
  CHECK(fc::no_older_than(duration<double>{1e300}).most() == most);
  CHECK(fc::no_older_than(duration<double>{std::numeric_limits<double>::infinity()}).most() == most);
  CHECK(fc::no_older_than(most).most() == most);
  // Large, and exact.
  CHECK(fc::no_older_than(std::chrono::hours{24 * 365 * 200}).most() == std::chrono::hours{24 * 365 * 200});
}

TEST_CASE("a floating age limit is rounded down, so that nothing older than asked passes") {
  CHECK(fc::no_older_than(duration<double>{1.5}).most() == 1500ms);
  CHECK(fc::no_older_than(duration<double, std::nano>{2.9}).most() == 2ns);
  CHECK(fc::no_older_than(duration<float>{0.25F}).most() == 250ms);
}

TEST_CASE("any_age admits every age") {
  static_assert(!fc::any_age.bounded());
  CHECK(fc::any_age.admits(0ns));
  CHECK(fc::any_age.admits(nanoseconds::max()));
}

// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <framecache/framecache.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>

namespace fc = framecache;

TEST_CASE("a byte_count keeps any unsigned number, and takes nothing signed, boolean or forgotten") {
  constexpr auto most = std::numeric_limits<std::uint64_t>::max();
  CHECK(fc::byte_count{0U}.value() == 0);
  CHECK(fc::byte_count{std::uint8_t{255}}.value() == 255);
  CHECK(fc::byte_count{std::size_t{7}}.value() == 7);
  CHECK(fc::byte_count{most}.value() == most);
  static_assert(!std::is_default_constructible_v<fc::byte_count>);
  static_assert(!std::is_constructible_v<fc::byte_count, int> && !std::is_constructible_v<fc::byte_count, long long>);
  static_assert(!std::is_constructible_v<fc::byte_count, bool> && !std::is_constructible_v<fc::byte_count, double>);
  static_assert(!std::is_convertible_v<std::size_t, fc::byte_count>);
}

TEST_CASE("byte counts are compared as numbers") {
  CHECK(fc::byte_count{4U} == fc::byte_count{std::uint64_t{4}});
  CHECK(fc::byte_count{4U} < fc::byte_count{5U});
  CHECK(fc::byte_count{5U} >= fc::byte_count{5U});
}

TEST_CASE("kibibytes, mebibytes and gibibytes are powers of 1024") {
  CHECK(fc::byte_count{fc::kibibytes{3}}.value() == 3 * 1024);
  CHECK(fc::byte_count{fc::mebibytes{3}}.value() == 3 * 1024 * 1024);
  CHECK(fc::byte_count{fc::gibibytes{3}}.value() == std::uint64_t{3} * 1024 * 1024 * 1024);
  CHECK(fc::byte_count{fc::gibibytes{0}}.value() == 0);
}

TEST_CASE("a multiple that does not fit saturates instead of wrapping to a small one") {
  constexpr auto most = std::numeric_limits<std::uint64_t>::max();
  CHECK(fc::byte_count{fc::kibibytes{most}}.value() == most);
  CHECK(fc::byte_count{fc::mebibytes{(most >> 20) + 1}}.value() == most);
  CHECK(fc::byte_count{fc::gibibytes{std::uint64_t{1} << 34}}.value() == most);
  // The largest that fits is exact.
  CHECK(fc::byte_count{fc::kibibytes{most >> 10}}.value() == (most >> 10) << 10);
  CHECK(fc::byte_count{fc::gibibytes{most >> 30}}.value() == (most >> 30) << 30);
}

// SPDX-License-Identifier: Apache-2.0
//
// I2: an id is made from exactly one 64-bit word and from nothing else; only what is counted in time has an order.
#include <doctest/doctest.h>

#include <framecache/framecache.hpp>

#include <compare>
#include <concepts>
#include <cstdint>
#include <limits>
#include <type_traits>

namespace fc = framecache;

TEST_CASE_TEMPLATE("an id keeps its word, and is equal to another only with the same word (I2)", Id, fc::tenant_id,
                   fc::principal_id, fc::device_id, fc::stream_generation, fc::frame_sequence) {
  constexpr auto most = std::numeric_limits<std::uint64_t>::max();
  for (std::uint64_t const word : {std::uint64_t{0}, std::uint64_t{1}, most - 1, most}) CHECK(Id{word}.value() == word);
  CHECK(Id{most} == Id{most});
  CHECK(Id{most} != Id{most - 1});
  static_assert(Id{std::uint64_t{3}} == Id{std::uint64_t{3}});
  static_assert(sizeof(Id) == sizeof(std::uint64_t) && std::is_trivially_copyable_v<Id>);
}

TEST_CASE_TEMPLATE("an id is made from std::uint64_t alone, and turns into nothing (I2)", Id, fc::tenant_id,
                   fc::principal_id, fc::device_id, fc::stream_generation, fc::frame_sequence) {
  static_assert(std::is_constructible_v<Id, std::uint64_t>);
  static_assert(!std::is_default_constructible_v<Id>);
  static_assert(!std::is_constructible_v<Id, int> && !std::is_constructible_v<Id, std::uint32_t>);
  static_assert(!std::is_constructible_v<Id, std::int64_t> && !std::is_constructible_v<Id, unsigned long long>);
  static_assert(!std::is_constructible_v<Id, bool> && !std::is_constructible_v<Id, char const*>);
  static_assert(!std::is_convertible_v<std::uint64_t, Id>);
  static_assert(!std::is_convertible_v<Id, std::uint64_t> && !std::is_constructible_v<std::uint64_t, Id>);
  CHECK(std::is_copy_assignable_v<Id>);
}

TEST_CASE("ids of different things neither convert into nor compare with each other (I2)") {
  static_assert(std::equality_comparable<fc::device_id>);
  static_assert(!std::equality_comparable_with<fc::device_id, fc::tenant_id>);
  static_assert(!std::is_constructible_v<fc::device_id, fc::tenant_id>);
  static_assert(!std::is_constructible_v<fc::stream_generation, fc::frame_sequence>);
  CHECK(!std::is_assignable_v<fc::principal_id&, fc::tenant_id>);
}

TEST_CASE("only generations and sequences have an order") {
  static_assert(std::three_way_comparable<fc::stream_generation> && std::three_way_comparable<fc::frame_sequence>);
  static_assert(!std::three_way_comparable<fc::tenant_id> && !std::three_way_comparable<fc::principal_id>);
  static_assert(!std::three_way_comparable<fc::device_id>);
  CHECK(fc::stream_generation{std::uint64_t{2}} < fc::stream_generation{~std::uint64_t{0}});
  CHECK(fc::frame_sequence{std::uint64_t{9}} > fc::frame_sequence{std::uint64_t{8}});
  CHECK(fc::frame_sequence{std::uint64_t{9}} >= fc::frame_sequence{std::uint64_t{9}});
}

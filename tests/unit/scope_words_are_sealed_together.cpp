// SPDX-License-Identifier: Apache-2.0
//
// What a scope acts by is its authority and its registry. Neither can be put in the place of another's.
#include <doctest/doctest.h>

#include "support/homes.hpp"

#include <array>
#include <cstdint>
#include <cstring>

namespace {

using words = std::array<std::uint64_t, sizeof(fc::core::scope) / sizeof(std::uint64_t)>;

words words_of(fc::core::scope const& of) {
  words all;
  std::memcpy(all.data(), static_cast<void const*>(&of), sizeof all);
  return all;
}
void put_into(fc::core::scope& to, words const& all) { std::memcpy(static_cast<void*>(&to), all.data(), sizeof all); }

}  // namespace

TEST_CASE("a scope with any one word of another tenant's opens nothing, and with its own again everything (P3)") {
  testing::book keys;
  fc::registry homes{keys};
  fc::registry others{keys};
  fc::engine::store store{homes, {.capacity = fc::mebibytes{1}}, {}, &fc::engine::hash_with_xxh3};
  fc::engine::store elsewhere{others, {.capacity = fc::mebibytes{1}}, {}, &fc::engine::hash_with_xxh3};
  fc::core::scope thief{homes, keys.viewer(1), fc::role::viewer, "anyone"};
  fc::core::scope const neighbour{homes, keys.viewer(2), fc::role::viewer, "anyone"};
  fc::core::scope const stranger{others, keys.viewer(3), fc::role::viewer, "anyone"};
  REQUIRE(store.admit(thief) == fc::refusal::none);
  REQUIRE(store.admit(neighbour) == fc::refusal::none);
  REQUIRE(elsewhere.admit(stranger) == fc::refusal::none);
  auto const own = words_of(thief);
  std::size_t tried = 0;
  for (auto const* const victim : {&neighbour, &stranger}) {
    auto const theirs = words_of(*victim);
    for (std::size_t i = 0; i != own.size(); ++i) {
      if (own[i] == theirs[i]) continue;
      ++tried;
      auto mixed = own;
      mixed[i] = theirs[i];
      put_into(thief, mixed);
      CHECK(thief.check(fc::capability::view) == fc::refusal::refused);
      CHECK_FALSE(thief.tenant().has_value());
      CHECK_FALSE(store.current(thief, fc::device_id{std::uint64_t{1}}).has_value());
    }
  }
  CHECK(tried >= 5);  // authority and seal of either, and the registry of the stranger
  put_into(thief, own);
  CHECK(thief.check(fc::capability::view) == fc::refusal::none);
}

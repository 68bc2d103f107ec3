// SPDX-License-Identifier: Apache-2.0
//
// The default hash of include/framecache/engine/hash.hpp, cut to as many bits as FRAMECACHE_TEST_HASH_BITS says (0 to 63; absent:
// the whole hash), so that any test can be run with keys that collide: tests put this folder before include/. With 0 bits every
// key of a cache has the same hash. The few values that are left are spread over the whole word, because an engine may take its
// tags from one end of it and its buckets from the other.
//
// Caches that are given a hash<> of their own keep it.
#pragma once

// The real header, with its hash under another name.
// NOLINTBEGIN(readability-identifier-naming): the name is the function's
#define hash_with_xxh3 whole_hash_with_xxh3
#include_next <framecache/engine/hash.hpp>
#undef hash_with_xxh3
// NOLINTEND(readability-identifier-naming)

#include <framecache/base/fatal.hpp>

#include <cstdlib>

namespace framecache {
inline namespace v0 {
namespace engine {

inline constexpr unsigned whole_hash = 64;

// A word that is no number would leave the hash whole and the run worth nothing.
[[nodiscard]] inline unsigned asked_hash_bits() noexcept {
  char const* const asked = std::getenv("FRAMECACHE_TEST_HASH_BITS");
  if (asked == nullptr) return whole_hash;
  char* end = nullptr;
  auto const bits = std::strtoul(asked, &end, 10);
  if (end == asked || *end != '\0' || bits >= whole_hash) {
    base::fatal("FRAMECACHE_TEST_HASH_BITS is not a number from 0 to 63");
  }
  return static_cast<unsigned>(bits);
}

inline unsigned const test_hash_bits = asked_hash_bits();

[[nodiscard]] inline std::uint64_t hash_with_xxh3(hash_words const& words, hash_secret const& secret) noexcept {
  auto const whole = whole_hash_with_xxh3(words, secret);
  if (test_hash_bits == whole_hash) return whole;
  if (test_hash_bits == 0) return 0;
  return (whole >> (whole_hash - test_hash_bits)) * 0x9E3779B97F4A7C15U;
}

}  // namespace engine
}  // namespace v0
}  // namespace framecache

// SPDX-License-Identifier: Apache-2.0
//
// Whose camera: the words of a key, which everybody hashes and compares, and how a number stands for one of them.
#pragma once

#include <absl/hash/hash.h>

#include <compare>
#include <cstdint>

namespace bench {

// The key that a relay would write by hand: the same four words that framecache compares.
struct words {
  std::uint64_t tenant;
  std::uint64_t camera;
  std::uint64_t generation;
  std::uint64_t rendition;

  [[nodiscard]] friend bool operator==(words const&, words const&) = default;
  [[nodiscard]] friend std::strong_ordering operator<=>(words const&, words const&) = default;
  template <class H>
  friend H AbslHashValue(H h, words const& w) {
    return H::combine(std::move(h), w.tenant, w.camera, w.generation, w.rendition);
  }
};

// So many tenants of so many cameras each. Camera numbers run from 0 to keys() - 1.
struct shape {
  std::uint32_t tenants;
  std::uint32_t cameras;

  [[nodiscard]] std::uint32_t keys() const { return tenants * cameras; }
  [[nodiscard]] std::uint32_t tenant_of(std::uint32_t camera) const { return camera / cameras; }
};

inline constexpr std::uint64_t first_generation = std::uint64_t{1'700'000'000'000} << 20;

[[nodiscard]] inline words words_of(shape const& homes, std::uint32_t camera, std::uint64_t reconnects = 0) {
  return {homes.tenant_of(camera) + std::uint64_t{1}, camera + std::uint64_t{1}, first_generation + reconnects, 1};
}

}  // namespace bench

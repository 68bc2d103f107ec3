// SPDX-License-Identifier: Apache-2.0
//
// What hash<H> takes: a type with `static std::uint64_t hash(hash_words const&, hash_secret const&) noexcept`. A seam: tests use
// hashes that collide, the wary a SipHash. It decides speed and nothing else, since a hit compares the whole key (I1).
#pragma once

#include <framecache/version.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>

namespace framecache {
inline namespace v0 {

// The four words of a key, in the order label, device, generation, rendition.
using hash_words = std::array<std::uint64_t, 4>;

// Drawn from the kernel once per cache.
using hash_secret = std::array<std::byte, 192>;

namespace policy {

template <class H>
concept hash_function = requires(hash_words const& words, hash_secret const& secret) {
  { H::hash(words, secret) } noexcept -> std::same_as<std::uint64_t>;
};

}  // namespace policy
}  // namespace v0
}  // namespace framecache

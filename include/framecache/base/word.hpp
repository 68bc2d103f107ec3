// SPDX-License-Identifier: Apache-2.0
//
// How an address that decides isolation is kept: as a 64-bit bit-field, and turned back into a pointer by a cast that stands in
// the text of the function that needs it.
//
// Why a macro. Explicit instantiation ignores access by the letter of the standard, and g++ 12, clang 14 and clang 19 also let a
// lambda in the arguments of an explicit specialisation call private functions and constructors and read private members. So
// nothing private may yield a reference into the core: whoever gets at a word this way has an integer, and needs a cast or this
// macro to use it. A helper function would be that cast, hidden.
#pragma once

#include <framecache/version.hpp>

#include <cstdint>
#include <memory>

// NOLINTBEGIN(bugprone-macro-parentheses): a type takes none
#define FRAMECACHE_DETAIL_AT(Type, word) \
  (reinterpret_cast<Type*>(static_cast<std::uintptr_t>(static_cast<std::uint64_t>(word))))
// NOLINTEND(bugprone-macro-parentheses)
#define FRAMECACHE_DETAIL_WORD(object) \
  (static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>(std::addressof(object))))

namespace framecache {
inline namespace v0 {
namespace base {

// Folds two words into one through a 128-bit product: neither is found from the result without the other.
[[nodiscard]] constexpr std::uint64_t fold(std::uint64_t a, std::uint64_t b) noexcept {
  __extension__ using wide = unsigned __int128;
  auto const product = static_cast<wide>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

// Secrets of a seal, and the seal of three words under them. `c` is spread by an odd constant, so that no other pair of small words
// stands for the same.
struct seal_secret final {
  std::uint64_t words[2];
};
[[nodiscard]] constexpr std::uint64_t sealed(seal_secret const& s, std::uint64_t a, std::uint64_t b,
                                             std::uint64_t c) noexcept {
  return fold(a ^ s.words[0], b ^ (c * 0x9E3779B97F4A7C15U) ^ s.words[1]);
}

}  // namespace base
}  // namespace v0
}  // namespace framecache

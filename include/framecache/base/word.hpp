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

#include <bit>
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

// What seals are made with. Drawn from the kernel by whoever keeps it.
class seal_secret final {
 public:
  constexpr seal_secret(std::uint64_t one, std::uint64_t other) noexcept : mask_(one), factor_(other | 1) {}

  // The seal of what an object at the address `where` says. A product with an odd number is never the same for two words, so that at
  // one place nothing else bears this seal; addresses are turned by half a word, so that a neighbour's low bits do not make up for
  // another's.
  [[nodiscard, gnu::always_inline]] constexpr std::uint64_t of(std::uint64_t where, std::uint64_t what) const noexcept {
    return (std::rotl(where, 32) ^ what ^ mask_) * factor_;
  }

 private:
  std::uint64_t mask_ : 64;
  std::uint64_t factor_ : 64;
};

}  // namespace base
}  // namespace v0
}  // namespace framecache

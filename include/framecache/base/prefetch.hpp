// SPDX-License-Identifier: Apache-2.0
//
// Begins to load lines that are about to be written, so that several misses are under way at once. An address that is nobody's any more
// does no harm. Inlined, because GCC takes a function that does nothing else for one that does nothing, and drops the call.
#pragma once

#include <framecache/base/word.hpp>
#include <framecache/version.hpp>

#include <cstddef>
#include <cstdint>

namespace framecache {
inline namespace v0 {
namespace base {

template <std::size_t Bytes>
[[gnu::always_inline]] inline void prefetch(void const* from) noexcept {
  auto const word = reinterpret_cast<std::uintptr_t>(from);  // no pointer, for there may be no such object
  for (std::size_t at = 0; at < Bytes; at += 64)
    __builtin_prefetch(FRAMECACHE_DETAIL_AT(std::byte const, word + at), 1);
}

}  // namespace base
}  // namespace v0
}  // namespace framecache

// SPDX-License-Identifier: Apache-2.0
//
// Wiping under relacy: what is wiped while a thread that nothing orders reads or writes it fails the simulation.
//
// Found before include/framecache/memory/wipe.hpp by include path.
#pragma once

#include <framecache/version.hpp>

#include <model/relacy/shadow.hpp>

#include <cstddef>
#include <cstring>

namespace framecache {
inline namespace v0 {
namespace memory {

inline void wipe(std::byte* at, std::size_t bytes) noexcept {
  if (bytes == 0) return;
  model::shadow_table.overwrite(at, bytes, model::place::current());
  std::memset(at, 0, bytes);
}
template <std::size_t Bytes>
inline void wipe(std::byte* at) noexcept {
  wipe(at, Bytes);
}
inline void poison(std::byte*, std::size_t) noexcept {}
inline void unpoison(std::byte*, std::size_t) noexcept {}

}  // namespace memory
}  // namespace v0
}  // namespace framecache

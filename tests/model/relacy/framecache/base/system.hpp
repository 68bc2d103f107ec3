// SPDX-License-Identifier: Apache-2.0
//
// Pages and random bytes under relacy. Random bytes are the same in every iteration, so that one can be repeated. Address space
// is kept for the next iteration, because mapping it anew would take longer than the iteration; its pages go back each time.
//
// Found before include/framecache/base/system.hpp by include path.
#pragma once

#include <framecache/base/fatal.hpp>
#include <framecache/version.hpp>

#include <model/relacy/shadow.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>

#include <sys/mman.h>

namespace model {

struct mapping final {
  std::byte* at;
  std::size_t bytes;
  bool in_use;
};
inline rl::vector<mapping>::type mappings;
inline std::uint64_t random_state = 0;

}  // namespace model

namespace framecache {
inline namespace v0 {
namespace base {

inline constexpr std::size_t page_size = 4096;

inline std::byte* reserve_pages(std::size_t bytes) noexcept {
  for (auto& each : model::mappings) {
    if (each.in_use || each.bytes != bytes) continue;
    each.in_use = true;
    return each.at;
  }
  void* const at = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (at == MAP_FAILED) return nullptr;
  model::mappings.push_back({static_cast<std::byte*>(at), bytes, true});
  return static_cast<std::byte*>(at);
}

inline bool give_back_pages(std::byte* at, std::size_t bytes) noexcept {
  model::shadow_table.overwrite(at, bytes, model::place::current());
  // To zero a few pages takes less than to map them anew.
  if (bytes <= 16 * page_size) {
    std::memset(at, 0, bytes);
    return true;
  }
  return ::madvise(at, bytes, MADV_DONTNEED) == 0;
}

inline void unmap_pages(std::byte* at, std::size_t bytes) noexcept {
  if (!give_back_pages(at, bytes)) std::memset(at, 0, bytes);
  for (auto& each : model::mappings) {
    if (each.at == at) each.in_use = false;
  }
}

inline bool ask_for_huge_pages(std::byte*, std::size_t) noexcept { return false; }

[[nodiscard]] inline std::uint64_t random_word() noexcept {
  auto z = model::random_state += 0x9E3779B97F4A7C15U;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
  return z ^ (z >> 31);
}
inline void random_bytes(void* to, std::size_t bytes) noexcept {
  auto* at = static_cast<std::byte*>(to);
  while (bytes != 0) {
    auto const some = random_word();
    auto const part = bytes < sizeof some ? bytes : sizeof some;
    std::memcpy(at, &some, part);
    at += part;
    bytes -= part;
  }
}

}  // namespace base
}  // namespace v0
}  // namespace framecache

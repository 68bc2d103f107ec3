// SPDX-License-Identifier: Apache-2.0
//
// Pages and random bytes under relacy. Random bytes are the same in every iteration, so that one can be repeated. Address space
// is kept for the next iteration, because mapping it anew would take longer than the iteration. So are pages: each is written down when it
// is touched for the first time, and zeroed whenever the space goes back, which takes less than to have the kernel map it again.
//
// Found before include/framecache/base/system.hpp by include path.
#pragma once

#include <framecache/base/fatal.hpp>
#include <framecache/version.hpp>

#include <model/relacy/shadow.hpp>

#include <array>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include <sys/mman.h>

namespace model {

inline constexpr std::size_t page = 4096;

struct mapping final {
  std::byte* at;
  std::size_t bytes;
  bool in_use;
  std::size_t touched_count = 0;
  std::array<std::byte*, 512> touched{};

  [[nodiscard]] bool has(std::byte const* address) const noexcept { return address >= at && address < at + bytes; }
};
inline std::array<mapping, 16> mappings;
inline std::size_t mapping_count = 0;

// A page is touched for the first time. Async-signal-safe; on the stack of whichever simulated thread runs.
inline void touch(int, siginfo_t* what, void*) noexcept {
  auto* const address = static_cast<std::byte*>(what->si_addr);
  for (std::size_t i = 0; i != mapping_count; ++i) {
    auto& each = mappings[i];
    if (!each.has(address)) continue;
    if (each.touched_count == each.touched.size()) break;
    auto* const first = each.at + static_cast<std::size_t>(address - each.at) / page * page;
    if (::mprotect(first, page, PROT_READ | PROT_WRITE) != 0) break;
    each.touched[each.touched_count++] = first;
    return;
  }
  ::signal(SIGSEGV, SIG_DFL);  // a fault after all, or more pages than are provided for
}
inline void watch_pages() noexcept {
  struct sigaction on{};
  on.sa_sigaction = &touch;
  on.sa_flags = SA_SIGINFO;
  ::sigaction(SIGSEGV, &on, nullptr);
}

inline std::uint64_t random_state = 0;

}  // namespace model

namespace framecache {
inline namespace v0 {
namespace base {

inline constexpr std::size_t page_size = model::page;

inline std::byte* reserve_pages(std::size_t bytes) noexcept {
  for (std::size_t i = 0; i != model::mapping_count; ++i) {
    auto& each = model::mappings[i];
    if (each.in_use || each.bytes != bytes) continue;
    each.in_use = true;
    return each.at;
  }
  if (model::mapping_count == model::mappings.size()) return nullptr;
  if (model::mapping_count == 0) model::watch_pages();
  void* const at = ::mmap(nullptr, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (at == MAP_FAILED) return nullptr;
  auto& fresh = model::mappings[model::mapping_count++];
  fresh.at = static_cast<std::byte*>(at);
  fresh.bytes = bytes;
  fresh.in_use = true;
  return fresh.at;
}

inline bool give_back_pages(std::byte* at, std::size_t bytes) noexcept {
  model::shadow_table.overwrite(at, bytes, model::place::current(), true);
  for (std::size_t i = 0; i != model::mapping_count; ++i) {
    auto const& each = model::mappings[i];
    if (!each.has(at)) continue;
    for (std::size_t n = 0; n != each.touched_count; ++n) {
      if (each.touched[n] >= at && each.touched[n] < at + bytes) std::memset(each.touched[n], 0, page_size);
    }
  }
  return true;
}

inline void unmap_pages(std::byte* at, std::size_t bytes) noexcept {
  static_cast<void>(give_back_pages(at, bytes));
  for (std::size_t i = 0; i != model::mapping_count; ++i) {
    if (model::mappings[i].at == at) model::mappings[i].in_use = false;
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

// SPDX-License-Identifier: Apache-2.0
//
// What is asked of the operating system: pages and random bytes.
//
// Pages for frames are kept out of core dumps (a crash report must not carry a picture of somebody's home) and out of
// forked children (which must not touch the cache).
#pragma once

#include <framecache/base/fatal.hpp>
#include <framecache/version.hpp>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <unistd.h>

namespace framecache {
inline namespace v0 {
namespace base {

inline constexpr std::size_t page_size = 4096;

// Returns address space of `bytes` whose pages read as zero and cost nothing until touched, or nullptr.
inline std::byte* reserve_pages(std::size_t bytes) noexcept {
  void* const at = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (at == MAP_FAILED) return nullptr;
  // Both are promises about privacy. A kernel that cannot keep them gets no frames.
  if (::madvise(at, bytes, MADV_DONTDUMP) != 0 || ::madvise(at, bytes, MADV_DONTFORK) != 0) {
    ::munmap(at, bytes);
    return nullptr;
  }
  return static_cast<std::byte*>(at);
}

inline void unmap_pages(std::byte* at, std::size_t bytes) noexcept { ::munmap(at, bytes); }

// Gives the pages back to the kernel; they read as zero when touched again. Returns whether the kernel took them.
inline bool give_back_pages(std::byte* at, std::size_t bytes) noexcept {
  return ::madvise(at, bytes, MADV_DONTNEED) == 0;
}

// Whether huge pages are switched off for this process, or on this machine. The kernel takes what is asked for then too, and says nothing.
inline bool huge_pages_are_off() noexcept {
  if (::prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0) == 1) return true;
  char said[64] = {};
  int const file = ::open("/sys/kernel/mm/transparent_hugepage/enabled", O_RDONLY | O_CLOEXEC);
  if (file < 0) return false;
  auto const got = ::read(file, said, sizeof said - 1);
  ::close(file);
  return got > 0 && std::strstr(said, "[never]") != nullptr;
}
// Returns whether the kernel will back these addresses with huge pages where it can.
inline bool ask_for_huge_pages(std::byte* at, std::size_t bytes) noexcept {
  return ::madvise(at, bytes, MADV_HUGEPAGE) == 0 && !huge_pages_are_off();
}

// Fills with bytes from the kernel's generator. A machine without one cannot keep secrets: there is no weaker fallback.
inline void random_bytes(void* to, std::size_t bytes) noexcept {
  auto* at = static_cast<std::byte*>(to);
  while (bytes != 0) {
    auto const got = ::getrandom(at, bytes, 0);
    if (got < 0) {
      if (errno == EINTR) continue;
      fatal("getrandom() failed: no secret can be made on this machine");
    }
    at += got;
    bytes -= static_cast<std::size_t>(got);
  }
}

inline std::uint64_t random_word() noexcept {
  std::uint64_t word = 0;
  random_bytes(&word, sizeof word);
  return word;
}

}  // namespace base
}  // namespace v0
}  // namespace framecache

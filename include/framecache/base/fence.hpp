// SPDX-License-Identifier: Apache-2.0
//
// Fences. One is asymmetric: cheap where readers stand, dear where memory is reclaimed. Between two threads, light_fence() in one and
// heavy_fence() in the other order what stands before them against what stands after them as two sequentially consistent
// fences would.
//
// Linux: membarrier(2), private expedited, which makes every running thread of the process pass a full barrier before it
// returns. Where the kernel does not offer it, both are full fences, and slower for readers.
// Source: the idea is that of "asymmetric Dekker synchronization" (Dice, Huang, Yang 2001); P1202 gives the two names.
//
// A model checker replaces this header by include path.
#pragma once

#include <framecache/version.hpp>

#include <atomic>

#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace framecache {
inline namespace v0 {
namespace base {

namespace detail {

[[nodiscard]] inline bool membarrier_works() noexcept {
  // Registers the process once; it decides nothing but how fences are made.
  static bool const works = ::syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0) == 0;
  return works;
}

}  // namespace detail

// Whether light_fence() is light in this process. To be asked once, by whoever then calls light_fence(asymmetric).
[[nodiscard]] inline bool fences_are_asymmetric() noexcept { return detail::membarrier_works(); }

inline void light_fence(bool asymmetric) noexcept {
  if (asymmetric) {
    std::atomic_signal_fence(std::memory_order_seq_cst);
  } else {
    std::atomic_thread_fence(std::memory_order_seq_cst);
  }
}

inline void heavy_fence(bool asymmetric) noexcept {
  if (asymmetric) {
    // Cannot fail once the process is registered.
    static_cast<void>(::syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0));
  }
  std::atomic_thread_fence(std::memory_order_seq_cst);
}

// One half each: who passes an acquire fence after it has read what was written after a release fence sees all before that one.
// Neither costs an instruction on x86-64.
inline void acquire_fence() noexcept { std::atomic_thread_fence(std::memory_order_acquire); }
inline void release_fence() noexcept { std::atomic_thread_fence(std::memory_order_release); }

// Sequentially consistent, for what both sides do seldom.
inline void full_fence() noexcept { std::atomic_thread_fence(std::memory_order_seq_cst); }

}  // namespace base
}  // namespace v0
}  // namespace framecache

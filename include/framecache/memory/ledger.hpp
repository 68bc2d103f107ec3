// SPDX-License-Identifier: Apache-2.0
//
// The byte bound (I10): everything the cache maps in is charged here before it is used, and credited after it is given back.
// Lock-free; safe from any thread.
#pragma once

#include <framecache/base/atomic.hpp>
#include <framecache/version.hpp>

#include <cstdint>

namespace framecache {
inline namespace v0 {
namespace memory {

class ledger final {
 public:
  explicit ledger(std::uint64_t limit) noexcept : limit_(limit) {}
  ledger(ledger const&) = delete;
  ledger& operator=(ledger const&) = delete;
  ~ledger() = default;

  // Returns whether `bytes` more fit; if so they are charged. Never exceeds the limit, not even for a moment.
  [[nodiscard]] bool try_charge(std::uint64_t bytes) noexcept {
    auto used = used_.load(std::memory_order_relaxed);
    do {
      auto const most = limit_.load(std::memory_order_relaxed);
      if (used > most || bytes > most - used) return false;
    } while (!used_.compare_exchange_weak(used, used + bytes, std::memory_order_relaxed));
    return true;
  }
  void credit(std::uint64_t bytes) noexcept { used_.fetch_sub(bytes, std::memory_order_relaxed); }

  // What was charged before the limit was lowered stays charged.
  void set_limit(std::uint64_t limit) noexcept { limit_.store(limit, std::memory_order_relaxed); }

  [[nodiscard]] std::uint64_t used() const noexcept { return used_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t limit() const noexcept { return limit_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t left() const noexcept {
    auto const taken = used();
    auto const most = limit();
    return taken < most ? most - taken : 0;
  }

 private:
  base::atomic<std::uint64_t> limit_;
  base::atomic<std::uint64_t> used_{0};
};

}  // namespace memory
}  // namespace v0
}  // namespace framecache

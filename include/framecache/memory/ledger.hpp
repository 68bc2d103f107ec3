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

// What is left is one word, so that lending and lowering the limit take from the same.
class ledger final {
 public:
  explicit ledger(std::uint64_t limit) noexcept : limit_(limit), left_(limit) {}
  ledger(ledger const&) = delete;
  ledger& operator=(ledger const&) = delete;
  ~ledger() = default;

  // Returns whether `bytes` more fit; if so they are charged. Never exceeds the limit, not even for a moment.
  [[nodiscard]] bool try_charge(std::uint64_t bytes) noexcept {
    auto left = left_.load(std::memory_order_relaxed);
    do {
      if (bytes > left) return false;
    } while (!left_.compare_exchange_weak(left, left - bytes, std::memory_order_relaxed));
    return true;
  }
  void credit(std::uint64_t bytes) noexcept { left_.fetch_add(bytes, std::memory_order_relaxed); }

  // Moves the limit. Returns false, and changes nothing, when more than that is charged. Requires: one caller at a time.
  [[nodiscard]] bool try_set_limit(std::uint64_t limit) noexcept {
    auto const before = limit_.load(std::memory_order_relaxed);
    if (limit < before && !try_charge(before - limit)) return false;
    if (limit > before) credit(limit - before);
    limit_.store(limit, std::memory_order_relaxed);
    return true;
  }

  [[nodiscard]] std::uint64_t limit() const noexcept { return limit_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t left() const noexcept { return left_.load(std::memory_order_relaxed); }
  // Exact while nobody moves the limit.
  [[nodiscard]] std::uint64_t used() const noexcept {
    auto const unused = left();
    auto const most = limit();
    return unused < most ? most - unused : 0;
  }

 private:
  base::atomic<std::uint64_t> limit_;
  base::atomic<std::uint64_t> left_;
};

}  // namespace memory
}  // namespace v0
}  // namespace framecache

// SPDX-License-Identifier: Apache-2.0
//
// Hits of peeks by room, for each thread's number apart: a peek counts on lines that no other thread writes, and whoever asks for a sum
// looks at all of them.
//
// There is one of these for each block of rooms. A thread's table of such a block is made when it first peeks at a frame of one of them, and
// is there until the cache ends; the next thread of that number goes on with it.
#pragma once

#include <framecache/base/atomic.hpp>
#include <framecache/engine/guard.hpp>
#include <framecache/version.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>

namespace framecache {
inline namespace v0 {
namespace engine {

class peek_counts final {
 public:
  static constexpr std::size_t rooms = 256;

 private:
  // On lines of its own.
  struct alignas(64) table final {
    std::array<base::atomic<std::uint64_t>, rooms> of{};
  };
  static_assert(sizeof(table) % 64 == 0 && alignof(table) == 64);

 public:
  static constexpr std::uint64_t table_bytes = sizeof(table) + 64;  // with what the heap keeps beside it

  peek_counts() = default;
  peek_counts(peek_counts const&) = delete;
  peek_counts& operator=(peek_counts const&) = delete;
  ~peek_counts() {
    for (auto const& each : tables_) delete each.load(std::memory_order_relaxed);
  }

  // What that thread counts of the block's room number `i`; nullptr while it has no table. Requires: it is the calling thread's number,
  // and the same of add_table().
  [[nodiscard]] base::atomic<std::uint64_t>* own(std::size_t number, std::size_t i) const noexcept {
    auto* const at = tables_[number].load(std::memory_order_relaxed);
    return at == nullptr ? nullptr : std::addressof(at->of[i]);
  }
  // Returns false when there was no memory. Requires: there was none yet, and table_bytes are set aside.
  [[nodiscard]] bool add_table(std::size_t number) noexcept {
    auto* const made = ::new (std::nothrow) table{};
    if (made == nullptr) return false;
    tables_[number].store(made, std::memory_order_release);  // (56) release: pairs with acquire (57)
    return true;
  }
  [[nodiscard]] std::uint64_t sum(std::size_t i) const noexcept {
    std::uint64_t all = 0;
    for (auto const& each : tables_) {
      // (57) acquire: pairs with release (56)
      if (auto const* const at = each.load(std::memory_order_acquire)) all += at->of[i].load(std::memory_order_relaxed);
    }
    return all;
  }

 private:
  std::array<base::atomic<table*>, guards::count> tables_{};
};

}  // namespace engine
}  // namespace v0
}  // namespace framecache

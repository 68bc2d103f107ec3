// SPDX-License-Identifier: Apache-2.0
//
// From a cell's number to its room, without a lock for readers. Two levels: rooms are never moved or removed while the cache
// lives, so a pointer that was read stays good.
#pragma once

#include <framecache/base/atomic.hpp>
#include <framecache/engine/peek_counts.hpp>
#include <framecache/engine/room.hpp>
#include <framecache/version.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>

namespace framecache {
inline namespace v0 {
namespace engine {

class room_directory final {
 public:
  static constexpr std::size_t leaf_size = 1024;
  static constexpr std::size_t leaf_count = 4096;
  static constexpr std::uint64_t most_rooms = leaf_size * leaf_count;

 private:
  struct leaf final {
    std::array<base::atomic<room*>, leaf_size> rooms{};
    std::array<peek_counts, leaf_size / peek_counts::rooms> peeks{};
  };

 public:
  static constexpr std::uint64_t leaf_bytes = sizeof(leaf);

  room_directory() = default;
  room_directory(room_directory const&) = delete;
  room_directory& operator=(room_directory const&) = delete;
  ~room_directory() {
    for (std::uint64_t slot = 0; slot < end(); slot += leaf_size) {
      delete leaves_[slot / leaf_size].load(std::memory_order_relaxed);
    }
  }

  // Wait-free. Returns nullptr when the tenant has no room here.
  [[nodiscard]] room* find(std::uint64_t slot) const noexcept {
    if (slot >= most_rooms) return nullptr;
    auto const* const at =
        leaves_[slot / leaf_size].load(std::memory_order_acquire);  // (6) acquire: pairs with release (7)
    if (at == nullptr) return nullptr;
    return at->rooms[slot % leaf_size].load(std::memory_order_acquire);  // (8) acquire: pairs with release (9)
  }
  // No room has a slot from here on. One that is being placed may not be counted yet.
  [[nodiscard]] std::uint64_t end() const noexcept { return end_.load(std::memory_order_relaxed); }
  // Whether place() for this slot will need a leaf of its own, to be charged first. Requires: one writer at a time.
  [[nodiscard]] bool needs_leaf(std::uint64_t slot) const noexcept {
    return leaves_[slot / leaf_size].load(std::memory_order_relaxed) == nullptr;
  }
  // Returns false when there was no memory. Requires: slot < most_rooms, one writer at a time.
  [[nodiscard]] bool place(std::uint64_t slot, room& r) noexcept {
    auto& at = leaves_[slot / leaf_size];
    if (at.load(std::memory_order_relaxed) == nullptr) {
      auto* const made = ::new (std::nothrow) leaf{};
      if (made == nullptr) return false;
      at.store(made, std::memory_order_release);  // (7) release: pairs with acquire (6)
    }
    auto& here = *at.load(std::memory_order_relaxed);
    r.peeks = std::addressof(here.peeks[slot % leaf_size / peek_counts::rooms]);
    r.in_peeks = slot % peek_counts::rooms;
    here.rooms[slot % leaf_size].store(&r, std::memory_order_release);  // (9) release: pairs with acquire (8)
    end_.store(std::max(end(), slot + 1), std::memory_order_relaxed);
    return true;
  }

 private:
  std::array<base::atomic<leaf*>, leaf_count> leaves_{};
  base::atomic<std::uint64_t> end_{0};
};

}  // namespace engine
}  // namespace v0
}  // namespace framecache

// SPDX-License-Identifier: Apache-2.0
//
// From a device's number to what readers see of it: whose it is, its newest frame, its live generation. Numbers are dense, so this
// is an array in three levels: two hot words and a slot, where an index by hash would make a reader wait for a bucket. It decides
// nothing: a slot says where to look, and the whole key of the entry decides (I1).
//
//   root: 4096 words -> 512 words -> leaf: 128 slots of 32 bytes, one page
//
// The label stands first in a slot and is compared before anything is followed, so that a stranger's device takes as long to be
// absent as one that does not exist.
//
// Leaves lie in the memory of tables and go back to it with the last device of theirs. A reader with an old address finds slots,
// buckets or zeros there, all of which lead to nodes or nowhere.
//
// Locks: its own, to make and to give back leaves. Readers take none; slots are written under the lock of their room's lane.
#pragma once

#include <framecache/base/atomic.hpp>
#include <framecache/base/mutex.hpp>
#include <framecache/base/system.hpp>
#include <framecache/engine/entry.hpp>
#include <framecache/engine/index.hpp>
#include <framecache/version.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace framecache {
inline namespace v0 {
namespace engine {

struct alignas(32) device_slot final {
  base::atomic<std::uint64_t> label;  // 0: no device here
  base::atomic<entry*> newest;        // its newest source frame
  base::atomic<std::uint64_t> live;   // the generation that is live now; 0: none yet
  base::atomic<device_state*> state;  // lane; read without it for its address alone
};
static_assert(sizeof(device_slot) == 32);

class device_directory final {
 public:
  explicit device_directory(base::sharing s) noexcept : lock_(s) {}
  device_directory(device_directory const&) = delete;
  device_directory& operator=(device_directory const&) = delete;
  ~device_directory() = default;

  // Wait-free. Returns nullptr when no device of that number was ever near.
  [[nodiscard, gnu::always_inline]] device_slot* find(std::uint64_t device) const noexcept {
    if (device >= most_devices) [[unlikely]] return nullptr;
    // (41) acquire: pairs with release (42)
    auto const* const middle = root_[device / (leaf_slots * middle_words)].load(std::memory_order_acquire);
    if (middle == nullptr) [[unlikely]] return nullptr;
    auto const word = (*middle)[device / leaf_slots % middle_words].load(std::memory_order_acquire);  // (43) acquire: pairs with release (44)
    auto* const leaf = leaf_of(word);
    return leaf == nullptr ? nullptr : leaf + device % leaf_slots;
  }

  // Makes the slot of a device that is new, charged to `from`. Returns nullptr when there is no memory, or no such number.
  [[nodiscard]] device_slot* add(std::uint64_t device, table_memory& from) noexcept {
    if (device >= most_devices) return nullptr;
    base::mutex_lock const lock(lock_);
    auto& high = root_[device / (leaf_slots * middle_words)];
    auto* middle = high.load(std::memory_order_relaxed);
    if (middle == nullptr) {
      auto* const page = from.take(table_memory::page_buckets);
      if (page == nullptr) return nullptr;
      middle = base::object_in_zeroed_pages<middle_table>(page);
      high.store(middle, std::memory_order_release);  // (42) release: pairs with acquire (41)
    }
    auto& low = (*middle)[device / leaf_slots % middle_words];
    auto word = low.load(std::memory_order_relaxed);
    if (word == 0) {
      auto* const page = from.take(table_memory::page_buckets);
      if (page == nullptr) return nullptr;
      word = reinterpret_cast<std::uintptr_t>(base::object_in_zeroed_pages<device_slot>(page));
    }
    low.store(word + 1, std::memory_order_release);  // (44) release: pairs with acquire (43)
    return leaf_of(word) + device % leaf_slots;
  }
  // The device has ended, and its slot is zero.
  void remove(std::uint64_t device, table_memory& to) noexcept {
    base::mutex_lock const lock(lock_);
    auto& low = (*root_[device / (leaf_slots * middle_words)].load(std::memory_order_relaxed))[device / leaf_slots %
                                                                                              middle_words];
    auto const word = low.load(std::memory_order_relaxed) - 1;
    bool const last = (word & count_mask) == 0;
    low.store(last ? 0 : word, std::memory_order_release);  // (44) release: pairs with acquire (43)
    if (last) to.give(base::object_in_zeroed_pages<bucket>(leaf_of(word)), table_memory::page_buckets);
  }

 private:
  static constexpr std::size_t leaf_slots = base::page_size / sizeof(device_slot);
  static constexpr std::size_t middle_words = base::page_size / sizeof(std::uint64_t);
  static constexpr std::size_t root_words = 4096;
  static constexpr std::uint64_t most_devices = std::uint64_t{root_words} * middle_words * leaf_slots;
  // The words of the middle level: the address of a leaf, which is a page, and in the low bits how many devices it has.
  static constexpr std::uint64_t count_mask = base::page_size - 1;
  using middle_table = std::array<base::atomic<std::uint64_t>, middle_words>;

  [[nodiscard]] static device_slot* leaf_of(std::uint64_t word) noexcept {
    return reinterpret_cast<device_slot*>(static_cast<std::uintptr_t>(word & ~count_mask));
  }

  base::mutex lock_;
  std::array<base::atomic<middle_table*>, root_words> root_{};
};

}  // namespace engine
}  // namespace v0
}  // namespace framecache

// SPDX-License-Identifier: Apache-2.0
//
// From a device's number to what readers see of it: whose it is, its newest frame, its live generation. Numbers are dense, so this
// is an array in three levels, where an index by hash would make a reader wait for a bucket. It decides nothing: it says where to
// look, and the whole key of the entry decides (I1).
//
//   root: 4096 words -> 512 words -> leaf, one page:  | hot: 128 words | cold: 128 times label, generation, state |
//
//   hot word:   63 ........ 41 | 40 ........ 0
//               label          | address of the newest source frame's entry, in lines of 64 bytes; 0: none
//
// A hit reads the hot word alone: eight devices share a line. Of the label it has the low bits: they are compared before anything
// is followed, so that a stranger's device takes as long to be absent as one that does not exist.
//
// Leaves lie in pages that only ever hold leaves, and go back with the last device of theirs. A reader with an old address finds
// another leaf or zeros: entries, whose keys do not compare equal, or nothing.
//
// Locks: its own, to make and to give back leaves. Readers take none; a device's words are written under the lock of its room's lane.
#pragma once

#include <framecache/base/atomic.hpp>
#include <framecache/base/mutex.hpp>
#include <framecache/base/system.hpp>
#include <framecache/engine/entry.hpp>
#include <framecache/memory/arena.hpp>
#include <framecache/memory/ledger.hpp>
#include <framecache/version.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace framecache {
inline namespace v0 {
namespace engine {

// The part of a device that every room's lock guards and few readers ask for.
struct device_words final {
  base::atomic<std::uint64_t> label;  // 0: no device here
  base::atomic<std::uint64_t> live;   // the generation that is live now; 0: none yet
  base::atomic<device_state*> state;  // lane; read without it for its address alone
};

// Where a device's words lie.
struct device_slot final {
  base::atomic<std::uint64_t>* hot = nullptr;
  device_words* cold = nullptr;

  static constexpr unsigned label_shift = 41;
  static constexpr std::uint64_t address_mask = (std::uint64_t{1} << label_shift) - 1;

  [[nodiscard]] explicit operator bool() const noexcept { return hot != nullptr; }
  // The newest frame's entry if the device may be of that label, or nullptr.
  [[nodiscard, gnu::always_inline]] entry* newest_of(std::uint64_t label) const noexcept {
    auto const word = hot->load(std::memory_order_acquire);  // (36) acquire: pairs with release (37)
    if ((word ^ (label << label_shift)) >> label_shift != 0) return nullptr;
    return reinterpret_cast<entry*>(static_cast<std::uintptr_t>((word & address_mask) << 6));
  }
  // For whoever counts or prefetches.
  [[nodiscard]] entry* newest() const noexcept {
    auto const word = hot->load(std::memory_order_relaxed);
    return reinterpret_cast<entry*>(static_cast<std::uintptr_t>((word & address_mask) << 6));
  }
  // Requires: the lock of the device's lane.
  void set_newest(std::uint64_t label, entry* e) const noexcept {
    auto const address = static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>(e)) >> 6;
    hot->store((label << label_shift) | address, std::memory_order_release);  // (37) release: pairs with acquire (36)
  }
};

class device_directory final {
 public:
  // `most`: bytes that the cache may come to have. Errors: throws when the addresses cannot be reserved.
  device_directory(memory::ledger& account, std::uint64_t most, base::sharing s)
      : ledger_(account), pages_(most / 8, s), lock_(s) {}
  device_directory(device_directory const&) = delete;
  device_directory& operator=(device_directory const&) = delete;
  ~device_directory() = default;

  [[nodiscard]] static std::uint64_t overhead(std::uint64_t most) noexcept { return memory::arena::overhead(most / 8); }

  // Wait-free. Returns no slot when no device of that number was ever near.
  [[nodiscard, gnu::always_inline]] device_slot find(std::uint64_t device) const noexcept {
    if (device >= most_devices) [[unlikely]]
      return {};
    // (41) acquire: pairs with release (42)
    auto const* const middle = root_[device / (leaf_devices * middle_words)].load(std::memory_order_acquire);
    if (middle == nullptr) [[unlikely]]
      return {};
    // (43) acquire: pairs with release (44)
    auto const word = (*middle)[device / leaf_devices % middle_words].load(std::memory_order_acquire);
    return slot_in(word, device);
  }

  // Makes the slot of a device that is new. Returns none when there is no memory, or no such number.
  [[nodiscard]] device_slot add(std::uint64_t device) noexcept {
    if (device >= most_devices) return {};
    base::mutex_lock const lock(lock_);
    auto& high = root_[device / (leaf_devices * middle_words)];
    auto* middle = high.load(std::memory_order_relaxed);
    if (middle == nullptr) {
      auto* const page = take_page();
      if (page == nullptr) return {};
      middle = base::object_in_zeroed_pages<middle_table>(page);
      high.store(middle, std::memory_order_release);  // (42) release: pairs with acquire (41)
    }
    auto& low = (*middle)[device / leaf_devices % middle_words];
    auto word = low.load(std::memory_order_relaxed);
    if (word == 0) {
      auto* const page = take_page();
      if (page == nullptr) return {};
      word = reinterpret_cast<std::uintptr_t>(base::object_in_zeroed_pages<leaf>(page));
    }
    low.store(word + 1, std::memory_order_release);  // (44) release: pairs with acquire (43)
    return slot_in(word, device);
  }
  // The device has ended, and its words are zero.
  void remove(std::uint64_t device) noexcept {
    base::mutex_lock const lock(lock_);
    auto& middle = *root_[device / (leaf_devices * middle_words)].load(std::memory_order_relaxed);
    auto& low = middle[device / leaf_devices % middle_words];
    auto const word = low.load(std::memory_order_relaxed) - 1;
    bool const last = (word & count_mask) == 0;
    low.store(last ? 0 : word, std::memory_order_release);  // (44) release: pairs with acquire (43)
    if (!last) return;
    pages_.release(reinterpret_cast<std::byte*>(leaf_of(word)), base::page_size);
    ledger_.credit(base::page_size);
  }

 private:
  static constexpr std::size_t leaf_devices = 128;
  static constexpr std::size_t middle_words = base::page_size / sizeof(std::uint64_t);
  static constexpr std::size_t root_words = 4096;
  static constexpr std::uint64_t most_devices = std::uint64_t{root_words} * middle_words * leaf_devices;
  // The words of the middle level: the address of a leaf, which is a page, and in the low bits how many devices it has.
  static constexpr std::uint64_t count_mask = base::page_size - 1;
  using middle_table = std::array<base::atomic<std::uint64_t>, middle_words>;
  struct leaf final {
    std::array<base::atomic<std::uint64_t>, leaf_devices> hot;
    std::array<device_words, leaf_devices> cold;
  };
  static_assert(sizeof(leaf) == base::page_size);

  [[nodiscard]] static leaf* leaf_of(std::uint64_t word) noexcept {
    return reinterpret_cast<leaf*>(static_cast<std::uintptr_t>(word & ~count_mask));
  }
  [[nodiscard, gnu::always_inline]] static device_slot slot_in(std::uint64_t word, std::uint64_t device) noexcept {
    auto* const at = leaf_of(word);
    if (at == nullptr) [[unlikely]]
      return {};
    return {std::addressof(at->hot[device % leaf_devices]), std::addressof(at->cold[device % leaf_devices])};
  }
  [[nodiscard]] std::byte* take_page() noexcept {
    if (!ledger_.try_charge(base::page_size)) return nullptr;
    auto* const at = pages_.allocate(base::page_size);
    if (at == nullptr) ledger_.credit(base::page_size);
    return at;
  }

  memory::ledger& ledger_;
  memory::arena pages_;
  base::mutex lock_;
  std::array<base::atomic<middle_table*>, root_words> root_{};
};

}  // namespace engine
}  // namespace v0
}  // namespace framecache

// SPDX-License-Identifier: Apache-2.0
//
// From a device's number to what readers see of it: whose it is, its newest frame, its live generation. Numbers are dense, so these
// are two arrays over all numbers there can be, of whose pages only those are there that have a device, where an index by hash
// would make a reader wait for a bucket. It decides nothing: it says where to look, and the whole key of the entry decides (I1).
//
//   hot:  a word for each number; 512 on a page
//   cold: label, generation and state for each number; 128 on a page
//
//   hot word:   63 ...... 16 | 15 ...... 0
//               address of the newest source frame's entry, 0: there is none | the label's lowest bits
//
// A hit reads the hot word alone: eight devices share a line. Of the label it has some bits: they are compared before anything is
// followed, so that a stranger's device takes as long to be absent as one that does not exist. The address does not depend on the
// label, so that a processor that guesses that they agree waits for the entry and for the scope at once.
//
// A page goes back with the last device on it. A reader that is late finds zeros.
//
// Locks: its own, to charge pages and to give them back. Readers take none; a device's words are written under the lock of its room's lane.
#pragma once

#include <framecache/base/atomic.hpp>
#include <framecache/base/attempt.hpp>
#include <framecache/base/mutex.hpp>
#include <framecache/base/plain.hpp>
#include <framecache/base/system.hpp>
#include <framecache/engine/entry.hpp>
#include <framecache/memory/ledger.hpp>
#include <framecache/version.hpp>

#include <cstddef>
#include <cstdint>

namespace framecache {
inline namespace v0 {
namespace engine {

// The part of a device that every room's lock guards and few readers ask for. Without it these words decide nothing alone: what they
// lead to is compared by its whole key, and a miss is told from them only after the hot word, read with acquire, has named no frame.
struct device_words final {
  base::atomic<std::uint64_t> label;  // 0: no device here
  base::atomic<std::uint64_t> live;   // the generation that is live now; 0: none yet, or one is beginning
  base::atomic<device_state*> state;  // lane; read without it for its address alone
  base::plain<std::uint64_t> count;   // the directory's; see device_directory::count_of
};
static_assert(sizeof(device_words) == 32);

// Where a device's words lie.
struct device_slot final {
  base::atomic<std::uint64_t>* hot = nullptr;
  device_words* cold = nullptr;

  // What stands for a label in a hot word.
  using tag = std::uint16_t;
  static constexpr unsigned address_at = 16;

  [[nodiscard]] explicit operator bool() const noexcept { return hot != nullptr; }
  // A hot word's entry, whosever it is: for audits.
  [[nodiscard, gnu::always_inline]] static entry* any_of(std::uint64_t word) noexcept {
    return reinterpret_cast<entry*>(static_cast<std::uintptr_t>(word >> address_at));
  }
  // A hot word's entry if the device may be of that label, or nullptr.
  [[nodiscard, gnu::always_inline]] static entry* newest_of(std::uint64_t word, std::uint64_t label) noexcept {
    if (static_cast<tag>(word) != static_cast<tag>(label)) [[unlikely]]
      return nullptr;
    return any_of(word);
  }
  // Whether the device has no newest frame, if it is of that label: of another's with the same tag it says the same.
  [[nodiscard]] bool names_none_of(std::uint64_t label) const noexcept { return word() == static_cast<tag>(label); }
  [[nodiscard, gnu::always_inline]] std::uint64_t word() const noexcept {
    return hot->load(std::memory_order_acquire);  // (36) acquire: pairs with release (37)
  }
  // Requires: the lock of the device's lane. User space ends below 2^48: an address has its upper bits free.
  void set_newest(std::uint64_t label, entry* e) const noexcept {
    auto const address = static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>(e));
    hot->store(address << address_at | static_cast<tag>(label),
               std::memory_order_release);  // (37) release: pairs with acquire (36)
  }
};

class device_directory final {
 public:
  // Errors: throws when the addresses cannot be reserved.
  device_directory(memory::ledger& account, base::sharing s)
      : ledger_(account), hot_(reserved<base::atomic<std::uint64_t>>()), cold_(reserved<device_words>()), lock_(s) {
    if (hot_ != nullptr && cold_ != nullptr) return;
    give_up_addresses();
    base::raise(
        "framecache: the address space for devices could not be reserved; raise the process's limit (ulimit -v)");
  }
  device_directory(device_directory const&) = delete;
  device_directory& operator=(device_directory const&) = delete;
  ~device_directory() { give_up_addresses(); }

  // Wait-free. The hot word of a device; 0 for a number beyond every device that was ever here.
  [[nodiscard, gnu::always_inline]] std::uint64_t word_of(std::uint64_t device) const noexcept {
    if (device >= end_.load(std::memory_order_relaxed)) [[unlikely]]
      return 0;
    return slot_of(device).word();
  }
  // Wait-free. Returns no slot for a number beyond every device that was ever here.
  [[nodiscard, gnu::always_inline]] device_slot find(std::uint64_t device) const noexcept {
    if (device >= end_.load(std::memory_order_relaxed)) [[unlikely]]
      return {};
    return slot_of(device);
  }

  // Makes the slot of a device that is new. Returns none when there is no memory, or no such number.
  [[nodiscard]] device_slot add(std::uint64_t device) noexcept {
    if (device >= most_devices) return {};
    base::mutex_lock const lock(lock_);
    auto& count = count_of(device);
    if (count.get() == 0) {
      auto const pages = std::uint64_t{any_near(device) ? 1U : 2U};
      if (!ledger_.try_charge(pages * base::page_size)) return {};
    }
    count.set(count.get() + 1);
    if (device >= end_.load(std::memory_order_relaxed)) end_.store(device + 1, std::memory_order_relaxed);
    return slot_of(device);
  }
  // The device has ended, and its words are zero.
  void remove(std::uint64_t device) noexcept {
    base::mutex_lock const lock(lock_);
    auto& count = count_of(device);
    count.set(count.get() - 1);
    if (count.get() != 0) return;
    // A reader may be looking at a page that goes: it reads zeros, as it would have from the page.
    give_back(cold_ + device / cold_devices * cold_devices);
    if (!any_near(device)) give_back(hot_ + device / hot_devices * hot_devices);
  }

 private:
  // Devices of a page.
  static constexpr std::size_t hot_devices = base::page_size / sizeof(base::atomic<std::uint64_t>);
  static constexpr std::size_t cold_devices = base::page_size / sizeof(device_words);
  static_assert(hot_devices % cold_devices == 0);
  static constexpr std::uint64_t most_devices = std::uint64_t{1} << 28;

  template <class Words>
  [[nodiscard]] static Words* reserved() noexcept {
    auto* const at = base::reserve_pages(most_devices * sizeof(Words));
    return at == nullptr ? nullptr : base::object_in_zeroed_pages<Words>(at);
  }
  void give_up_addresses() noexcept {
    if (hot_ != nullptr) base::unmap_pages(reinterpret_cast<std::byte*>(hot_), most_devices * sizeof *hot_);
    if (cold_ != nullptr) base::unmap_pages(reinterpret_cast<std::byte*>(cold_), most_devices * sizeof *cold_);
  }
  [[nodiscard, gnu::always_inline]] device_slot slot_of(std::uint64_t device) const noexcept {
    return {hot_ + device, cold_ + device};
  }
  // How many devices share a page of cold words with this one: kept beside the first of them.
  [[nodiscard]] base::plain<std::uint64_t>& count_of(std::uint64_t device) const noexcept
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(lock_) {
    return cold_[device / cold_devices * cold_devices].count;
  }
  // Whether a device is left on the page of this one's hot words.
  [[nodiscard]] bool any_near(std::uint64_t device) const noexcept ABSL_EXCLUSIVE_LOCKS_REQUIRED(lock_) {
    auto const first = device / hot_devices * hot_devices;
    for (auto d = first; d != first + hot_devices; d += cold_devices) {
      if (count_of(d).get() != 0) return true;
    }
    return false;
  }
  void give_back(void* page) noexcept {
    // Its words are zero already, so that a kernel that keeps the page keeps nothing.
    static_cast<void>(base::give_back_pages(static_cast<std::byte*>(page), base::page_size));
    ledger_.credit(base::page_size);
  }

  memory::ledger& ledger_;
  base::atomic<std::uint64_t>* const hot_;
  device_words* const cold_;
  base::atomic<std::uint64_t> end_{0};  // beyond every device that was ever here
  base::mutex lock_;
};

}  // namespace engine
}  // namespace v0
}  // namespace framecache

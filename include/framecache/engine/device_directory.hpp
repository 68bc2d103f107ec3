// SPDX-License-Identifier: Apache-2.0
//
// From a device's number to what readers see of it. Numbers are dense, so this is an array of words over all numbers there can be, of
// whose pages only those are there that have a device, where an index by hash would make a reader wait for a bucket. It decides
// nothing: it says where to look, and the whole key of the entry decides (I1).
//
//   word:   63 ...... 16 |        15         | 14 ...... 0
//           an address   | of an entry's     | the label's lowest bits
//
//   0                    no device has the number
//   an entry's address   that of its newest source frame
//   another              that of its words, at the head of its record: it has no such frame
//
// A hit reads the word alone: eight devices share a line. Of the label it has some bits: they are compared before anything is
// followed, so that a stranger's device takes as long to be absent as one that does not exist. The address does not depend on the
// label, so that a processor that guesses that they agree waits for the entry and for the scope at once.
//
// A page goes back with the last device on it. A reader that is late finds zeros.
//
// Locks: its own, while devices come and go. Readers take none; besides, a device's word is written under the lock of its room's lane.
#pragma once

#include <framecache/base/atomic.hpp>
#include <framecache/base/attempt.hpp>
#include <framecache/base/mutex.hpp>
#include <framecache/base/system.hpp>
#include <framecache/engine/entry.hpp>
#include <framecache/memory/ledger.hpp>
#include <framecache/version.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

namespace framecache {
inline namespace v0 {
namespace engine {

// What readers see of a device at the head of its record, which is of a class of the slab of its own (memory/slab.hpp): so whoever has
// an old word finds the words of this device there, or another's, or zeros. Written under the lock of its room's lane, and zeroed when
// nobody is told of them any more; never constructed.
struct device_words final {
  base::atomic<std::uint64_t> label;
  base::atomic<std::uint64_t> live;  // the generation that is live now; 0: none yet, or one is beginning
};

// What the directory says of a device. User space ends below 2^48: an address has its upper bits free.
namespace device_word {

inline constexpr unsigned address_at = 16;
inline constexpr std::uint64_t names_frame = std::uint64_t{1} << 15;

using low_bits = std::uint16_t;
// What stands below an address: of a label's device without a newest frame; with one.
[[nodiscard]] constexpr low_bits none_of(std::uint64_t label) noexcept {
  return static_cast<low_bits>(label & (names_frame - 1));
}
[[nodiscard]] constexpr low_bits some_of(std::uint64_t label) noexcept {
  return static_cast<low_bits>(label | names_frame);
}
template <class T>
[[nodiscard, gnu::always_inline]] inline T* address_of(std::uint64_t word) noexcept {
  return reinterpret_cast<T*>(static_cast<std::uintptr_t>(word >> address_at));
}
template <class T>
[[nodiscard]] std::uint64_t word_for(T& at, low_bits below) noexcept {
  return static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>(std::addressof(at))) << address_at | below;
}

// The newest frame if the device may be of that label, or nullptr.
[[nodiscard, gnu::always_inline]] inline entry* newest_of(std::uint64_t word, std::uint64_t label) noexcept {
  if (static_cast<low_bits>(word) != some_of(label)) [[unlikely]]
    return nullptr;
  return address_of<entry>(word);
}
// The words of a device that has none, if it may be of that label, or nullptr.
[[nodiscard]] inline device_words* record_of(std::uint64_t word, std::uint64_t label) noexcept {
  return static_cast<low_bits>(word) == none_of(label) ? address_of<device_words>(word) : nullptr;
}
// A newest frame, whosever it is: for audits.
[[nodiscard]] inline entry* newest(std::uint64_t word) noexcept {
  return (word & names_frame) != 0 ? address_of<entry>(word) : nullptr;
}

}  // namespace device_word

class device_directory final {
 public:
  // Errors: throws when the addresses cannot be reserved.
  device_directory(memory::ledger& account, bool huge_pages, base::sharing s)
      : ledger_(account), words_(reserved()), lock_(s) {
    if (words_ == nullptr) {
      base::raise(
          "framecache: the address space for devices could not be reserved; raise the process's limit (ulimit -v)");
    }
    huge_ = huge_pages && base::ask_for_huge_pages(bytes(), most_devices * sizeof *words_);
  }
  device_directory(device_directory const&) = delete;
  device_directory& operator=(device_directory const&) = delete;
  ~device_directory() { base::unmap_pages(bytes(), most_devices * sizeof *words_); }

  // Whether they were asked for and the kernel agreed.
  [[nodiscard]] bool has_huge_pages() const noexcept { return huge_; }

  // Wait-free. The device's word; 0 for a number beyond every device that was ever here.
  [[nodiscard, gnu::always_inline]] std::uint64_t word_of(std::uint64_t device) const noexcept {
    if (device >= end_.load(std::memory_order_relaxed)) [[unlikely]]
      return 0;
    return words_[device].load(std::memory_order_acquire);  // (36) acquire: pairs with release (37)
  }
  // Whether it still says what it did.
  [[nodiscard]] bool still_says(std::uint64_t device, std::uint64_t said) const noexcept {
    return words_[device].load(std::memory_order_relaxed) == said;
  }
  // Begins to load the device's word. Whether there is such a device does not matter.
  [[gnu::always_inline]] void prefetch(std::uint64_t device) const noexcept {
    __builtin_prefetch(std::addressof(place_of(device)));
  }
  [[nodiscard, gnu::always_inline]] base::atomic<std::uint64_t> const& place_of(std::uint64_t device) const noexcept {
    return words_[device % most_devices];
  }

  // Says of a device what is so. Requires: add(); the lock of its room's lane.
  void show(std::uint64_t device, std::uint64_t label, entry& newest) noexcept {
    set(device, device_word::word_for(newest, device_word::some_of(label)));
  }
  void show_none(std::uint64_t device, std::uint64_t label, device_words& its) noexcept {
    set(device, device_word::word_for(its, device_word::none_of(label)));
  }

  // Whether there can be such a number.
  [[nodiscard]] static bool has_place_for(std::uint64_t device) noexcept { return device < most_devices; }

  // The page that a device's word will need, paid for before anything else is taken for the device, and given back if it never came. Of
  // two that come at once to a page that is new both pay for a moment: where there is room for one page only, one is refused.
  class page_charge final {
   public:
    page_charge(device_directory& of, std::uint64_t device) noexcept : of_(of) {
      base::mutex_lock const lock(of_.lock_);
      is_there_ = of_.any_near(device);
      paid_ = !is_there_ && of_.ledger_.try_charge(base::page_size);
    }
    page_charge(page_charge const&) = delete;
    page_charge& operator=(page_charge const&) = delete;
    ~page_charge() {
      if (paid_) of_.ledger_.credit(base::page_size);
    }
    // False: the bound is reached.
    [[nodiscard]] explicit operator bool() const noexcept { return is_there_ || paid_; }

   private:
    friend class device_directory;
    device_directory& of_;
    bool is_there_;
    bool paid_;
  };

  // A device that is new, without a frame. Returns false when the page that was there has gone meanwhile, and another is not to be had.
  // Requires: has_place_for(device).
  [[nodiscard]] bool add(std::uint64_t device, std::uint64_t label, device_words& its, page_charge& page) noexcept {
    base::mutex_lock const lock(lock_);
    if (!any_near(device) && !std::exchange(page.paid_, false) && !ledger_.try_charge(base::page_size)) return false;
    if (device >= end_.load(std::memory_order_relaxed)) end_.store(device + 1, std::memory_order_relaxed);
    show_none(device, label, its);
    return true;
  }
  // The device has ended.
  void remove(std::uint64_t device) noexcept {
    base::mutex_lock const lock(lock_);
    set(device, 0);
    if (any_near(device)) return;
    // A reader may be looking at the page: it reads zeros, as it would have from the page. They are zero already, so that a kernel that
    // keeps it keeps nothing.
    auto* const page = reinterpret_cast<std::byte*>(words_ + device / near * near);
    static_cast<void>(base::give_back_pages(page, base::page_size));
    ledger_.credit(base::page_size);
  }

 private:
  using word = base::atomic<std::uint64_t>;
  static constexpr std::uint64_t near = base::page_size / sizeof(word);  // devices of a page
  static constexpr std::uint64_t most_devices = std::uint64_t{1} << 28;

  [[nodiscard]] static word* reserved() noexcept {
    auto* const at = base::reserve_pages(most_devices * sizeof(word));
    return at == nullptr ? nullptr : base::object_in_zeroed_pages<word>(at);
  }
  [[nodiscard]] std::byte* bytes() const noexcept { return reinterpret_cast<std::byte*>(words_); }
  void set(std::uint64_t device, std::uint64_t to) noexcept {
    words_[device].store(to, std::memory_order_release);  // (37) release: pairs with acquire (36)
  }
  // Whether any device has its word on the page of this one's.
  [[nodiscard]] bool any_near(std::uint64_t device) const noexcept ABSL_EXCLUSIVE_LOCKS_REQUIRED(lock_) {
    auto const* const first = words_ + device / near * near;
    // Who comes next to another, as most do, finds that one at once.
    if (device % near != 0 && words_[device - 1].load(std::memory_order_relaxed) != 0) return true;
    return std::any_of(first, first + near, [](word const& each) { return each.load(std::memory_order_relaxed) != 0; });
  }

  memory::ledger& ledger_;
  word* const words_;
  base::atomic<std::uint64_t> end_{0};  // beyond every device that was ever here
  base::mutex lock_;
  bool huge_ = false;
};

}  // namespace engine
}  // namespace v0
}  // namespace framecache

// SPDX-License-Identifier: Apache-2.0
//
// How a peek holds a frame without writing anything that others read: a line for each thread, in which it says what it looks at.
//
//   peeks:     say it; light fence; look whether the frame is still linked ... look at the bytes ... say no more
//   reclaims:  take the frame out; heavy fence; look whether anybody says it
//
// Either the one sees that the frame is gone, or the other sees that it is looked at (I4). The heavy fence interrupts every core, so
// it is paid only while somebody peeks: a thread's line is armed when it first peeks, and disarmed by whoever reclaims when it was
// not used between two looks. With no line armed a frame that nobody pins is freed at once.
//
// A thread without a number, or that is peeking already (a peek inside a peek), pins instead.
// Source: hazard pointers (Michael, IEEE TPDS 2004), with an asymmetric fence.
#pragma once

#include <framecache/base/atomic.hpp>
#include <framecache/base/fence.hpp>
#include <framecache/base/mutex.hpp>
#include <framecache/base/thread.hpp>
#include <framecache/engine/entry.hpp>
#include <framecache/version.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace framecache {
inline namespace v0 {
namespace engine {

class guards final {
 public:
  static constexpr std::size_t count = 64;
  // What somebody looks at.
  struct seen final {
    std::array<entry const*, count> at;
    std::size_t found = 0;
    [[nodiscard]] std::size_t times(entry const& e) const noexcept {
      auto const end = at.begin() + static_cast<std::ptrdiff_t>(found);
      return static_cast<std::size_t>(std::count(at.begin(), end, std::addressof(e)));
    }
    [[nodiscard]] bool has(entry const& e) const noexcept { return times(e) != 0; }
  };

  explicit guards(base::sharing s) noexcept : lock_(s), asymmetric_(base::fences_are_asymmetric()) {}
  guards(guards const&) = delete;
  guards& operator=(guards const&) = delete;
  ~guards() = default;

  // --- by whoever peeks -------------------------------------------------------------------------------------------------------

  // Says that this thread looks at `e`. Returns whether it may rely on that: then it looks again whether the frame is linked, and
  // calls leave() afterwards in any case.
  [[nodiscard]] bool enter(std::size_t number, entry& e) noexcept {
    if (number >= count) return false;
    auto& mine = lines_[number];
    if (mine.looks_at.load(std::memory_order_relaxed) != nullptr) return false;
    if (mine.armed.load(std::memory_order_relaxed) == 0) arm(mine);
    // (27) release: pairs with acquire (28), so that what this thread looked at before is done with too
    mine.looks_at.store(std::addressof(e), std::memory_order_release);
    base::light_fence(asymmetric_);  // (29) against the heavy (30)
    if (mine.armed.load(std::memory_order_relaxed) != 0) return true;
    leave(number);
    return false;
  }
  void leave(std::size_t number) noexcept {
    // (27) release: pairs with acquire (28), so that the bytes are wiped after they were looked at
    lines_[number].looks_at.store(nullptr, std::memory_order_release);
    base::light_fence(asymmetric_);  // (33) against the heavy (30): who leaves sees what was left in limbo for it
  }
  // Whether go_on_with() was told of this room last. Compared, never looked into.
  [[nodiscard]] bool counts_for(std::size_t number, room const& r) const noexcept {
    return lines_[number].counts_for == std::addressof(r);
  }
  // From now on this thread counts its hits there; nullptr: it cannot.
  void go_on_with(std::size_t number, room const& r, base::atomic<std::uint64_t>* own) noexcept {
    lines_[number].counts_for = std::addressof(r);
    lines_[number].own = own;
  }
  // Returns false when there was nowhere to count it.
  [[nodiscard]] bool count_hit(std::size_t number) noexcept {
    auto& mine = lines_[number];
    add_one(mine.hits);
    if (mine.own == nullptr) return false;
    add_one(*mine.own);
    return true;
  }

  // --- by whoever reclaims ----------------------------------------------------------------------------------------------------

  // Whether somebody may be peeking at what was just unlinked. Sequentially consistent, as the unlinking is.
  [[nodiscard]] bool any() const noexcept {
    return armed_.load(std::memory_order_seq_cst) != 0;  // (31) seq_cst: against (32)
  }
  // What is looked at, of all that was unlinked before the call.
  [[nodiscard]] seen look() noexcept {
    base::heavy_fence(asymmetric_);  // (30) against the light (29)
    auto const found = now();
    disarm_idle();
    return found;
  }
  // What is looked at just now, for whoever counts.
  [[nodiscard]] seen now() const noexcept {
    seen all;
    if (armed_.load(std::memory_order_relaxed) == 0) return all;
    for (auto const& each : lines_) {
      // (28) acquire: pairs with release (27)
      if (auto const* const at = each.looks_at.load(std::memory_order_acquire)) all.at[all.found++] = at;
    }
    return all;
  }

 private:
  struct alignas(64) line final {
    base::atomic<entry*> looks_at{nullptr};
    base::atomic<std::uint64_t> armed{0};  // written under lock_
    base::atomic<std::uint64_t> hits{0};   // of all threads that had the number
    std::uint64_t hits_seen = 0;           // under lock_
    room const* counts_for = nullptr;      // the thread's own, as is the next
    base::atomic<std::uint64_t>* own = nullptr;
  };

  // Of what no other thread writes.
  static void add_one(base::atomic<std::uint64_t>& own) noexcept {
    own.store(own.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  }
  void arm(line& mine) noexcept {
    base::mutex_lock const lock(lock_);
    if (mine.armed.load(std::memory_order_relaxed) != 0) return;
    mine.armed.store(1, std::memory_order_relaxed);
    mine.hits_seen = mine.hits.load(std::memory_order_relaxed) - 1;
    armed_.fetch_add(1, std::memory_order_seq_cst);  // (32) seq_cst: against (31)
    base::full_fence();  // (39) what was not linked before is not, whoever saw no line armed
  }
  // A line that was not used since the last look is disarmed, unless its thread peeks just now.
  void disarm_idle() noexcept {
    base::mutex_lock const lock(lock_);
    std::array<line*, count> idle;
    std::size_t found = 0;
    for (auto& each : lines_) {
      if (each.armed.load(std::memory_order_relaxed) == 0) continue;
      auto const hits = each.hits.load(std::memory_order_relaxed);
      if (hits == each.hits_seen && each.looks_at.load(std::memory_order_relaxed) == nullptr) {
        each.armed.store(0, std::memory_order_relaxed);
        idle[found++] = std::addressof(each);
      }
      each.hits_seen = hits;
    }
    if (found == 0) return;
    base::heavy_fence(asymmetric_);  // (30) against the light (29)
    for (std::size_t i = 0; i != found; ++i) {
      // (28) acquire: pairs with release (27)
      if (idle[i]->looks_at.load(std::memory_order_acquire) != nullptr) {
        idle[i]->armed.store(1, std::memory_order_relaxed);
      } else {
        armed_.fetch_sub(1, std::memory_order_release);  // (40) release: pairs with (31)
      }
    }
  }

  base::mutex lock_;
  bool const asymmetric_;
  base::atomic<std::uint64_t> armed_{0};
  std::array<line, count> lines_{};
};

}  // namespace engine
}  // namespace v0
}  // namespace framecache

// SPDX-License-Identifier: Apache-2.0
//
// How who takes no lock knows that nothing of a room was changed meanwhile: changes are counted as they begin and as they end. Between two
// looks at an even number that agree, all that was read of the room's index and of its devices' words is of one moment.
//
//   reads:    look at the count; read; acquire fence; look again
//   changes:  count (odd); release fence; change; count (even)
//
// Whoever reads something of a change sees that it has begun, also by way of a third thread that writes over what was taken out: that one
// passes a release fence too, before it does (entry.hpp, memory/slab.hpp).
// Source: a sequence lock with the fences of Boehm ("Can seqlocks get along with programming language memory models?", MSPC 2012).
#pragma once

#include <framecache/base/atomic.hpp>
#include <framecache/base/fence.hpp>
#include <framecache/version.hpp>

#include <cstdint>

namespace framecache {
inline namespace v0 {
namespace engine {

class changes final {
 public:
  changes() = default;
  changes(changes const&) = delete;
  changes& operator=(changes const&) = delete;
  ~changes() = default;

  // Wait-free. What to compare with later.
  [[nodiscard]] std::uint64_t seen() const noexcept {
    return count_.load(std::memory_order_acquire);  // (50) acquire: pairs with release (51)
  }
  // Wait-free. Whether nothing was changed since, nor was just then.
  [[nodiscard]] bool none_since(std::uint64_t before) const noexcept {
    base::acquire_fence();  // (52) against the release fence (53)
    return before % 2 == 0 && count_.load(std::memory_order_relaxed) == before;
  }

  // While something changes that readers may see. Requires: the lock of the room's lane. May stand inside another.
  class change final {
   public:
    explicit change(changes& of) noexcept : of_(of) {
      auto const now = of_.count_.load(std::memory_order_relaxed);
      outermost_ = now % 2 == 0;
      if (outermost_) of_.count_.store(now + 1, std::memory_order_relaxed);
      base::release_fence();  // (53) against the acquire fence (52), and acquires of what changes
    }
    change(change const&) = delete;
    change& operator=(change const&) = delete;
    ~change() {
      if (!outermost_) return;
      // (51) release: pairs with acquire (50)
      of_.count_.store(of_.count_.load(std::memory_order_relaxed) + 1, std::memory_order_release);
    }

   private:
    changes& of_;
    bool outermost_;
  };

 private:
  base::atomic<std::uint64_t> count_{0};  // odd: a change is under way
};

}  // namespace engine
}  // namespace v0
}  // namespace framecache

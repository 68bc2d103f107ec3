// SPDX-License-Identifier: Apache-2.0
//
// Which frame leaves first. Readers write nothing but a frame's own stamp (entry.stamp), and that only when it would change; what
// the lane keeps is corrected when a victim is looked for.
//
//   lru     exact in ticks. The lane's tick moves with each put, see room.hpp; a stamp is the tick of the last use. A heap holds for each frame
//           a stamp that is never later than the true one, so the first frame whose record is still true is the least recently
//           used. A record that is not is corrected and sinks: each use costs at most one correction. Of two uses of one frame
//           that overlap, either may be the one that counts: a reader that was held up writes the tick that it had read.
//   sieve   a queue in order of arrival and a hand that walks it, from the oldest on: a frame that was used since the hand last
//           came by is passed over, the first that was not leaves. Source: Zhang et al., NSDI 2024.
//   s3fifo  a small queue that newcomers must pass, a main one, and the hashes of those that left the small one. Counts uses up
//           to three. Source: Yang et al., SOSP 2023.
//
// Guarded by the lane's lock. Memory is charged to the ledger before it is taken (I10).
#pragma once

#include <framecache/engine/entry.hpp>
#include <framecache/engine/order_heap.hpp>
#include <framecache/engine/order_queues.hpp>
#include <framecache/memory/ledger.hpp>
#include <framecache/policy/settings.hpp>
#include <framecache/version.hpp>

#include <cstddef>
#include <cstdint>

namespace framecache {
inline namespace v0 {
namespace engine {

// What the clock of a lane says before anything has moved it. Of an order that counts no ticks, what stamps go up to.
[[nodiscard]] constexpr std::uint64_t first_tick(policy::eviction how) noexcept {
  return how == policy::eviction::lru ? 1 : how == policy::eviction::sieve ? sieve_queue::visited : s3fifo_queues::most;
}
// What a reader does to the frame that it uses. `tick`: of the lane.
[[gnu::always_inline]] inline void mark_used(entry& e, policy::eviction how, std::uint64_t tick) noexcept {
  auto const stamp = e.stamp.load(std::memory_order_relaxed);
  if (stamp < tick) e.stamp.store(how == policy::eviction::s3fifo ? stamp + 1 : tick, std::memory_order_relaxed);
}

class use_order final {
 public:
  use_order(policy::eviction how, memory::ledger& account) noexcept
      : how_(how), heap_(account), sieve_(account), s3fifo_(account) {}
  use_order(use_order const&) = delete;
  use_order& operator=(use_order const&) = delete;
  ~use_order() = default;

  // Makes sure that one more frame can be added. Returns false when there is no memory for it.
  [[nodiscard]] bool reserve() noexcept {
    switch (how_) {
      case policy::eviction::lru: return heap_.reserve();
      case policy::eviction::sieve: return sieve_.reserve();
      case policy::eviction::s3fifo: return s3fifo_.reserve();
    }
    return false;
  }
  // A frame has come. `hash_of(e)`: of its key. Requires: reserve().
  template <class HashOf>
  void add(entry& e, std::uint64_t tick, HashOf const& hash_of) noexcept {
    switch (how_) {
      case policy::eviction::lru: return heap_.add(e, tick);
      case policy::eviction::sieve: return sieve_.add(e);
      case policy::eviction::s3fifo: return s3fifo_.add(e, hash_of(e));
    }
  }
  // `fresh` takes the place of `old`, and was used now.
  void replace(entry& old, entry& fresh, std::uint64_t tick) noexcept {
    fresh.stamp.store(old.stamp.load(std::memory_order_relaxed), std::memory_order_relaxed);
    mark_used(fresh, how_, tick);
    move(old, fresh);
  }
  // Begins to load what replace() will look at.
  [[gnu::always_inline]] void prefetch(entry const& old) const noexcept {
    if (how_ == policy::eviction::lru) heap_.prefetch(old);
  }
  // `fresh` is `old` in another place.
  void move(entry& old, entry& fresh) noexcept {
    fresh.place = old.place;
    switch (how_) {
      case policy::eviction::lru: return heap_.replace(fresh);
      case policy::eviction::sieve: return sieve_.replace(fresh);
      case policy::eviction::s3fifo: return s3fifo_.replace(old, fresh);
    }
  }
  void remove(entry& e) noexcept {
    switch (how_) {
      case policy::eviction::lru: return heap_.remove(e);
      case policy::eviction::sieve: return sieve_.remove(e);
      case policy::eviction::s3fifo: return s3fifo_.remove(e);
    }
  }
  // Returns the frame that leaves next, still in the order, or nullptr: all are pinned. One that is pinned is in use now.
  [[nodiscard]] entry* victim(std::uint64_t tick) noexcept {
    switch (how_) {
      case policy::eviction::lru: return heap_.victim(tick);
      case policy::eviction::sieve: return sieve_.victim();
      case policy::eviction::s3fifo: return s3fifo_.victim();
    }
    return nullptr;
  }
  // What victim() may look at first, where that can be told.
  [[nodiscard]] entry const* top() const noexcept { return how_ == policy::eviction::lru ? heap_.top() : nullptr; }
  // It leaves for want of space: what s3fifo remembers. Before remove(). `hash_of(e)`: of its key.
  template <class HashOf>
  void evicted(entry& e, HashOf const& hash_of) noexcept {
    if (how_ == policy::eviction::s3fifo) s3fifo_.evicted(e, hash_of(e));
  }

  [[nodiscard]] std::size_t count() const noexcept {
    switch (how_) {
      case policy::eviction::lru: return heap_.count();
      case policy::eviction::sieve: return sieve_.count();
      case policy::eviction::s3fifo: return s3fifo_.count();
    }
    return 0;
  }
  // What is wrong with it, or nullptr. For audits; slow.
  [[nodiscard]] char const* broken() const noexcept { return how_ == policy::eviction::lru ? heap_.broken() : nullptr; }

 private:
  policy::eviction const how_;
  lru_heap heap_;
  sieve_queue sieve_;
  s3fifo_queues s3fifo_;
};

}  // namespace engine
}  // namespace v0
}  // namespace framecache

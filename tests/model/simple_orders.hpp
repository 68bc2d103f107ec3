// SPDX-License-Identifier: Apache-2.0
//
// SIEVE and S3-FIFO as their papers have them, on keys of size one, for one thread: what evict<sieve> and evict<s3fifo> are
// compared with, key by key. Queues are lists that are searched from one end to the other.
//
//   use(key)     a lookup; returns whether the key is held
//   insert(key)  of a key that is not held; returns who had to leave for it
//   erase(key)   takes a key out; returns whether it was held
//
// Sources: Zhang et al., "SIEVE is Simpler than LRU", NSDI 2024, algorithm 1; Yang et al., "FIFO Queues are All You Need for Cache
// Eviction", SOSP 2023, algorithm 1. What the papers leave open is said where it is settled.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <list>
#include <optional>

namespace testing {

// One queue, new keys at its head, and a hand that goes from tail to head: it spares what was visited since it last came by, and
// takes the first that was not. Nothing moves on a hit.
class simple_sieve final {
 public:
  using key = std::uint64_t;

  // Requires: `capacity` is not zero.
  explicit simple_sieve(std::size_t capacity) : capacity_(capacity) {}
  simple_sieve(simple_sieve const&) = delete;  // the hand points into the queue
  simple_sieve& operator=(simple_sieve const&) = delete;
  ~simple_sieve() = default;

  bool use(key k) {
    auto const at = find(k);
    if (at == queue_.end()) return false;
    at->visited = true;
    return true;
  }
  std::optional<key> insert(key k) {
    std::optional<key> victim;
    if (queue_.size() == capacity_) victim = evict();
    queue_.push_front({k, false});
    return victim;
  }
  // The paper has no removals: a hand that points at what is taken out goes on to the next, towards the head.
  bool erase(key k) {
    auto const at = find(k);
    if (at == queue_.end()) return false;
    take_out(at);
    return true;
  }
  [[nodiscard]] std::size_t size() const noexcept { return queue_.size(); }

 private:
  struct entry final {
    key of;
    bool visited;
  };
  using queue = std::list<entry>;  // head first

  queue::iterator find(key k) {
    return std::find_if(queue_.begin(), queue_.end(), [&](entry const& e) { return e.of == k; });
  }
  queue::iterator towards_head(queue::iterator at) { return at == queue_.begin() ? queue_.end() : std::prev(at); }
  void take_out(queue::iterator at) {
    if (hand_ == at) hand_ = towards_head(at);
    queue_.erase(at);
  }
  key evict() {
    auto at = hand_ == queue_.end() ? std::prev(queue_.end()) : hand_;
    while (at->visited) {
      at->visited = false;
      at = towards_head(at);
      if (at == queue_.end()) at = std::prev(queue_.end());
    }
    hand_ = at;
    auto const victim = at->of;
    take_out(at);
    return victim;
  }

  std::size_t capacity_;
  queue queue_;
  queue::iterator hand_ = queue_.end();  // end(): none, begin at the tail
};

// A small queue for a tenth of the capacity, through which most keys pass without being used again; a main queue, in which what
// was used goes round again, at most three times for its uses; and a ghost queue of keys that left the small one not long ago.
class simple_s3fifo final {
 public:
  using key = std::uint64_t;

  // Settled here: the small queue's share is a tenth rounded down, at least one. The ghost queue has as many places as the main
  // one is meant to have; a key that comes back is a ghost no longer but keeps its place, as with the paper's time stamps.
  // `capacity`: at least two.
  explicit simple_s3fifo(std::size_t capacity)
      : capacity_(capacity),
        small_share_(std::max<std::size_t>(1, capacity / 10)),
        main_share_(capacity - small_share_) {}

  bool use(key k) {
    auto* const held = find(k);
    if (held == nullptr) return false;
    held->uses = std::min(held->uses + 1, most_uses);
    return true;
  }
  // With keys of size one, one leaves at most. The paper's listing goes on in the small queue after a promotion has cost the main
  // one a key; here, as its text has it, keys leave until there is space.
  std::optional<key> insert(key k) {
    std::optional<key> victim;
    if (size() == capacity_) victim = small_.size() >= small_share_ ? evict_small() : evict_main();
    auto& into = was_ghost(k) ? main_ : small_;
    into.push_front({k, 0});
    return victim;
  }
  // The paper has no removals: a key that is taken out leaves no ghost.
  bool erase(key k) {
    auto const is_k = [&](entry const& e) { return e.of == k; };
    return small_.remove_if(is_k) + main_.remove_if(is_k) != 0;
  }
  [[nodiscard]] std::size_t size() const noexcept { return small_.size() + main_.size(); }

 private:
  struct entry final {
    key of;
    int uses;
  };
  using queue = std::list<entry>;  // head first
  static constexpr int most_uses = 3;

  entry* find(key k) {
    for (auto* const in : {&small_, &main_}) {
      for (auto& each : *in) {
        if (each.of == k) return &each;
      }
    }
    return nullptr;
  }
  // Used more than once: into the main queue, its uses forgotten, where another leaves if that is more than its share. Otherwise it
  // leaves, and its key becomes a ghost.
  key evict_small() {
    while (!small_.empty()) {
      auto const tail = small_.back();
      small_.pop_back();
      if (tail.uses <= 1) {
        ghosts_.push_front(tail.of);
        if (ghosts_.size() > main_share_) ghosts_.pop_back();
        return tail.of;
      }
      main_.push_front({tail.of, 0});
      if (main_.size() > main_share_) break;
    }
    return evict_main();
  }
  key evict_main() {
    for (;;) {
      auto const tail = main_.back();
      main_.pop_back();
      if (tail.uses == 0) return tail.of;
      main_.push_front({tail.of, tail.uses - 1});
    }
  }
  bool was_ghost(key k) {
    auto const at = std::find(ghosts_.begin(), ghosts_.end(), std::optional{k});
    if (at == ghosts_.end()) return false;
    at->reset();
    return true;
  }

  std::size_t capacity_;
  std::size_t small_share_;
  std::size_t main_share_;
  queue small_, main_;
  std::list<std::optional<key>> ghosts_;  // newest first; an empty one came back
};

}  // namespace testing

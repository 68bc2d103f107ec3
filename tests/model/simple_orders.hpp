// SPDX-License-Identifier: Apache-2.0
//
// SIEVE and S3-FIFO as their papers have them, on keys of size one, for one thread: what evict<sieve> and evict<s3fifo> are
// compared with, key by key. Queues are lists that are searched from one end to the other.
//
//   use(key)     a lookup; returns whether the key is held
//   insert(key)  of a key that is not held; returns who had to leave for it
//   erase(key)   takes a key out; returns whether it was held
//
// A cache of frames says by itself when one has to leave, and has some that are pinned:
//
//   add(key)       of a key that is not held; nobody leaves
//   next(pinned)   looks for who leaves next, if not all are pinned; that changes the order, but not for who looks again at once
//   evict(pinned)  takes that one out
//
// Sources: Zhang et al., "SIEVE is Simpler than LRU", NSDI 2024, algorithm 1; Yang et al., "FIFO Queues are All You Need for Cache
// Eviction", SOSP 2023, algorithm 1. What the papers leave open is said where it is settled.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <list>
#include <optional>
#include <vector>

namespace testing {

// One queue, new keys at its head, and a hand that goes from tail to head: it spares what was visited since it last came by, and
// takes the first that was not. Nothing moves on a hit.
class simple_sieve final {
 public:
  using key = std::uint64_t;

  simple_sieve() = default;
  // Requires: `capacity` is not zero.
  explicit simple_sieve(std::size_t capacity) : capacity_(capacity) {}

  bool use(key k) {
    auto const at = find(k);
    if (at == queue_.size()) return false;
    queue_[at].visited = true;
    return true;
  }
  std::optional<key> insert(key k) {
    std::optional<key> victim;
    if (queue_.size() == capacity_) victim = evict([](key) { return false; });
    add(k);
    return victim;
  }
  void add(key k) { queue_.push_back({k, false}); }
  // The paper has no removals: a hand that points at what is taken out goes on to the next, towards the head.
  bool erase(key k) {
    auto const at = find(k);
    if (at == queue_.size()) return false;
    queue_.erase(queue_.begin() + static_cast<std::ptrdiff_t>(at));
    if (at < hand_) --hand_;
    if (hand_ == queue_.size()) hand_ = 0;
    return true;
  }
  // The paper has no pins: the hand passes what is pinned, whose mark it takes like any other's. When it has come round twice all
  // are pinned.
  template <class Pinned>
  std::optional<key> next(Pinned const& pinned) {
    for (auto left = 2 * queue_.size(); left != 0; --left) {
      auto& e = queue_[hand_];
      if (!e.visited && !pinned(e.of)) return e.of;
      e.visited = false;
      hand_ = (hand_ + 1) % queue_.size();
    }
    return std::nullopt;
  }
  template <class Pinned>
  std::optional<key> evict(Pinned const& pinned) {
    auto const k = next(pinned);
    if (k) erase(*k);
    return k;
  }
  [[nodiscard]] std::size_t size() const noexcept { return queue_.size(); }

  friend bool operator==(simple_sieve const&, simple_sieve const&) = default;

 private:
  struct entry final {
    key of;
    bool visited;
    friend bool operator==(entry const&, entry const&) = default;
  };

  [[nodiscard]] std::size_t find(key k) const {
    auto const at = std::find_if(queue_.begin(), queue_.end(), [&](entry const& e) { return e.of == k; });
    return static_cast<std::size_t>(at - queue_.begin());
  }

  std::size_t capacity_ = 0;
  std::vector<entry> queue_;  // tail first
  std::size_t hand_ = 0;      // whom it looks at next; past the head it begins at the tail again
};

// A small queue for a tenth of the keys, through which most pass without being used again; a main queue, in which what was used
// goes round again, at most three times for its uses; and a ghost queue of keys that left the small one not long ago.
class simple_s3fifo final {
 public:
  using key = std::uint64_t;

  // Settled here: keys leave by the small queue when it has a tenth of those that are there, or more. The ghost queue has as many
  // places as the main one is meant to have then: nine tenths, and one less than all of fewer than twenty. A key that comes back is
  // a ghost no longer but keeps its place, as with the paper's time stamps.
  simple_s3fifo() = default;
  // `capacity`: at least two.
  explicit simple_s3fifo(std::size_t capacity) : capacity_(capacity) {}

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
    if (size() == capacity_) victim = evict([](key) { return false; });
    add(k);
    return victim;
  }
  void add(key k) {
    auto& into = was_ghost(k) ? main_ : small_;
    into.push_front({k, 0});
  }
  // The paper has no removals: a key that is taken out leaves no ghost.
  bool erase(key k) {
    auto const is_k = [&](entry const& e) { return e.of == k; };
    return small_.remove_if(is_k) + main_.remove_if(is_k) != 0;
  }
  // By the small queue's tail: what was used more than once goes into the main one, its uses forgotten; anything else leaves, and
  // its key becomes a ghost. By the main queue's: what was used goes round again, for one use less.
  //
  // The paper has no pins: what is pinned when it should leave goes into the main queue, or round in it. When everything has passed
  // the small queue and gone round for all of its uses, all are pinned.
  template <class Pinned>
  std::optional<key> next(Pinned const& pinned) {
    for (auto left = (1 + most_uses + 1) * static_cast<int>(size()); left != 0; --left) {
      bool const from_small = small_.size() * 10 >= size();
      auto& from = from_small ? small_ : main_;
      auto const tail = from.back();
      if (tail.uses <= (from_small ? 1 : 0) && !pinned(tail.of)) return tail.of;
      from.pop_back();
      main_.push_front({tail.of, from_small ? 0 : std::max(tail.uses - 1, 0)});
    }
    return std::nullopt;
  }
  template <class Pinned>
  std::optional<key> evict(Pinned const& pinned) {
    auto const k = next(pinned);
    if (!k) return k;
    auto const places = size() - std::max<std::size_t>(1, size() / 10);
    bool const from_small = !small_.empty() && small_.back().of == *k;
    (from_small ? small_ : main_).pop_back();
    if (!from_small) return k;
    ghosts_.push_front(k);
    while (ghosts_.size() > places) ghosts_.pop_back();
    return k;
  }
  [[nodiscard]] std::size_t size() const noexcept { return small_.size() + main_.size(); }

  friend bool operator==(simple_s3fifo const&, simple_s3fifo const&) = default;

 private:
  struct entry final {
    key of;
    int uses;
    friend bool operator==(entry const&, entry const&) = default;
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
  bool was_ghost(key k) {
    auto const at = std::find(ghosts_.begin(), ghosts_.end(), std::optional{k});
    if (at == ghosts_.end()) return false;
    at->reset();
    return true;
  }

  std::size_t capacity_ = 0;
  queue small_, main_;
  std::list<std::optional<key>> ghosts_;  // newest first; an empty one came back
};

}  // namespace testing

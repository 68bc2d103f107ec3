// SPDX-License-Identifier: Apache-2.0
//
// SIEVE and S3-FIFO: see order.hpp. Queues are lists of numbered links in one array, so that they grow without moving.
#pragma once

#include <framecache/engine/chunked.hpp>
#include <framecache/engine/entry.hpp>
#include <framecache/memory/ledger.hpp>
#include <framecache/version.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace framecache {
inline namespace v0 {
namespace engine {

// Links of one or more lists, by number; 0 is none. A number is a frame's place for as long as it is in the order.
class links final {
 public:
  struct list final {
    std::uint32_t newest = 0;
    std::uint32_t oldest = 0;
    std::uint32_t count = 0;
  };
  struct link final {
    entry* at;
    std::uint32_t newer;
    std::uint32_t older;
  };

  explicit links(memory::ledger& account) noexcept : all_(account) {}

  [[nodiscard]] bool reserve() noexcept { return free_ != 0 || used_ + 1 < all_.capacity() || all_.grow(); }
  [[nodiscard]] link& operator[](std::uint32_t i) noexcept { return all_[i]; }
  // Requires: reserve().
  [[nodiscard]] std::uint32_t take(entry& e) noexcept {
    std::uint32_t number = free_;
    if (number != 0) {
      free_ = all_[number].older;
    } else {
      number = ++used_;
    }
    all_[number] = {std::addressof(e), 0, 0};
    e.place = number;
    return number;
  }
  void give(std::uint32_t number) noexcept {
    all_[number] = {nullptr, 0, free_};
    free_ = number;
  }

  void push(list& to, std::uint32_t number) noexcept {
    all_[number].newer = 0;
    all_[number].older = to.newest;
    (to.newest != 0 ? all_[to.newest].newer : to.oldest) = number;
    to.newest = number;
    ++to.count;
  }
  void pull(list& from, std::uint32_t number) noexcept {
    auto const& l = all_[number];
    (l.newer != 0 ? all_[l.newer].older : from.newest) = l.older;
    (l.older != 0 ? all_[l.older].newer : from.oldest) = l.newer;
    --from.count;
  }

 private:
  chunked<link> all_;
  std::uint32_t used_ = 0;
  std::uint32_t free_ = 0;
};

[[nodiscard]] inline bool is_pinned(entry const& e) noexcept {
  return meta::pins(e.meta.load(std::memory_order_relaxed)) != 0;
}

class sieve_queue final {
 public:
  static constexpr std::uint64_t visited = 1;

  explicit sieve_queue(memory::ledger& account) noexcept : links_(account) {}

  [[nodiscard]] bool reserve() noexcept { return links_.reserve(); }
  void add(entry& e) noexcept {
    e.stamp.store(0, std::memory_order_relaxed);
    links_.push(queue_, links_.take(e));
  }
  void replace(entry& fresh) noexcept { links_[fresh.place].at = std::addressof(fresh); }
  void remove(entry& e) noexcept {
    if (hand_ == e.place) hand_ = links_[e.place].newer;
    links_.pull(queue_, e.place);
    links_.give(e.place);
  }
  [[nodiscard]] entry* victim() noexcept {
    // Once round clears every mark, once more finds one that nobody pins.
    for (auto left = std::size_t{2} * queue_.count; left != 0; --left) {
      if (hand_ == 0) hand_ = queue_.oldest;
      auto& e = *links_[hand_].at;
      bool const used = e.stamp.load(std::memory_order_relaxed) == visited;
      if (!used && !is_pinned(e)) return std::addressof(e);
      if (used) e.stamp.store(0, std::memory_order_relaxed);
      hand_ = links_[hand_].newer;
    }
    return nullptr;
  }
  [[nodiscard]] std::size_t count() const noexcept { return queue_.count; }

 private:
  links links_;
  links::list queue_;
  std::uint32_t hand_ = 0;
};

// Hashes of keys that left the small queue without being used: a queue, each chunk of which has a table of its own, so that it grows
// without moving anything.
class ghosts final {
 public:
  explicit ghosts(memory::ledger& account) noexcept : all_(account), heads_(account) {}

  // Makes sure that as many can be remembered. Returns false when there is no memory for them. Asked for with the frames: when one
  // leaves, there is none to be had.
  [[nodiscard]] bool reserve(std::size_t most) noexcept {
    while (all_.capacity() < most) {
      if (heads_.capacity() == all_.capacity() && !heads_.grow()) return false;
      if (!all_.grow()) return false;
    }
    return true;
  }
  // Remembers one, and forgets the oldest beyond `most`. Requires: reserve(most), at some time.
  void add(std::uint64_t whole, std::size_t most) noexcept {
    auto const hash = print_of(whole);
    while (count_ != 0 && count_ >= most) forget_oldest();
    if (most == 0) return;
    auto const number = free_ != none ? free_ : used_++;
    if (free_ != none) free_ = all_[number].newer();
    auto& head = heads_[head_of(number, hash)];
    all_[number] = {hash, head, none};
    head = number + 1;
    if (count_ != 0) {
      all_[newest_].newer(number);
    } else {
      oldest_ = number;
    }
    newest_ = number;
    ++count_;
  }
  // Whether it is there; then it is forgotten.
  [[nodiscard]] bool take(std::uint64_t whole) noexcept {
    auto const hash = print_of(whole);
    for (std::size_t begin = 0; begin < all_.capacity(); begin += size_from(begin)) {
      for (auto at = heads_[begin + hash % size_from(begin)]; at != 0; at = all_[at - 1].chain) {
        auto& each = all_[at - 1];
        if (each.hash != hash || each.taken()) continue;
        each.take();  // its turn to leave the queue comes with the others
        return true;
      }
    }
    return false;
  }

 private:
  // Half of the hash: of a million ghosts one key in four thousand is taken for another's, and what that costs is a place in the queue.
  static constexpr std::uint32_t none = ~std::uint32_t{0} >> 1;
  struct ghost final {
    std::uint32_t hash;
    std::uint32_t chain;  // the next of its place in the table, plus one; 0: none
    std::uint32_t word;   // the next newer one; in the top bit, whether it was taken

    [[nodiscard]] std::uint32_t newer() const noexcept { return word & none; }
    [[nodiscard]] bool taken() const noexcept { return (word & ~none) != 0; }
    void newer(std::uint32_t number) noexcept { word = (word & ~none) | number; }
    void take() noexcept { word |= ~none; }
  };
  static_assert(sizeof(ghost) == 12);
  [[nodiscard]] static std::uint32_t print_of(std::uint64_t hash) noexcept {
    return static_cast<std::uint32_t>(hash >> 32);
  }

  // Of the chunk that begins at `begin`, which is 8 * (2^k - 1): its size.
  [[nodiscard]] static constexpr std::size_t size_from(std::size_t begin) noexcept { return begin + 8; }
  [[nodiscard]] static std::size_t head_of(std::uint32_t number, std::uint32_t hash) noexcept {
    auto const begin = 8 * (std::bit_floor(number / std::size_t{8} + 1) - 1);
    return begin + hash % size_from(begin);
  }
  void forget_oldest() noexcept {
    auto const number = oldest_;
    auto* link = std::addressof(heads_[head_of(number, all_[number].hash)]);
    while (*link != number + 1) link = std::addressof(all_[*link - 1].chain);
    *link = all_[number].chain;
    oldest_ = all_[number].newer();
    all_[number] = {0, none, free_};
    free_ = number;
    --count_;
  }

  chunked<ghost> all_;
  chunked<std::uint32_t> heads_;  // numbers plus one
  std::uint32_t free_ = none;
  std::uint32_t used_ = 0;  // numbers from here on were never given
  std::uint32_t oldest_ = none;
  std::uint32_t newest_ = none;
  std::size_t count_ = 0;
};

class s3fifo_queues final {
 public:
  static constexpr std::uint64_t most = 3;

  explicit s3fifo_queues(memory::ledger& account) noexcept : links_(account), ghosts_(account) {}

  [[nodiscard]] bool reserve() noexcept { return links_.reserve() && ghosts_.reserve(most_ghosts(count() + 1)); }
  void add(entry& e, std::uint64_t hash) noexcept {
    e.stamp.store(0, std::memory_order_relaxed);
    bool const known = ghosts_.take(hash);
    auto const number = links_.take(e);
    in_main(e, known);
    links_.push(known ? main_ : small_, number);
  }
  void replace(entry& old, entry& fresh) noexcept {
    in_main(fresh, is_in_main(old));
    links_[fresh.place].at = std::addressof(fresh);
  }
  void remove(entry& e) noexcept {
    links_.pull(is_in_main(e) ? main_ : small_, e.place);
    links_.give(e.place);
  }
  [[nodiscard]] entry* victim() noexcept {
    for (auto left = 5 * count(); left != 0; --left) {
      bool const from_small = small_.count != 0 && (std::size_t{small_.count} * 10 >= count() || main_.count == 0);
      auto& from = from_small ? small_ : main_;
      auto const number = from.oldest;
      auto& e = *links_[number].at;
      auto const uses = e.stamp.load(std::memory_order_relaxed);
      bool const stays = from_small ? uses > 1 : uses > 0;
      if (!stays && !is_pinned(e)) return std::addressof(e);
      links_.pull(from, number);
      links_.push(main_, number);
      in_main(e, true);
      e.stamp.store(from_small ? 0 : uses - (uses != 0 ? 1 : 0), std::memory_order_relaxed);
    }
    return nullptr;
  }
  void evicted(entry& e, std::uint64_t hash) noexcept {
    if (!is_in_main(e)) ghosts_.add(hash, most_ghosts(count()));
  }
  [[nodiscard]] std::size_t count() const noexcept { return std::size_t{small_.count} + main_.count; }

 private:
  // As many as the main queue has places: nine tenths.
  [[nodiscard]] static constexpr std::size_t most_ghosts(std::size_t all) noexcept {
    return all - (all < 20 ? 1 : all / 10);
  }
  // Which queue a frame is in: kept beside its link.
  [[nodiscard]] static bool is_in_main(entry const& e) noexcept { return e.in_main; }
  static void in_main(entry& e, bool yes) noexcept { e.in_main = yes; }

  links links_;
  ghosts ghosts_;
  links::list small_;
  links::list main_;
};

}  // namespace engine
}  // namespace v0
}  // namespace framecache

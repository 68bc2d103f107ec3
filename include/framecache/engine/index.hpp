// SPDX-License-Identifier: Apache-2.0
//
// A room's index: from whole keys to entries, of every frame but the source ones: of these a device has one, and its word names it.
// Readers take no lock; whoever changes it holds the lane's.
//
// A bucket is one cache line: seven tags of a byte and the number of entries that found it full, in one atomic word, and seven
// addresses. A tag says where it is worth looking and nothing else: the whole key decides (I1).
//
//   tags:   63 .. 56 | 55 .. 48 | ... |  7 .. 0
//           passed   | tag 6    | ... |  tag 0        0: free; passed: how many went on to the next bucket, 255 = at least
//
// A room of three cameras has its one bucket in itself. Tables grow by eight while they are small and double then. A larger table
// is filled a few buckets with each change, while readers look in both: no operation moves more than `stride` buckets. A reader
// may miss what is being moved just then: a miss is one if nothing was changed meanwhile (changes.hpp).
//
// Tables lie in memory that only ever holds tables, so that a reader with an old one finds entries or nothing.
// Source: tags compared as one word after the Swiss tables of Abseil and the reference bytes of Boost.Unordered.
#pragma once

#include <framecache/base/atomic.hpp>
#include <framecache/engine/changes.hpp>
#include <framecache/engine/entry.hpp>
#include <framecache/memory/arena.hpp>
#include <framecache/memory/slab.hpp>
#include <framecache/version.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace framecache {
inline namespace v0 {
namespace engine {

inline constexpr std::size_t bucket_slots = 7;

struct alignas(64) bucket final {
  base::atomic<std::uint64_t> tags;
  std::array<base::atomic<entry*>, bucket_slots> slots;
};
static_assert(sizeof(bucket) == 64);

namespace detail {

inline constexpr std::uint64_t every_byte = 0x0101010101010101;
inline constexpr std::uint64_t every_tag = 0x00ffffffffffffff;
inline constexpr unsigned passed_shift = 56;
inline constexpr std::uint64_t passed_most = 255;

// Never zero. Bits of the hash that choose no bucket.
[[nodiscard]] constexpr std::uint64_t tag_of(std::uint64_t hash) noexcept { return (hash >> 57) | 0x80; }

// A bit for each tag that may be equal. Above one that is, there can be one that is not: its key decides.
[[nodiscard]] constexpr std::uint64_t matches(std::uint64_t tags, std::uint64_t tag) noexcept {
  auto const differing = tags ^ (every_byte * tag);
  return (differing - every_byte) & ~differing & (every_byte << 7) & every_tag;
}
[[nodiscard]] constexpr std::size_t slot_of(std::uint64_t match) noexcept {
  return static_cast<std::size_t>(std::countr_zero(match)) / 8;
}

}  // namespace detail

// Where tables come from. One for each purse; safe from any thread.
class table_memory final {
 public:
  table_memory(memory::ledger& account, memory::slab& small, std::uint64_t capacity, bool huge_pages, base::sharing s)
      : ledger_(account), small_(small), large_(capacity, huge_pages, s, memory::arena::when_free::readable) {}

  // Of what is no block of the slab.
  [[nodiscard]] bool has_huge_pages() const noexcept { return large_.has_huge_pages(); }

  // Returns `buckets` empty buckets, charged, or nullptr.
  [[nodiscard]] bucket* take(std::size_t buckets) noexcept {
    if (buckets == small_buckets) return as_buckets(small_.take(memory::table_class));
    auto const bytes = buckets * sizeof(bucket);
    if (!ledger_.try_charge(bytes)) return nullptr;
    auto* const at = large_.allocate(bytes);
    if (at == nullptr) ledger_.credit(bytes);
    return as_buckets(at);
  }
  // Takes a table back, or whole pages of a large one. A reader may still be looking at it.
  void give(bucket* at, std::size_t buckets) noexcept {
    if (buckets != small_buckets) {
      large_.release(reinterpret_cast<std::byte*>(at), buckets * sizeof(bucket));
      ledger_.credit(buckets * sizeof(bucket));
      return;
    }
    for (std::size_t i = 0; i != buckets; ++i) {
      at[i].tags.store(0, std::memory_order_relaxed);
      for (auto& each : at[i].slots) each.store(nullptr, std::memory_order_relaxed);
    }
    small_.give(reinterpret_cast<std::byte*>(at), memory::table_class);
  }

  static constexpr std::size_t small_buckets = 8;
  static constexpr std::size_t page_buckets = base::page_size / sizeof(bucket);
  static_assert(small_buckets * sizeof(bucket) == memory::slab_sizes[memory::table_class]);

  [[nodiscard]] static std::uint64_t overhead(std::uint64_t capacity) noexcept {
    return memory::arena::overhead(capacity);
  }

 private:
  [[nodiscard]] static bucket* as_buckets(std::byte* at) noexcept {
    return at == nullptr ? nullptr : base::object_in_zeroed_pages<bucket>(at);
  }
  memory::ledger& ledger_;
  memory::slab& small_;
  memory::arena large_;
};

class index final {
 public:
  // `own`: the one bucket that the room has in itself. `counted`: where its changes are.
  index(bucket& own, changes& counted) noexcept : table_(word_of(std::addressof(own), 1)), changes_(counted) {}
  index(index const&) = delete;
  index& operator=(index const&) = delete;
  ~index() = default;

  // Lock-free. Returns an entry that had this key when it was looked at, or nullptr: there was none, or it was changed.
  [[nodiscard, gnu::always_inline]] entry* find(core::key const& k, std::uint64_t hash) const noexcept {
    auto const before =
        old_.load(std::memory_order_acquire);  // (21) acquire: pairs with release (22), and the fence (53)
    if (before != 0) [[unlikely]] {
      if (auto* const found = find_old(before, k, hash)) return found;
    }
    auto const now = table_.load(std::memory_order_acquire);  // (19) acquire: pairs with the release fence (53)
    return find_in(now, k, hash);
  }

  // Begins to load where an entry of that hash would be found, and those that may be it.
  [[gnu::always_inline]] void prefetch(std::uint64_t hash) const noexcept {
    __builtin_prefetch(std::addressof(first_of(now(), hash)));
  }
  [[gnu::always_inline]] void prefetch_entries(std::uint64_t hash) const noexcept {
    auto const& b = first_of(now(), hash);
    auto const tags = b.tags.load(std::memory_order_relaxed);
    for (auto m = detail::matches(tags, detail::tag_of(hash)); m != 0; m &= m - 1) {
      auto const* const e = b.slots[detail::slot_of(m)].load(std::memory_order_relaxed);
      if (e == nullptr) continue;
      __builtin_prefetch(e, 1);
      __builtin_prefetch(reinterpret_cast<std::byte const*>(e) + entry_bytes);
    }
  }

  // Buckets to be given back.
  struct part final {
    bucket* at = nullptr;
    std::size_t buckets = 0;
  };

  // --- lane -------------------------------------------------------------------------------------------------------------------

  [[nodiscard]] std::size_t count() const noexcept { return count_; }
  // Buckets of the table that should be there before one more entry is inserted, if that is not the one that is.
  [[nodiscard]] std::size_t wants() const noexcept {
    auto const buckets = buckets_of(now());
    auto const slots = buckets * bucket_slots;
    if (moving() || std::size_t{count_} + 1 <= (buckets == 1 ? slots : slots / 4 * 3)) return 0;
    return buckets < table_memory::page_buckets ? buckets * 8 : buckets * 2;
  }
  [[nodiscard]] bool full() const noexcept {
    auto const buckets = buckets_of(now());
    return std::size_t{count_} + 1 > (buckets == 1 ? bucket_slots : buckets * bucket_slots / 10 * 9);
  }

  // Begins to use a larger table. Requires: wants() said so; `fresh` is empty.
  void grow(bucket* fresh, std::size_t buckets) noexcept {
    changes::change const now_changing(changes_);  // its fence comes after what is published here
    old_.store(now(), std::memory_order_relaxed);
    moved_ = 0;
    table_.store(word_of(fresh, buckets), std::memory_order_relaxed);
  }
  // Moves some buckets of the table before. `hash_of(entry)`. Returns a part of it that is no longer used, to be given back.
  template <class HashOf>
  [[nodiscard]] part move_some(HashOf const& hash_of) noexcept {
    auto const before = old_.load(std::memory_order_relaxed);
    if (before == 0) return given_back();
    changes::change const now_changing(changes_);
    auto const all = buckets_of(before);
    for (std::size_t i = 0; i != stride && moved_ != all; ++i, ++moved_) move_bucket(at(before)[moved_], hash_of);
    if (moved_ != all) return {};
    old_.store(0, std::memory_order_release);  // (22) release: pairs with acquire (21)
    if (all != 1) leaving_ = {at(before), all};
    return given_back();
  }
  [[nodiscard]] bool moving() const noexcept {
    return old_.load(std::memory_order_relaxed) != 0 || leaving_.buckets != 0;
  }

  // Requires: its key is not there, and not full().
  void insert(entry& n, std::uint64_t hash) noexcept {
    changes::change const now_changing(changes_);  // for its fence: whoever sees this sees what was changed before
    insert_in(now(), n, hash);
    ++count_;
  }
  // Puts `fresh` in the place of `old`, which has the same key: at no moment is neither there.
  void replace(entry& old, entry& fresh, std::uint64_t hash) noexcept {
    changes::change const now_changing(changes_);  // its fence comes after what is published here
    auto const place = where(old, hash);
    place.at->slots[place.slot].store(std::addressof(fresh), std::memory_order_relaxed);
  }
  void erase(entry& n, std::uint64_t hash) noexcept {
    changes::change const now_changing(changes_);
    auto const place = where(n, hash);
    clear(*place.at, place.slot);
    // Whoever went by on the way in is counted off again.
    for (auto* b = place.first; b != place.at; b = std::addressof(next_of(place.table, *b))) {
      auto const tags = b->tags.load(std::memory_order_relaxed);
      if ((tags >> detail::passed_shift) == detail::passed_most) continue;
      b->tags.store(tags - (std::uint64_t{1} << detail::passed_shift), std::memory_order_relaxed);
    }
    --count_;
  }
  // Everything that was taken and not given back. For the end of the room.
  [[nodiscard]] std::array<part, 3> all_parts() const noexcept {
    auto const taken = [&](std::uint64_t word) {
      return word == 0 || buckets_of(word) == 1 ? part{} : part{at(word), buckets_of(word)};
    };
    return {taken(now()), taken(old_.load(std::memory_order_relaxed)), leaving_};
  }
  // Bytes of tables that are charged.
  [[nodiscard]] std::uint64_t table_bytes() const noexcept {
    std::uint64_t buckets = 0;
    for (auto const& each : all_parts()) buckets += each.buckets;
    return buckets * sizeof(bucket);
  }

  // Buckets that one change moves to a larger table.
  static constexpr std::size_t stride = 4;

 private:
  // A table as one word: the address of its buckets, and in the low six bits the binary logarithm of their number.
  [[nodiscard]] static std::uint64_t word_of(bucket* at, std::size_t buckets) noexcept {
    return reinterpret_cast<std::uintptr_t>(at) | static_cast<std::uint64_t>(std::countr_zero(buckets));
  }
  [[nodiscard]] static std::size_t buckets_of(std::uint64_t word) noexcept { return std::size_t{1} << (word & 63); }
  [[nodiscard]] static bucket* at(std::uint64_t word) noexcept {
    return reinterpret_cast<bucket*>(static_cast<std::uintptr_t>(word & ~std::uint64_t{63}));
  }
  [[nodiscard]] std::uint64_t now() const noexcept { return table_.load(std::memory_order_relaxed); }
  [[nodiscard]] static bucket& first_of(std::uint64_t table, std::uint64_t hash) noexcept {
    return at(table)[hash & (buckets_of(table) - 1)];
  }
  [[nodiscard]] static bucket& next_of(std::uint64_t table, bucket& b) noexcept {
    auto const number = static_cast<std::size_t>(std::addressof(b) - at(table));
    return at(table)[(number + 1) & (buckets_of(table) - 1)];
  }

  [[nodiscard, gnu::always_inline]] static entry* find_in(std::uint64_t table, core::key const& k,
                                                          std::uint64_t hash) noexcept {
    auto const tag = detail::tag_of(hash);
    auto* b = std::addressof(first_of(table, hash));
    for (auto left = buckets_of(table); left != 0; --left) {
      auto const tags = b->tags.load(std::memory_order_acquire);  // (23) acquire: pairs with release (24)
      for (auto m = detail::matches(tags, tag); m != 0; m &= m - 1) {
        // (25) acquire: pairs with release (26), and the fence (53)
        entry* const n = b->slots[detail::slot_of(m)].load(std::memory_order_acquire);
        if (n != nullptr && n->has(k)) return n;
      }
      if ((tags >> detail::passed_shift) == 0) return nullptr;
      b = std::addressof(next_of(table, *b));
    }
    return nullptr;
  }

  [[nodiscard, gnu::noinline]] static entry* find_old(std::uint64_t table, core::key const& k,
                                                      std::uint64_t hash) noexcept {
    return find_in(table, k, hash);
  }

  struct spot final {
    std::uint64_t table;
    bucket* first;
    bucket* at;
    std::size_t slot;
  };
  // Where an entry lies that is in the index.
  [[nodiscard]] spot where(entry const& n, std::uint64_t hash) const noexcept {
    auto const before = old_.load(std::memory_order_relaxed);
    for (auto const table : {now(), before}) {
      if (table == 0) break;
      auto* const first = std::addressof(first_of(table, hash));
      auto* b = first;
      for (auto left = buckets_of(table); left != 0; --left) {
        auto const tags = b->tags.load(std::memory_order_relaxed);
        for (auto m = detail::matches(tags, detail::tag_of(hash)); m != 0; m &= m - 1) {
          auto const slot = detail::slot_of(m);
          if (b->slots[slot].load(std::memory_order_relaxed) == std::addressof(n)) return {table, first, b, slot};
        }
        if ((tags >> detail::passed_shift) == 0) break;
        b = std::addressof(next_of(table, *b));
      }
    }
    base::fatal("I1: a linked entry is not in its index");
  }

  void insert_in(std::uint64_t table, entry& n, std::uint64_t hash) noexcept {
    auto* b = std::addressof(first_of(table, hash));
    for (;;) {
      auto const tags = b->tags.load(std::memory_order_relaxed);
      // A free tag is zero: every other one has its top bit set.
      if (auto const free = ~tags & (detail::every_byte << 7) & detail::every_tag; free != 0) {
        auto const slot = detail::slot_of(free);
        b->slots[slot].store(std::addressof(n), std::memory_order_relaxed);
        // Whoever sees the tag and not the slot has missed it.
        b->tags.store(tags | (detail::tag_of(hash) << (8 * slot)), std::memory_order_relaxed);
        return;
      }
      if ((tags >> detail::passed_shift) != detail::passed_most) {
        b->tags.store(tags + (std::uint64_t{1} << detail::passed_shift), std::memory_order_relaxed);
      }
      b = std::addressof(next_of(table, *b));
    }
  }
  static void clear(bucket& b, std::size_t slot) noexcept {
    auto const tags = b.tags.load(std::memory_order_relaxed);
    b.tags.store(tags & ~(std::uint64_t{0xff} << (8 * slot)),
                 std::memory_order_release);                  // (24) release: pairs with acquire (23)
    b.slots[slot].store(nullptr, std::memory_order_release);  // (26) release: pairs with acquire (25)
  }
  // Into the new table first, out of the old one then: who looks in the old one first and in the new one then finds it.
  template <class HashOf>
  void move_bucket(bucket& from, HashOf const& hash_of) noexcept {
    for (std::size_t slot = 0; slot != bucket_slots; ++slot) {
      entry* const n = from.slots[slot].load(std::memory_order_relaxed);
      if (n == nullptr) continue;
      insert_in(now(), *n, hash_of(*n));
      clear(from, slot);
    }
    // Those that went on from here are found by their own way until they are moved.
  }
  // The next part of a table that was left. A small one at once, a large one in pages.
  [[nodiscard]] part given_back() noexcept {
    constexpr auto most = table_memory::page_buckets * 64;
    if (leaving_.buckets == 0) return {};
    part const now_free{leaving_.at, std::min(leaving_.buckets, most)};
    leaving_ = {leaving_.at + now_free.buckets, leaving_.buckets - now_free.buckets};
    return now_free;
  }

  base::atomic<std::uint64_t> table_;
  base::atomic<std::uint64_t> old_{0};
  changes& changes_;
  std::uint32_t count_ = 0;
  std::uint32_t moved_ = 0;
  part leaving_;
};

}  // namespace engine
}  // namespace v0
}  // namespace framecache

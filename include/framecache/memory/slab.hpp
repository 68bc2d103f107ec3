// SPDX-License-Identifier: Apache-2.0
//
// Type-stable memory: headers of frames, frames that are small enough to lie behind their header, small tables, and records of
// devices, which are asked for by the thousand as well.
//
// Each class of blocks has a range of addresses of its own, reserved once and never unmapped while the slab lives. So whoever
// has an old address of a block still finds a block of that class there, or zeros: pages of a chunk without blocks in use go back
// to the kernel, and an all-zero header is a dead one. That is what lets a reader look at an entry that is being given away.
//
//   class range:  | chunk | chunk | chunk | ... address space ... |
//   chunk:        | 64 bytes of bookkeeping | block | block | ... |
//   behind them:  | numbers of chunks whose pages went back, of each class |
//
// A block that is given back is all zero but for the link of the free list: of a frame or a record in a word that late readers do not
// read, of a table in one that names nothing without the addresses beside it. Every chunk is charged to the ledger before it is touched (I10) and
// credited when its pages are gone.
//
// Locks: one for each class, held for a few instructions; for longer only while pages go back to the kernel.
#pragma once

#include <framecache/base/atomic.hpp>
#include <framecache/base/attempt.hpp>
#include <framecache/base/fence.hpp>
#include <framecache/base/mutex.hpp>
#include <framecache/base/system.hpp>
#include <framecache/memory/ledger.hpp>
#include <framecache/memory/wipe.hpp>
#include <framecache/version.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>

namespace framecache {
inline namespace v0 {
namespace memory {

// Bytes of the blocks of each class. The first three are fixed uses, the others hold small frames with their headers.
inline constexpr std::array<std::uint32_t, 20> slab_sizes = {192, 512,  192,  256,  320,  384,  448,  512,  640,  768,
                                                             896, 1024, 1280, 1536, 1792, 2048, 2560, 3072, 3584, 4096};
inline constexpr std::size_t header_class = 0;
inline constexpr std::size_t table_class = 1;
inline constexpr std::size_t record_class = 2;
inline constexpr std::size_t first_frame_class = 3;
inline constexpr std::size_t slab_class_count = slab_sizes.size();
inline constexpr std::size_t most_chunk = 65536;

class slab final {
 public:
  // `ledger` must outlive the slab and has its final limit at most at `capacity`. Errors: throws when the addresses cannot be
  // reserved, or cannot be kept out of core dumps and forks.
  slab(ledger& account, std::uint64_t capacity, bool huge_pages, base::sharing s)
      : ledger_(account),
        chunk_(chunk_bytes(capacity)),
        chunks_(static_cast<std::size_t>(capacity / chunk_ + 2)),
        classes_{make_classes(chunk_, s, std::make_index_sequence<slab_class_count>{})} {
    base_ = base::reserve_pages(bytes() + returned_bytes());
    if (base_ == nullptr) {
      base::raise("framecache: the address space for headers could not be reserved; write a smaller config.capacity");
    }
    huge_ = huge_pages && base::ask_for_huge_pages(base_, bytes());
  }
  slab(slab const&) = delete;
  slab& operator=(slab const&) = delete;
  ~slab() {
    unpoison(base_, bytes());
    base::unmap_pages(base_, bytes() + returned_bytes());
  }

  // The largest block that this slab makes: an eighth of a chunk, so that a chunk is worth its pages.
  [[nodiscard]] std::size_t largest() const noexcept { return std::min<std::size_t>(4096, chunk_ / 8); }
  [[nodiscard]] bool has_huge_pages() const noexcept { return huge_; }

  // The smallest class for a frame of `bytes` with its header; slab_class_count when it does not fit.
  [[nodiscard]] std::size_t class_for_frame(std::uint64_t bytes) const noexcept {
    if (bytes > largest()) return slab_class_count;
    std::size_t index = first_frame_class;
    while (slab_sizes[index] < bytes) ++index;
    return index;
  }

  // Returns a block that is all zero, or nullptr: the bound is reached.
  [[nodiscard]] std::byte* take(std::size_t index) noexcept {
    auto& c = classes_[index];
    base::mutex_lock const lock(c.lock);
    if (c.partial == nullptr && !add_chunk(c, index)) return nullptr;
    chunk& from = *c.partial;
    if (from.used == 0 && from.carved != 0) was_empty(c);
    std::byte* const block = from.free != nullptr ? pop(from, index) : carve(from, index);
    ++from.used;
    add(c.free, -1);
    if (from.free == nullptr && from.carved == c.blocks) unlink(c, from);
    unpoison(block, slab_sizes[index]);
    return block;
  }

  // The same, but only from chunks that are charged already.
  [[nodiscard]] std::byte* take_free(std::size_t index) noexcept {
    {
      auto& c = classes_[index];
      base::mutex_lock const lock(c.lock);
      if (c.partial == nullptr) return nullptr;
    }
    return take(index);
  }

  // Takes a block back. It must be all zero.
  void give(std::byte* block, std::size_t index) noexcept {
    auto& c = classes_[index];
    base::mutex_lock const lock(c.lock);
    chunk& to = *chunk_of(block, index);
    bool const was_full = to.free == nullptr && to.carved == c.blocks;
    set_link(block, index, to.free);
    to.free = block;
    to.stuck = false;
    --to.used;
    if (auto const seen = readable_of(index); slab_sizes[index] > seen) poison(block + seen, slab_sizes[index] - seen);
    if (to.draining) return;
    add(c.free, 1);
    if (was_full) link(c, to);
    if (to.used == 0) is_empty(c);
  }

  // Gives the pages of one chunk without blocks in use back to the kernel. Returns false when there is none.
  [[nodiscard]] bool shrink() noexcept {
    if (empty_.load(std::memory_order_relaxed) == 0) return false;
    for (std::size_t i = 0; i != slab_class_count; ++i) {
      auto& c = classes_[i];
      base::mutex_lock const lock(c.lock);
      if (c.empty != 0 && drop_empty(c, i)) return true;
    }
    return false;
  }

  // A chunk out of which everything is to be moved, and the blocks that were in use when that began.
  struct drain final {
    std::size_t index = 0;
    std::byte* chunk = nullptr;
    std::size_t count = 0;
    std::array<std::byte*, most_chunk / slab_sizes[0]> blocks;
  };
  // Picks a nearly empty chunk of a class that has free blocks enough elsewhere for all of its. Nothing is taken from it until
  // end_drain(). Not of tables and records, which do not move. Returns false when there is none.
  [[nodiscard]] bool begin_drain(drain& d) noexcept {
    for (std::size_t i = 0; i != slab_class_count; ++i) {
      auto& c = classes_[i];
      auto const worth = c.blocks;
      if (c.free.load(std::memory_order_relaxed) < worth || i == table_class || i == record_class) continue;
      base::mutex_lock const lock(c.lock);
      chunk* const one = emptiest(c);
      if (one == nullptr || c.free.load(std::memory_order_relaxed) < worth) continue;
      unlink(c, *one);
      one->draining = true;
      add(c.free, static_cast<std::int64_t>(one->used) - static_cast<std::int64_t>(worth));
      d.index = i;
      d.chunk = reinterpret_cast<std::byte*>(one);
      d.count = 0;
      std::array<bool, most_chunk / slab_sizes[0]> free{};
      for (auto const* at = one->free; at != nullptr; at = next_free(at, i)) free[number_of(*one, at, i)] = true;
      for (std::uint32_t n = 0; n != one->carved; ++n) {
        if (!free[n]) d.blocks[d.count++] = d.chunk + chunk_header + std::size_t{n} * slab_sizes[i];
      }
      return true;
    }
    return false;
  }
  // Returns whether the chunk was empty and went back. One that was not is not picked again before something of it is given back.
  [[nodiscard]] bool end_drain(drain const& d) noexcept {
    auto& c = classes_[d.index];
    base::mutex_lock const lock(c.lock);
    chunk& one = *std::launder(reinterpret_cast<chunk*>(d.chunk));
    one.draining = false;
    add(c.free, std::int64_t{c.blocks} - static_cast<std::int64_t>(one.used));
    one.stuck = one.used != 0;
    if (one.used != c.blocks) link(c, one);
    if (one.used != 0) return false;
    is_empty(c);
    drop(c, one, d.index);
    return true;
  }

  // Bytes of chunks, and for those that were ever used, that are charged now. For audits.
  [[nodiscard]] std::uint64_t charged() noexcept {
    std::uint64_t sum = 0;
    for (auto& c : classes_) {
      base::mutex_lock const lock(c.lock);
      sum += c.live * chunk_ + c.fresh * per_chunk;
    }
    return sum;
  }

  [[nodiscard]] static constexpr std::size_t chunk_bytes(std::uint64_t capacity) noexcept {
    return std::clamp<std::size_t>(std::bit_floor(static_cast<std::size_t>(capacity / 256)), base::page_size,
                                   most_chunk);
  }

 private:
  // The bookkeeping of a chunk, at its start. Guarded by its class's lock.
  struct chunk final {
    chunk* next;
    chunk* previous;
    std::byte* free;
    std::uint32_t used;
    std::uint32_t carved;
    bool draining;  // in no list: it is being emptied
    bool stuck;     // something in it could not be moved
  };
  static constexpr std::size_t chunk_header = 64;
  static constexpr std::uint64_t per_chunk = sizeof(std::uint32_t);
  static_assert(sizeof(chunk) <= chunk_header);

  struct alignas(64) class_state final {
    class_state(std::size_t in_chunk, base::sharing s) noexcept
        : blocks(static_cast<std::uint32_t>(in_chunk)), lock(s) {}
    std::uint32_t const blocks;  // of a chunk
    base::mutex lock;
    chunk* partial ABSL_GUARDED_BY(lock) = nullptr;  // chunks with room, doubly linked
    std::size_t fresh ABSL_GUARDED_BY(lock) = 0;     // chunks from here on were never used
    std::size_t live ABSL_GUARDED_BY(lock) = 0;
    std::size_t empty ABSL_GUARDED_BY(lock) = 0;
    base::atomic<std::uint64_t> free{
        0};  // blocks in live chunks, but for one that is being drained; written under the lock
    std::size_t returned ABSL_GUARDED_BY(lock) = 0;  // chunks whose pages went back, see returned_of()
  };

  template <std::size_t... I>
  [[nodiscard]] static std::array<class_state, slab_class_count> make_classes(std::size_t chunk, base::sharing s,
                                                                              std::index_sequence<I...>) noexcept {
    return {class_state((chunk - chunk_header) / slab_sizes[I], s)...};
  }

  // Where a free block keeps its link: of a header or a record the last word of its first line, which readers do not look at before they
  // hold a pin, or at all; of a table the tags of its first bucket, beside which all addresses are null.
  [[nodiscard]] static constexpr std::size_t link_offset(std::size_t index) noexcept {
    return index == table_class ? 0 : 56;
  }
  // What an old address may still be read through: of a frame or a record its first line, of a table all.
  [[nodiscard]] static constexpr std::size_t readable_of(std::size_t index) noexcept {
    return index == table_class ? slab_sizes[index] : 64;
  }
  [[nodiscard]] std::size_t bytes() const noexcept { return slab_class_count * chunks_ * chunk_; }
  [[nodiscard]] std::byte* range_of(std::size_t index) const noexcept { return base_ + index * chunks_ * chunk_; }
  // Of each class the numbers of the chunks whose pages went back, behind all ranges: as many as there can be, so that giving pages
  // back asks nobody for memory.
  [[nodiscard]] std::size_t returned_bytes() const noexcept { return slab_class_count * chunks_ * per_chunk; }
  [[nodiscard]] std::uint32_t* returned_of(std::size_t index) const noexcept {
    return base::object_in_zeroed_pages<std::uint32_t>(base_ + bytes()) + index * chunks_;
  }
  [[nodiscard]] chunk* chunk_of(std::byte* block, std::size_t index) const noexcept {
    auto const offset = static_cast<std::size_t>(block - range_of(index));
    return std::launder(reinterpret_cast<chunk*>(block - (offset & (chunk_ - 1))));  // chunk_ is a power of two
  }

  [[nodiscard]] static std::byte* pop(chunk& from, std::size_t index) noexcept {
    std::byte* const block = from.free;
    from.free = next_free(block, index);
    set_link(block, index, nullptr);
    return block;
  }
  [[nodiscard]] static std::byte* carve(chunk& from, std::size_t index) noexcept {
    return reinterpret_cast<std::byte*>(&from) + chunk_header + std::size_t{from.carved++} * slab_sizes[index];
  }
  static void link(class_state& c, chunk& one) noexcept ABSL_EXCLUSIVE_LOCKS_REQUIRED(c.lock) {
    one.previous = nullptr;
    one.next = c.partial;
    if (c.partial != nullptr) c.partial->previous = &one;
    c.partial = &one;
  }
  static void unlink(class_state& c, chunk& one) noexcept ABSL_EXCLUSIVE_LOCKS_REQUIRED(c.lock) {
    (one.previous != nullptr ? one.previous->next : c.partial) = one.next;
    if (one.next != nullptr) one.next->previous = one.previous;
    one.next = one.previous = nullptr;
  }

  [[nodiscard]] bool add_chunk(class_state& c, std::size_t index) noexcept ABSL_EXCLUSIVE_LOCKS_REQUIRED(c.lock) {
    if (c.returned == 0 && c.fresh == chunks_) return false;
    // The place of its number among those that went back stays charged.
    if (!ledger_.try_charge(c.returned != 0 ? chunk_ : chunk_ + per_chunk)) return false;
    std::size_t const number = c.returned != 0 ? returned_of(index)[--c.returned] : c.fresh++;
    auto* const at = range_of(index) + number * chunk_;
    link(c, *::new (static_cast<void*>(at)) chunk{});
    ++c.live;
    add(c.free, c.blocks);
    return true;
  }

  [[nodiscard]] bool drop_empty(class_state& c, std::size_t index) noexcept ABSL_EXCLUSIVE_LOCKS_REQUIRED(c.lock) {
    for (chunk* one = c.partial; one != nullptr; one = one->next) {
      if (one->used != 0 || one->carved == 0) continue;
      drop(c, *one, index);
      return true;
    }
    return false;
  }
  // Requires: it is in the list, and counted as empty.
  void drop(class_state& c, chunk& one, std::size_t index) noexcept ABSL_EXCLUSIVE_LOCKS_REQUIRED(c.lock) {
    auto* const at = reinterpret_cast<std::byte*>(std::addressof(one));
    auto const number = static_cast<std::uint32_t>(static_cast<std::size_t>(at - range_of(index)) / chunk_);
    returned_of(index)[c.returned++] = number;
    unlink(c, one);
    unpoison(at, chunk_);
    if (!base::give_back_pages(at, chunk_)) wipe(at, chunk_);
    --c.live;
    was_empty(c);
    add(c.free, -std::int64_t{c.blocks});
    ledger_.credit(chunk_);
  }
  void is_empty(class_state& c) noexcept ABSL_EXCLUSIVE_LOCKS_REQUIRED(c.lock) {
    ++c.empty;
    empty_.fetch_add(1, std::memory_order_relaxed);
  }
  void was_empty(class_state& c) noexcept ABSL_EXCLUSIVE_LOCKS_REQUIRED(c.lock) {
    --c.empty;
    empty_.fetch_sub(1, std::memory_order_relaxed);
  }
  // Requires: the class's lock, so that no addition is lost.
  static void add(base::atomic<std::uint64_t>& to, std::int64_t what) noexcept {
    to.store(to.load(std::memory_order_relaxed) + static_cast<std::uint64_t>(what), std::memory_order_relaxed);
  }
  // Of some chunks, the one with the fewest blocks in use.
  [[nodiscard]] static chunk* emptiest(class_state& c) noexcept ABSL_EXCLUSIVE_LOCKS_REQUIRED(c.lock) {
    constexpr int some = 64;
    chunk* least = nullptr;
    int seen = 0;
    for (chunk* one = c.partial; one != nullptr && seen != some; one = one->next, ++seen) {
      if (!one->stuck && one->used != 0 && (least == nullptr || one->used < least->used)) least = one;
    }
    return least;
  }
  // Somebody with an old address may be reading a table's tags just then.
  static void set_link(std::byte* block, std::size_t index, std::byte* next) noexcept {
    if (index == table_class) {
      base::release_fence();  // (55) against the acquire fence (52): whoever sees this sees that the table was left
      auto const word = static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>(next));
      std::launder(reinterpret_cast<base::atomic<std::uint64_t>*>(block))->store(word, std::memory_order_relaxed);
    } else {
      std::memcpy(block + link_offset(index), static_cast<void const*>(&next), sizeof next);
    }
  }
  [[nodiscard]] static std::byte* next_free(std::byte const* block, std::size_t index) noexcept {
    std::byte* next = nullptr;
    std::memcpy(static_cast<void*>(&next), block + link_offset(index), sizeof next);
    return next;
  }
  [[nodiscard]] static std::size_t number_of(chunk const& of, std::byte const* block, std::size_t index) noexcept {
    auto const* const first = reinterpret_cast<std::byte const*>(std::addressof(of)) + chunk_header;
    return static_cast<std::size_t>(block - first) / slab_sizes[index];
  }

  ledger& ledger_;
  std::byte* base_ = nullptr;
  std::size_t const chunk_;
  std::size_t const chunks_;  // of each class
  bool huge_ = false;
  base::atomic<std::uint64_t> empty_{0};  // chunks of any class without blocks in use
  std::array<class_state, slab_class_count> classes_;
};

}  // namespace memory
}  // namespace v0
}  // namespace framecache

// SPDX-License-Identifier: Apache-2.0
//
// Blocks and their recycling. A free block remembers whose it was: it goes first to the same device, then to the same tenant, then
// to anybody, and is zeroed whenever the device or the label differs (I5). A camera whose own block is free gets it back as it
// is; cameras that publish in turn with one free block between them have it zeroed each time.
//
// Every byte is charged to the ledger before it is taken from the source (I10) and credited after it is given back. Free blocks
// stay charged; when the ledger is full, free blocks of other classes are given back before anybody is asked to evict.
//
// Takes its own lock. The block source, which may be a relay's code, is called outside it (I9).
#pragma once

#include <framecache/base/atomic.hpp>
#include <framecache/base/mutex.hpp>
#include <framecache/identity/key.hpp>
#include <framecache/memory/block_source.hpp>
#include <framecache/memory/ledger.hpp>
#include <framecache/memory/size_class.hpp>
#include <framecache/memory/wipe.hpp>
#include <framecache/version.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <new>
#include <optional>
#include <utility>

namespace framecache {
inline namespace v0 {
namespace memory {

// Whose bytes a block last held.
struct owner_tag final {
  std::uint64_t label;
  std::uint64_t device;
  // Named, not an operator: somebody else's operator== could be the better match.
  [[nodiscard]] bool same_as(owner_tag const& other) const noexcept {
    return label == other.label && device == other.device;
  }
};

// Memory on its way in or out: where, how much, and how many bytes from the start may differ from zero.
struct raw_block final {
  std::byte* at = nullptr;
  std::size_t bytes = 0;
  std::size_t dirty = 0;
  explicit operator bool() const noexcept { return at != nullptr; }
};

class pool final {
 public:
  // `source` and `ledger` must outlive the pool. `zeroed`: the source's fresh memory reads as zero.
  pool(ledger& account, block_source& source, bool zeroed, base::sharing s) noexcept
      : mutex_(s), ledger_(account), source_(source), source_zeroed_(zeroed) {}
  pool(pool const&) = delete;
  pool& operator=(pool const&) = delete;
  ~pool() {
    while (give_back_one(size_class_count)) {
    }
  }

  // Returns a block of at least `bytes` whose content is zero unless `tag` itself left it there, or none: evict and ask again.
  [[nodiscard]] raw_block take(std::uint64_t bytes, owner_tag tag) noexcept {
    auto const wanted = class_for(bytes);
    if (wanted.index >= size_class_count || wanted.bytes > ledger_.limit()) return {};
    if (auto block = recycle(wanted, tag)) return block;
    for (;;) {
      if (ledger_.try_charge(wanted.bytes)) {
        if (auto* const at = source_.allocate(wanted.bytes); at != nullptr) {
          if (!source_zeroed_) wipe(at, wanted.bytes);
          return {at, wanted.bytes, 0};
        }
        ledger_.credit(wanted.bytes);
      }
      // Either the bound or the source is exhausted: free blocks of other sizes may be what is in the way.
      if (!give_back_one(wanted.index)) return {};
    }
  }

  // Keeps the block for the next frame. `wipe_now`: revoked, or scrub<on_release>.
  void give(raw_block block, owner_tag tag, bool wipe_now) noexcept {
    if (!block) return;
    if (wipe_now) {
      wipe(block.at, block.dirty);
      block.dirty = 0;
    } else {
      // The node below overwrites the start; what it leaves there must not be taken for the tag's own bytes.
      wipe(block.at, sizeof(free_node) < block.dirty ? sizeof(free_node) : block.dirty);
    }
    auto* const node = ::new (static_cast<void*>(block.at)) free_node{nullptr, block.bytes, block.dirty, tag};
    poison(block.at + sizeof(free_node), block.bytes - sizeof(free_node));
    base::mutex_lock const lock(mutex_);
    push(node);
  }

  // Wipes what free blocks still hold of a label, or of one device of it. Returns the bytes that were wiped.
  std::uint64_t purge(std::uint64_t label, std::optional<std::uint64_t> device) noexcept {
    std::uint64_t wiped = 0;
    free_node* found = extract(label, device);
    while (found != nullptr) {
      auto* const next = found->next;
      auto const block = open(found);
      wiped += block.dirty;
      give(block, owner_tag{0, 0}, true);
      found = next;
    }
    return wiped;
  }

  // Gives one free block back to its source, so that its bytes can be charged to something else. False: there is none.
  [[nodiscard]] bool shrink() noexcept { return give_back_one(size_class_count); }

  [[nodiscard]] std::uint64_t free_bytes() const noexcept { return free_bytes_.load(std::memory_order_relaxed); }

 private:
  struct free_node final {
    free_node* next;
    std::size_t bytes;
    std::size_t dirty;
    owner_tag tag;
  };

  // How far a search for the same device's block looks: a tenant's devices, not everybody's.
  static constexpr int search_depth = 64;

  // From a node to plain memory again: readable, the node itself erased.
  static raw_block open(free_node* node) noexcept {
    raw_block const block{reinterpret_cast<std::byte*>(node), node->bytes, node->dirty};
    unpoison(block.at, block.bytes);
    wipe(block.at, sizeof(free_node));
    return block;
  }

  [[nodiscard]] raw_block recycle(size_class wanted, owner_tag tag) noexcept {
    free_node* const node = pop(wanted.index, tag);
    if (node == nullptr) return {};
    bool const own = node->tag.same_as(tag);
    auto block = open(node);
    if (!own) {
      wipe(block.at, block.dirty);
      block.dirty = 0;
    }
    return block;
  }

  void push(free_node* node) noexcept ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    auto& head = free_[class_for(node->bytes).index];
    node->next = head;
    head = node;
    free_bytes_.store(free_bytes() + node->bytes, std::memory_order_relaxed);
  }

  // The best of the first few: same device, then same tenant, then the first.
  [[nodiscard]] free_node* pop(std::size_t index, owner_tag tag) noexcept {
    base::mutex_lock const lock(mutex_);
    free_node** best = nullptr;
    int best_rank = -1;
    int depth = 0;
    for (auto** link = &free_[index]; *link != nullptr && depth < search_depth; link = &(*link)->next, ++depth) {
      int const rank = (*link)->tag.same_as(tag) ? 2 : (*link)->tag.label == tag.label ? 1 : 0;
      if (rank > best_rank) {
        best = link;
        best_rank = rank;
      }
      if (rank == 2) break;
    }
    return best == nullptr ? nullptr : unlink(best);
  }

  [[nodiscard]] free_node* unlink(free_node** link) noexcept ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    auto* const node = *link;
    *link = node->next;
    node->next = nullptr;
    free_bytes_.store(free_bytes() - node->bytes, std::memory_order_relaxed);
    return node;
  }

  [[nodiscard]] free_node* extract(std::uint64_t label, std::optional<std::uint64_t> device) noexcept {
    base::mutex_lock const lock(mutex_);
    free_node* found = nullptr;
    for (auto& head : free_) {
      for (auto** link = &head; *link != nullptr;) {
        if ((*link)->tag.label != label || (device && (*link)->tag.device != *device)) {
          link = &(*link)->next;
          continue;
        }
        auto* const node = unlink(link);
        node->next = found;
        found = node;
      }
    }
    return found;
  }

  // Gives one free block of any class but `keep` back to the source. Returns false when there is none. Asked by every put into a full
  // cache of small frames, where there is none: without a lock then.
  [[nodiscard]] bool give_back_one(std::size_t keep) noexcept {
    free_node* const node = free_bytes() != 0 ? pop_other(keep) : nullptr;
    if (node == nullptr) return false;
    auto const block = open(node);
    wipe(block.at, block.dirty);
    source_.release(block.at, block.bytes);
    ledger_.credit(block.bytes);
    return true;
  }

  [[nodiscard]] free_node* pop_other(std::size_t keep) noexcept {
    base::mutex_lock const lock(mutex_);
    for (std::size_t index = size_class_count; index-- != 0;) {
      if (index != keep && free_[index] != nullptr) return unlink(&free_[index]);
    }
    return nullptr;
  }

  base::mutex mutex_;
  ledger& ledger_;
  block_source& source_;
  bool const source_zeroed_;
  base::atomic<std::uint64_t> free_bytes_{0};  // written under the lock
  std::array<free_node*, size_class_count> free_ ABSL_GUARDED_BY(mutex_) = {};
};

}  // namespace memory
}  // namespace v0
}  // namespace framecache

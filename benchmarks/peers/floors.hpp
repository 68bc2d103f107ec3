// SPDX-License-Identifier: Apache-2.0
//
// What the machine allows. Not caches: nothing is evicted, replaced while it is read, or checked but the key.
#pragma once

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <harness/adapter.hpp>

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

// Two lines for a hit: a bucket of eight tags and eight entry numbers; an entry of key, count and the start of the payload.
class compact_index {
 public:
  using request = words;
  static constexpr kind what = kind::floor;
  [[nodiscard]] static std::string version() { return {}; }
  [[nodiscard]] static bool takes(work const& w) { return looks_only(w) && w.blob <= payload_size; }

  explicit compact_index(setting const& how)
      : homes_(how.homes), buckets_(std::bit_ceil(how.homes.keys() / 4 + std::size_t{8})), entries_(how.homes.keys()) {}

  [[nodiscard]] request request_for(std::uint32_t camera) const { return words_of(homes_, camera); }
  // Requires: one thread.
  [[nodiscard]] bool put(request const& r, bytes frame) {
    auto const hash = hash_of(r);
    entry* at = find(r, hash);
    if (at == nullptr) at = add(r, hash);
    at->size = static_cast<std::uint32_t>(frame.size());
    std::memcpy(at->payload.data(), frame.data(), frame.size());
    return true;
  }

 protected:
  static constexpr std::size_t payload_size = 64;
  struct alignas(64) entry {
    words key{};
    std::atomic<std::uint32_t> pins{0};
    std::uint32_t size = 0;
    std::array<std::byte, payload_size> payload{};
    [[nodiscard]] bytes view() const { return {payload.data(), size}; }
  };
  static_assert(sizeof(entry) == 128);
  struct alignas(64) bucket {
    std::uint64_t tags = 0;  // eight of a byte; 0: free
    std::array<std::uint32_t, 8> at{};
  };
  static_assert(sizeof(bucket) == 64);

  [[nodiscard]] static std::uint64_t hash_of(words const& w) { return XXH3_64bits(&w, sizeof w); }
  [[nodiscard]] bucket& home_of(std::uint64_t hash) { return buckets_[hash & (buckets_.size() - 1)]; }

  // Calls `use` with every entry of the bucket whose tag is that of `hash`, until it returns true.
  template <class Use>
  [[nodiscard]] bool each_candidate(bucket const& b, std::uint64_t hash, Use const& use) {
    constexpr std::uint64_t ones = 0x0101010101010101;
    auto const differing = b.tags ^ (ones * tag_of(hash));
    for (auto equal = (differing - ones) & ~differing & (ones << 7); equal != 0; equal &= equal - 1) {
      if (use(entries_[b.at[static_cast<std::size_t>(std::countr_zero(equal)) / 8]])) return true;
    }
    return false;
  }
  [[nodiscard]] entry* find(words const& w, std::uint64_t hash) {
    entry* found = nullptr;
    auto const is_it = [&](entry& e) {
      if (e.key != w) return false;
      found = &e;
      return true;
    };
    for (auto position = hash;; ++position) {
      auto const& b = home_of(position);
      if (each_candidate(b, hash, is_it) || (b.tags >> 56) == 0) return found;
    }
  }

 private:
  [[nodiscard]] static std::uint64_t tag_of(std::uint64_t hash) { return (hash >> 56) | 1U; }
  [[nodiscard]] entry* add(words const& w, std::uint64_t hash) {
    for (auto position = hash;; ++position) {
      auto& b = home_of(position);
      if ((b.tags >> 56) != 0) continue;  // full: slots are filled from the low end
      auto const slot = (64U - static_cast<unsigned>(std::countl_zero(b.tags)) + 7U) / 8U;
      b.tags |= tag_of(hash) << (8 * slot);
      b.at[slot] = static_cast<std::uint32_t>(count_);
      entries_[count_].key = w;
      return &entries_[count_++];
    }
  }

  shape const homes_;
  std::vector<bucket> buckets_;
  std::vector<entry> entries_;
  std::size_t count_ = 0;
};

// One atomic add to take a handle, one to drop it, on the line that holds the key.
class counted_floor final : public compact_index {
 public:
  using compact_index::compact_index;
  static constexpr std::string_view name = "floor: two atomic adds";

  [[nodiscard]] bool get(request const& r) { return use(find(r, hash_of(r))); }
  // All sixteen buckets are under way before the first is looked at, then all sixteen entries.
  [[nodiscard]] std::size_t get_many(std::span<request const, batch_size> some) {
    std::array<std::uint64_t, batch_size> hashes;
    for (std::size_t i = 0; i != batch_size; ++i) {
      hashes[i] = hash_of(some[i]);
      __builtin_prefetch(&home_of(hashes[i]));
    }
    for (auto const hash : hashes) {
      (void)each_candidate(home_of(hash), hash, [](entry& e) {
        __builtin_prefetch(&e, 1);
        return false;
      });
    }
    std::size_t hits = 0;
    for (std::size_t i = 0; i != batch_size; ++i) hits += use(find(some[i], hashes[i])) ? 1U : 0U;
    return hits;
  }

 private:
  [[nodiscard]] static bool use(entry* found) {
    if (found == nullptr) return false;
    found->pins.fetch_add(1, std::memory_order_acquire);
    touch(found->view());
    found->pins.fetch_sub(1, std::memory_order_release);
    return true;
  }
};

// A guard of the reader's own says that it reads; nothing shared is written. As with an asymmetric fence: the compiler keeps the
// order, and whoever reclaims would make the processors keep it.
class guarded_floor final : public compact_index {
 public:
  using compact_index::compact_index;
  static constexpr std::string_view name = "floor: a guard";

  [[nodiscard]] bool get(request const& r) {
    guard.reading.store(1, std::memory_order_relaxed);
    std::atomic_signal_fence(std::memory_order_seq_cst);
    entry const* const found = find(r, hash_of(r));
    if (found != nullptr) touch(found->view());
    guard.reading.store(0, std::memory_order_release);
    return found != nullptr;
  }

 private:
  struct alignas(64) guard_line {
    std::atomic<std::uint64_t> reading;
  };
  static inline constinit thread_local guard_line guard;
};

// Two readings of the clock and nothing between: what a latency of nothing looks like.
class clock_floor final {
 public:
  using request = std::uint32_t;
  static constexpr std::string_view name = "floor: the clock alone";
  static constexpr bool keeps_frames = false;
  static constexpr kind what = kind::floor;
  [[nodiscard]] static std::string version() { return {}; }
  [[nodiscard]] static bool takes(work const& w) { return w.what == operation::tail; }

  explicit clock_floor(setting const&) {}
  [[nodiscard]] request request_for(std::uint32_t camera) const { return camera; }
  [[nodiscard]] bool get(request const& r) const {
    touched = r;
    return true;
  }
};

// The bytes alone, into recycled memory: one place for each camera.
class memcpy_floor final {
 public:
  using request = std::byte*;
  static constexpr std::string_view name = "floor: memcpy";
  static constexpr bool keeps_frames = false;
  static constexpr kind what = kind::floor;
  [[nodiscard]] static std::string version() { return {}; }
  [[nodiscard]] static bool takes(work const& w) { return w.what == operation::put; }

  explicit memcpy_floor(setting const& how) : size_(how.blob), memory_(std::size_t{how.homes.keys()} * how.blob) {}
  [[nodiscard]] request request_for(std::uint32_t camera) { return memory_.data() + std::size_t{camera} * size_; }
  [[nodiscard]] bool get(request const& r) const {
    touch({r, size_});
    return true;
  }
  [[nodiscard]] bool put(request const& r, bytes frame) {
    std::memcpy(r, frame.data(), frame.size());
    std::atomic_signal_fence(std::memory_order_seq_cst);  // the copy is made although nobody reads it
    return true;
  }

 private:
  std::size_t const size_;
  std::vector<std::byte> memory_;
};

}  // namespace bench

// SPDX-License-Identifier: Apache-2.0
//
// Exact least recently used, in ticks, by a heap that is corrected lazily: see order.hpp. Four children a record, so that siblings
// lie on one cache line or two; a frame knows its place, so that one that goes is taken out at once.
#pragma once

#include <framecache/base/prefetch.hpp>
#include <framecache/engine/chunked.hpp>
#include <framecache/engine/entry.hpp>
#include <framecache/memory/ledger.hpp>
#include <framecache/version.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace framecache {
inline namespace v0 {
namespace engine {

class lru_heap final {
 public:
  explicit lru_heap(memory::ledger& account) noexcept : records_(account) {}

  [[nodiscard]] bool reserve() noexcept { return count_ < records_.capacity() || records_.grow(); }
  void add(entry& e, std::uint64_t tick) noexcept {
    e.stamp.store(tick, std::memory_order_relaxed);
    rise(count_++, {tick, std::addressof(e)});
  }
  // The record stays where it is: it is not later than the true stamp.
  void replace(entry& fresh) noexcept { records_[fresh.place].at = std::addressof(fresh); }
  void remove(entry& e) noexcept {
    auto const hole = std::size_t{e.place};
    auto const last = records_[--count_];
    if (hole == count_) return;
    if (hole != 0 && last.stamp < records_[parent(hole)].stamp) {
      rise(hole, last);
    } else {
      sink(hole, last);
    }
  }

  [[gnu::always_inline]] void prefetch(entry const& e) const noexcept {
    base::prefetch<sizeof(record)>(std::addressof(records_[e.place]));
  }

  // What victim() looks at first.
  [[nodiscard]] entry const* top() const noexcept { return count_ == 0 ? nullptr : records_[0].at; }
  [[nodiscard]] entry* victim(std::uint64_t tick) noexcept {
    // Each record is corrected at most once, and each pinned frame met at most once, before a true one comes up.
    for (auto left = 2 * count_; left != 0; --left) {
      record const top = records_[0];
      base::prefetch<entry_bytes>(top.at);
      prefetch_heirs();
      auto const used = top.at->stamp.load(std::memory_order_relaxed);
      if (used > top.stamp) {
        sink(0, {std::min(used, tick), top.at});
      } else if (meta::pins(top.at->meta.load(std::memory_order_relaxed)) != 0) {
        top.at->stamp.store(tick, std::memory_order_relaxed);
        if (top.stamp == tick) return unpinned_of(tick);
        sink(0, {tick, top.at});
      } else {
        return top.at;
      }
    }
    return nullptr;
  }

  [[nodiscard]] std::size_t count() const noexcept { return count_; }
  [[nodiscard]] char const* broken() const noexcept {
    for (std::size_t i = 0; i != count_; ++i) {
      auto const& r = records_[i];
      if (r.at->place != i) return "I11: a frame does not know its place in the order of use";
      if (i != 0 && records_[parent(i)].stamp > r.stamp) return "I11: the order of use is no heap";
    }
    return nullptr;
  }

 private:
  struct record final {
    std::uint64_t stamp;
    entry* at;
  };
  static constexpr std::size_t children = 4;

  // The frames of which one is asked when the first is not the one that leaves, and the record that takes its place when it is.
  [[gnu::always_inline]] void prefetch_heirs() const noexcept {
    auto const end = std::min(children + 1, count_);
    for (std::size_t i = 1; i < end; ++i) base::prefetch<64>(records_[i].at);
    base::prefetch<sizeof(record)>(std::addressof(records_[count_ - 1]));
  }
  [[nodiscard]] static constexpr std::size_t parent(std::size_t i) noexcept { return (i - 1) / children; }
  void set(std::size_t i, record const& r) noexcept {
    records_[i] = r;
    r.at->place = static_cast<std::uint32_t>(i);
  }
  void rise(std::size_t i, record const& r) noexcept {
    for (; i != 0 && r.stamp < records_[parent(i)].stamp; i = parent(i)) set(i, records_[parent(i)]);
    set(i, r);
  }
  void sink(std::size_t i, record const& r) noexcept {
    for (;;) {
      auto const begin = i * children + 1;
      auto const end = std::min(begin + children, count_);
      if (begin >= end) break;
      auto least = begin;
      for (auto c = begin + 1; c != end; ++c) {
        if (records_[c].stamp < records_[least].stamp) least = c;
      }
      if (records_[least].stamp >= r.stamp) break;
      set(i, records_[least]);
      i = least;
    }
    set(i, r);
  }
  // Everything is of this tick, and what is on top is pinned: any that is not.
  [[nodiscard]] entry* unpinned_of(std::uint64_t tick) noexcept {
    for (std::size_t i = 0; i != count_; ++i) {
      auto& e = *records_[i].at;
      if (records_[i].stamp != tick || e.stamp.load(std::memory_order_relaxed) > tick) continue;
      if (meta::pins(e.meta.load(std::memory_order_relaxed)) == 0) return std::addressof(e);
    }
    return nullptr;
  }

  std::size_t count_ = 0;
  chunked<record> records_;
};

}  // namespace engine
}  // namespace v0
}  // namespace framecache

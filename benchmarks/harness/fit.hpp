// SPDX-License-Identifier: Apache-2.0
//
// Caches that are bounded by bytes against caches that are bounded by a number of frames: how large the first must be to hold as
// many frames as the second. Found by trying, because names, tables and tenants share the bytes with the frames.
//
// What a try has cost is not thrown away: a try is given up as soon as its cache has settled at another number, and the walk of
// the one that fits is the walk that was wanted.
#pragma once

#include <harness/adapter.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

namespace bench {

// A cache that has been walked, and how that went.
template <adapter A>
struct walked {
  std::unique_ptr<A> cache;
  std::uint64_t hits = 0;
  std::uint64_t late_hits = 0;  // those of the second half
  std::uint64_t held =
      0;  // frames in the second half; as far as the contestant says, otherwise how many it was made for
};

// The capacity with which `holds` frames are held, from capacities that were tried: between the nearest two that held fewer and
// more once there are both, by the size of a frame before.
class capacity_search final {
 public:
  explicit capacity_search(std::uint64_t holds) : holds_(static_cast<double>(holds)) {}

  // Within a hundredth.
  [[nodiscard]] bool is_near(std::uint64_t held) const {
    return std::abs(static_cast<double>(held) - holds_) * 100 <= holds_;
  }
  [[nodiscard]] std::uint64_t after(std::uint64_t capacity, std::uint64_t held, std::uint64_t bytes_of_a_frame) {
    point const tried{static_cast<double>(capacity), static_cast<double>(held)};
    if (nearest_.capacity == 0 || std::abs(tried.held - holds_) < std::abs(nearest_.held - holds_)) nearest_ = tried;
    (tried.held < holds_ ? fewer_ : more_) = tried;
    if (fewer_.capacity > 0 && more_.capacity > 0) {
      auto const share = (holds_ - fewer_.held) / (more_.held - fewer_.held);
      auto const apart = more_.capacity - fewer_.capacity;
      return static_cast<std::uint64_t>(fewer_.capacity + apart * std::clamp(share, 0.1, 0.9));
    }
    auto const wanted = tried.capacity + (holds_ - tried.held) * static_cast<double>(bytes_of_a_frame);
    return static_cast<std::uint64_t>(std::clamp(wanted, tried.capacity / 2, tried.capacity * 2));
  }
  [[nodiscard]] std::uint64_t nearest() const { return static_cast<std::uint64_t>(nearest_.capacity); }

 private:
  struct point {
    double capacity = 0;  // 0: none yet
    double held = 0;
  };
  double holds_;
  point nearest_;
  point fewer_;
  point more_;
};

// Walks in sixteen parts; after each, `goes_on(held)` says whether to, once the number that is held has settled: during the last two
// parts it moved by no more than a five-hundredth. It may fall for long, because tables grow and stay. Held is the median of
// the second half, or what there was when the walk ended early.
template <bounded_by_bytes A, class Walk, class GoesOn>
[[nodiscard]] walked<A> walk_in_parts(std::unique_ptr<A> cache, std::size_t length, Walk&& walk,
                                      GoesOn const& goes_on) {
  constexpr std::size_t parts = 16;
  std::array<std::uint64_t, parts> held{};
  walked<A> so_far{std::move(cache)};
  for (std::size_t i = 0; i != parts; ++i) {
    auto const hits = walk(length * i / parts, length * (i + 1) / parts);
    so_far.hits += hits;
    if (i >= parts / 2) so_far.late_hits += hits;
    held[i] = so_far.held = so_far.cache->held();
    if (i < 2) continue;
    auto const [least, most] = std::minmax({held[i - 2], held[i - 1], held[i]});
    if (most - least <= most / 500 && !goes_on(held[i])) return so_far;
  }
  auto* const middle = held.begin() + parts * 3 / 4;
  std::nth_element(held.begin() + parts / 2, middle, held.end());
  so_far.held = *middle;
  return so_far;
}

// Makes a cache and walks it from 0 to `length` once. `begin(cache)` begins a walk, `begin(cache)(from, to)` does a part of it and
// returns the hits. Who is bounded by bytes in all gets a capacity with which it holds as many frames as the others, within a
// hundredth; the nearest that was found in five tries if there is none.
template <adapter A, class Begin>
[[nodiscard]] walked<A> fitted(setting how, std::size_t length, Begin const& begin) {
  if constexpr (bounded_by_bytes<A>) {
    capacity_search search(how.holds);
    for (int tries = 0; tries != 5; ++tries) {
      auto cache = std::make_unique<A>(how);
      auto walk = begin(*cache);
      auto tried =
          walk_in_parts(std::move(cache), length, walk, [&](std::uint64_t held) { return search.is_near(held); });
      if (search.is_near(tried.held)) return tried;
      how.capacity = search.after(tried.cache->capacity(), tried.held, tried.cache->bytes_of_a_frame());
    }
    how.capacity = search.nearest();
    auto cache = std::make_unique<A>(how);
    auto walk = begin(*cache);
    return walk_in_parts(std::move(cache), length, walk, [](std::uint64_t) { return true; });
  } else {
    auto cache = std::make_unique<A>(how);
    auto walk = begin(*cache);
    auto const early = walk(0, length / 2);
    auto const late = walk(length / 2, length);
    return {std::move(cache), early + late, late, how.holds};
  }
}

}  // namespace bench

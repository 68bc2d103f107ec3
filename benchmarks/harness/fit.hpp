// SPDX-License-Identifier: Apache-2.0
//
// Caches that are bounded by bytes against caches that are bounded by a number of frames: how large the first must be to hold as
// many frames as the second. Found by trying, because names, tables and tenants share the bytes with the frames.
#pragma once

#include <harness/adapter.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace bench {

// Called once for each request of a walk; notes every so often how many frames are held.
template <class A>
class sampler final {
 public:
  sampler(A const& of, std::size_t length) : of_(of), every_(std::max<std::size_t>(length / 64, 1)) {}

  void operator()() {
    if (++seen_ % every_ == 0) held_.push_back(of_.held());
  }
  [[nodiscard]] std::uint64_t median() {
    auto const middle = held_.begin() + static_cast<std::ptrdiff_t>(held_.size() / 2);
    std::nth_element(held_.begin(), middle, held_.end());
    return *middle;
  }

 private:
  A const& of_;
  std::size_t const every_;
  std::size_t seen_ = 0;
  std::vector<std::uint64_t> held_;
};

// The capacity with which `holds` frames are held, from capacities that were tried: between the nearest two that held fewer and
// more once there are both, by the size of a frame before.
class capacity_search final {
 public:
  explicit capacity_search(std::uint64_t holds) : holds_(static_cast<double>(holds)) {}

  [[nodiscard]] std::uint64_t after(std::uint64_t capacity, std::uint64_t held, std::uint64_t bytes_of_a_frame) {
    point const tried{static_cast<double>(capacity), static_cast<double>(held)};
    (tried.held < holds_ ? fewer_ : more_) = tried;
    if (fewer_.capacity > 0 && more_.capacity > 0) {
      auto const share = (holds_ - fewer_.held) / (more_.held - fewer_.held);
      auto const apart = more_.capacity - fewer_.capacity;
      return static_cast<std::uint64_t>(fewer_.capacity + apart * std::clamp(share, 0.1, 0.9));
    }
    auto const wanted = tried.capacity + (holds_ - tried.held) * static_cast<double>(bytes_of_a_frame);
    return static_cast<std::uint64_t>(std::clamp(wanted, tried.capacity / 2, tried.capacity * 2));
  }

 private:
  struct point {
    double capacity = 0;  // 0: none yet
    double held = 0;
  };
  double holds_;
  point fewer_;
  point more_;
};

// Peers are bounded by a number of frames. Who is bounded by bytes in all gets a capacity with which it holds that number, within
// a hundredth, for half of a walk or more: names, tables and tenants grow with what is asked, so that it has to be tried.
template <adapter A, class Walk>
[[nodiscard]] setting fitted(setting how, std::size_t length, Walk const& walk) {
  if constexpr (bounded_by_bytes<A>) {
    capacity_search search(how.holds);
    for (int tries = 0; how.bounded && tries != 8; ++tries) {
      A cache(how);
      sampler<A> each(cache, length);
      walk(cache, each);
      auto const held = each.median();
      how.capacity = cache.capacity();
      if (held * 100 >= how.holds * 99ULL && held * 100 <= how.holds * 101ULL) break;
      how.capacity = search.after(how.capacity, held, cache.bytes_of_a_frame());
    }
  }
  return how;
}

}  // namespace bench

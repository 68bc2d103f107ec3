// SPDX-License-Identifier: Apache-2.0
//
// Frames that say whose they are, with a checksum at both ends, so that a foreign, torn or recycled one gives itself away. Also
// what tests with threads count, since no assertion runs in a thread.
#pragma once

#include "support/homes.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <thread>
#include <utility>
#include <vector>

namespace testing {

struct stamp final {
  std::uint64_t tenant;
  std::uint64_t device;
  std::uint64_t generation;
  std::uint64_t number;
  std::uint64_t size;
  std::uint64_t check;
};

inline std::uint64_t checksum(stamp const& s) {
  return (s.tenant * 3 + s.device * 5 + s.generation * 7 + s.number * 11 + s.size * 13) * 0x9E3779B97F4A7C15U;
}

// Fills a frame of at least two stamps: one at each end, and the low byte of its number between.
inline void stamp_into(std::span<std::byte> all, stamp s) {
  s.size = all.size();
  s.check = checksum(s);
  std::memset(all.data(), static_cast<int>(s.number & 0xff), all.size());
  std::memcpy(all.data(), &s, sizeof s);
  std::memcpy(all.data() + all.size() - sizeof s, &s, sizeof s);
}

// What a frame says of itself at both ends.
struct stamped_ends final {
  explicit stamped_ends(std::span<std::byte const> all) : size(all.size()) {
    if (size < 2 * sizeof(stamp)) return;
    std::memcpy(&first, all.data(), sizeof first);
    std::memcpy(&last, all.data() + size - sizeof last, sizeof last);
  }
  // The ends are the same, and belong to these bytes.
  [[nodiscard]] bool whole() const {
    return size >= 2 * sizeof(stamp) && first.check == checksum(first) &&
           std::memcmp(&first, &last, sizeof first) == 0 && first.size == size;
  }

  std::uint64_t size;
  stamp first{};
  stamp last{};
};

// Stages, fills and commits a frame of `size` bytes, at least two stamps.
inline fc::commit_status put_stamped(fc::stream const& stream, std::uint64_t tenant, std::uint64_t number,
                                     std::uint64_t size, fc::rendition which = fc::rendition::source()) {
  auto draft = stream.stage(fc::byte_count{size}, which);
  if (!draft) return draft.why();
  stamp_into(draft.bytes(), {tenant, stream.device().value(), stream.generation().value(), number, size, 0});
  return std::move(draft).commit({.size = fc::byte_count{size}});
}

// What went wrong, counted by all threads.
struct faults final {
  std::atomic<std::uint64_t> foreign{0};
  std::atomic<std::uint64_t> torn{0};
  std::atomic<std::uint64_t> other{0};  // a fence, a revocation or a promise that did not hold
  std::atomic<char const*> first_other{"none"};
  std::atomic<std::uint64_t> looked{0};
  std::atomic<std::uint64_t> written{0};

  void note(char const* what) {
    if (other.fetch_add(1) == 0) first_other = what;
  }

  // Looks at a frame: whose is it, and is it whole?
  void look_once(fc::frame_view const& view, std::uint64_t tenant, std::uint64_t device) {
    auto const bytes = view.bytes();
    if (bytes.size() < 2 * sizeof(stamp)) {
      ++torn;
      return;
    }
    stamped_ends const says{bytes};
    auto const& first = says.first;
    if (first.tenant != tenant || first.device != device) ++foreign;
    if (!says.whole() || first.generation != view.generation().value()) ++torn;
    // The padding, and a byte of the middle.
    for (std::size_t i = 0; i != 64; ++i) {
      if (bytes.data()[bytes.size() + i] != std::byte{0}) ++torn;
    }
    if (bytes.size() > 2 * sizeof(stamp) && bytes[bytes.size() / 2] != static_cast<std::byte>(first.number & 0xff)) {
      auto const middle = bytes.size() / 2;
      if (middle >= sizeof(stamp) && middle < bytes.size() - sizeof(stamp)) ++torn;
    }
    ++looked;
  }
  // Twice, with others let run in between: what a reader holds does not change.
  void look(fc::frame_view const& view, std::uint64_t tenant, std::uint64_t device) {
    if (!view) return;
    look_once(view, tenant, device);
    std::this_thread::yield();
    look_once(view, tenant, device);
  }
};

// Runs f(i) in `count` threads and waits for all.
template <class F>
void in_threads(unsigned count, F const& f) {
  std::vector<std::thread> all;
  for (unsigned i = 0; i != count; ++i) all.emplace_back([&f, i] { f(i); });
  for (auto& each : all) each.join();
}

// A generator of numbers for one thread.
class numbers final {
 public:
  explicit numbers(std::uint64_t seed) : state_(seed * 0x9E3779B97F4A7C15U + 1) {}
  std::uint64_t below(std::uint64_t n) {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    state_ ^= state_ << 17;
    return (state_ >> 11) % n;
  }

 private:
  std::uint64_t state_;
};

inline bool before(std::chrono::steady_clock::time_point deadline) {
  return std::chrono::steady_clock::now() < deadline;
}

}  // namespace testing

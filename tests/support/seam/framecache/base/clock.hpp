// SPDX-License-Identifier: Apache-2.0
//
// The clocks of include/framecache/base/clock.hpp with a hand to move them by: tests put this folder before include/. Real time
// goes on underneath, so that waiting with a deadline works; no test sleeps to make something old.
#pragma once

#include <framecache/version.hpp>

#include <atomic>
#include <chrono>

namespace framecache {
inline namespace v0 {
namespace base {

using steady_time = std::chrono::steady_clock::time_point;
using wall_time = std::chrono::system_clock::time_point;

inline std::atomic<std::chrono::nanoseconds::rep> test_steady_offset{0};
inline std::atomic<std::chrono::nanoseconds::rep> test_wall_offset{0};

inline steady_time steady_now() noexcept {
  return std::chrono::steady_clock::now() + std::chrono::nanoseconds{test_steady_offset.load()};
}
inline wall_time wall_now() noexcept {
  return std::chrono::system_clock::now() +
         std::chrono::duration_cast<wall_time::duration>(std::chrono::nanoseconds{test_wall_offset.load()});
}

// Both clocks go on by `by`.
inline void advance_clocks(std::chrono::nanoseconds by) noexcept {
  test_steady_offset += by.count();
  test_wall_offset += by.count();
}
// Only the wall clock is set, as an administrator or NTP would.
inline void set_wall_clock_by(std::chrono::nanoseconds by) noexcept { test_wall_offset += by.count(); }

}  // namespace base
}  // namespace v0
}  // namespace framecache

// SPDX-License-Identifier: Apache-2.0
//
// The clocks under relacy: they stand, at the same moment in every iteration, and go on when a wait with a deadline times out, or
// when a test moves them.
//
// Found before include/framecache/base/clock.hpp by include path.
#pragma once

#include <framecache/version.hpp>

#include <chrono>

namespace model {

inline constexpr std::chrono::nanoseconds first_moment = std::chrono::hours{24 * 365};
inline std::chrono::nanoseconds since_first_moment{0};

inline void advance_clocks_to(std::chrono::steady_clock::time_point then) noexcept {
  auto const by = then.time_since_epoch() - first_moment;
  if (by > since_first_moment) since_first_moment = by;
}

}  // namespace model

namespace framecache {
inline namespace v0 {
namespace base {

using steady_time = std::chrono::steady_clock::time_point;
using wall_time = std::chrono::system_clock::time_point;

inline steady_time steady_now() noexcept { return steady_time{model::first_moment + model::since_first_moment}; }
inline wall_time wall_now() noexcept {
  return wall_time{std::chrono::duration_cast<wall_time::duration>(model::first_moment + model::since_first_moment)};
}

}  // namespace base
}  // namespace v0
}  // namespace framecache

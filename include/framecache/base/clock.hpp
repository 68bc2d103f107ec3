// SPDX-License-Identifier: Apache-2.0
//
// The two clocks. Ages, expiries and deadlines run on the steady one; the wall clock only seeds stream generations and
// converts an expiry once. Tests replace this header by include path with one that they move by hand.
#pragma once

#include <framecache/version.hpp>

#include <chrono>

namespace framecache {
inline namespace v0 {
namespace base {

using steady_time = std::chrono::steady_clock::time_point;
using wall_time = std::chrono::system_clock::time_point;

inline steady_time steady_now() noexcept { return std::chrono::steady_clock::now(); }
inline wall_time wall_now() noexcept { return std::chrono::system_clock::now(); }

}  // namespace base
}  // namespace v0
}  // namespace framecache

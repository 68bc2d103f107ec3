// SPDX-License-Identifier: Apache-2.0
//
// How a debug build stops: one line on standard error that says what was wrong and what to write instead, then abort().
// Nothing calls this for input that a release build can be given; those get a typed result.
#pragma once

#include <framecache/version.hpp>

#include <cstdio>
#include <cstdlib>

namespace framecache {
inline namespace v0 {
namespace base {

[[noreturn]] inline void fatal(char const* what) noexcept {
  std::fputs("framecache: ", stderr);
  std::fputs(what, stderr);
  std::fputc('\n', stderr);
  std::abort();
}

}  // namespace base
}  // namespace v0
}  // namespace framecache

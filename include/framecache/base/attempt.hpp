// SPDX-License-Identifier: Apache-2.0
//
// Exceptions at the few places where they matter, in a form that also compiles with -fno-exceptions:
//   raise()          a constructor was given something impossible; without exceptions the process stops with the same words.
//   out_of_memory()  it finds no memory; the same.
//   attempt()        a container may throw std::bad_alloc inside a noexcept operation; the operation answers "no room" instead.
#pragma once

#include <framecache/base/fatal.hpp>
#include <framecache/version.hpp>

#include <new>
#include <stdexcept>

namespace framecache {
inline namespace v0 {
namespace base {

[[noreturn]] inline void raise(char const* what) {
#if defined(__cpp_exceptions)
  throw std::invalid_argument(what);
#else
  fatal(what);
#endif
}

// There is no memory for something that cannot be without.
[[noreturn]] inline void out_of_memory() {
#if defined(__cpp_exceptions)
  throw std::bad_alloc();
#else
  fatal("framecache: out of memory");
#endif
}

// Returns false when `f` ran out of memory. `f` must leave nothing half done: build first, then swap in.
template <class F>
[[nodiscard]] bool attempt(F&& f) noexcept {
#if defined(__cpp_exceptions)
  try {
    f();
    return true;
  } catch (std::bad_alloc const&) {
    return false;
  }
#else
  f();
  return true;
#endif
}

}  // namespace base
}  // namespace v0
}  // namespace framecache

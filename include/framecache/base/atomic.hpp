// SPDX-License-Identifier: Apache-2.0
//
// The atomics that everything above base/ uses. A model checker replaces this header by include path and sees every access.
#pragma once

#include <framecache/version.hpp>

#include <atomic>

namespace framecache {
inline namespace v0 {
namespace base {

template <class T>
using atomic = std::atomic<T>;

}  // namespace base
}  // namespace v0
}  // namespace framecache

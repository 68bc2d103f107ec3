// SPDX-License-Identifier: Apache-2.0
//
// The atomics that everything above base/ uses. A model checker replaces this header by include path and sees every access.
#pragma once

#include <framecache/version.hpp>

#include <atomic>
#include <new>

namespace framecache {
inline namespace v0 {
namespace base {

template <class T>
using atomic = std::atomic<T>;

// Pages that the kernel gives read as zero, and so do objects of ours whose members are all zero at first. Returns the object of
// type T that lies at `zeroed`. Nothing is written: a reader with an old address may be looking.
template <class T>
[[nodiscard]] T* object_in_zeroed_pages(void* zeroed) noexcept {
  return std::launder(static_cast<T*>(zeroed));
}

}  // namespace base
}  // namespace v0
}  // namespace framecache

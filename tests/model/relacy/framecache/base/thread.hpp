// SPDX-License-Identifier: Apache-2.0
//
// The number of the calling thread under relacy, whose threads are fibres of one: a thread_local would be shared by all of them.
// How numbers are claimed and given back is the library's own.
//
// Found before include/framecache/base/thread.hpp by include path.
#pragma once

#define thread_number thread_number_of_the_process
#include_next <framecache/base/thread.hpp>
#undef thread_number

#include <framecache/version.hpp>

#include <model/relacy/shadow.hpp>

#include <cstddef>

namespace framecache {
inline namespace v0 {
namespace base {

[[nodiscard]] inline std::size_t thread_number() noexcept {
  return rl::is_ctx() ? static_cast<std::size_t>(rl::thread_index()) : 0;
}

}  // namespace base
}  // namespace v0
}  // namespace framecache

// SPDX-License-Identifier: Apache-2.0
//
// What find_many looks for: the words of one lookup. The tenant is none of them: it is the viewer's own (P1).
#pragma once

#include <framecache/identity/rendition.hpp>
#include <framecache/identity/strong_id.hpp>
#include <framecache/version.hpp>

namespace framecache {
inline namespace v0 {

struct place final {
  constexpr place(device_id of, stream_generation live) noexcept : place(of, live, framecache::rendition::source()) {}
  constexpr place(device_id of, stream_generation live, framecache::rendition which) noexcept
      : device(of), generation(live), rendition(which) {}

  device_id device;
  stream_generation generation;
  framecache::rendition rendition;
};

}  // namespace v0
}  // namespace framecache

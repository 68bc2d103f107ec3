// SPDX-License-Identifier: Apache-2.0
//
// The two halves of the asymmetric fence under relacy, as membarrier makes them: the light one orders nothing; the heavy one has
// every other thread pass a sequentially consistent fence at some moment of the call, wherever it stands just then. And as they are
// without membarrier: both full.
//
// Found before include/framecache/base/fence.hpp by include path.
#pragma once

#include <framecache/version.hpp>

#include <model/relacy/shadow.hpp>

namespace framecache {
inline namespace v0 {
namespace base {

inline void acquire_fence() noexcept {
  if (!model::shadow_table.running()) return;
  model::shadow_table.step();
  rl::ctx().atomic_thread_fence_acquire();
}
inline void release_fence() noexcept {
  if (!model::shadow_table.running()) return;
  model::shadow_table.step();
  rl::ctx().atomic_thread_fence_release();
}
inline void full_fence() noexcept {
  if (!model::shadow_table.running()) return;
  model::shadow_table.step();
  model::shadow_table.fence();
}
// Every second system has no membarrier.
[[nodiscard]] inline bool fences_are_asymmetric() noexcept { return rl::rand(2) != 0; }
inline void light_fence(bool asymmetric) noexcept {
  if (!asymmetric) full_fence();
}
inline void heavy_fence(bool asymmetric) noexcept {
  full_fence();
  if (!asymmetric || !model::shadow_table.running()) return;
  for (int i = 0; i != model::threads; ++i) {
    model::shadow_table.step();
    model::shadow_table.fence_of(i);
  }
  full_fence();
}

}  // namespace base
}  // namespace v0
}  // namespace framecache

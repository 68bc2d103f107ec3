// SPDX-License-Identifier: Apache-2.0
//
// The two halves of the asymmetric fence under relacy, which has no membarrier: both are sequentially consistent fences. That the
// light half may be a compiler's fence alone is argued beside the real one and modelled in Spin.
//
// Found before include/framecache/base/fence.hpp by include path.
#pragma once

#include <framecache/version.hpp>

#include <model/relacy/shadow.hpp>

namespace framecache {
inline namespace v0 {
namespace base {

inline void full_fence() noexcept {
  if (!model::shadow_table.running()) return;
  model::shadow_table.step();
  model::shadow_table.fence();
}
[[nodiscard]] inline bool fences_are_asymmetric() noexcept { return true; }
inline void light_fence(bool) noexcept { full_fence(); }
inline void heavy_fence(bool) noexcept { full_fence(); }

}  // namespace base
}  // namespace v0
}  // namespace framecache

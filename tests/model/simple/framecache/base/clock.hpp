// SPDX-License-Identifier: Apache-2.0
//
// The oracle's time: it stands still until it is moved. The clock seam of the product's tests lets real time go on underneath;
// here nothing may depend on how long a step took.
#pragma once

#include <chrono>

namespace simple_framecache {
namespace base {

using steady_time = std::chrono::nanoseconds;

class clock final {
 public:
  [[nodiscard]] steady_time steady_now() const noexcept { return now_; }
  void advance(std::chrono::nanoseconds by) noexcept { now_ += by; }

 private:
  steady_time now_{};
};

}  // namespace base
}  // namespace simple_framecache

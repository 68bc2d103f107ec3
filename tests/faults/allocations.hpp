// SPDX-License-Identifier: Apache-2.0
//
// The allocations of the calling thread: counted, and the n-th of them refused.
#pragma once

#include <cstdint>

namespace testing {

// While it lives, allocations of this thread are counted, and the one with the number `refuse` finds no memory; 0: all do.
class watched_allocations final {
 public:
  explicit watched_allocations(std::uint64_t refuse = 0) noexcept;
  watched_allocations(watched_allocations const&) = delete;
  watched_allocations& operator=(watched_allocations const&) = delete;
  ~watched_allocations();

  [[nodiscard]] std::uint64_t count() const noexcept;
  [[nodiscard]] bool refused_one() const noexcept;
};

}  // namespace testing

// SPDX-License-Identifier: Apache-2.0
//
// Where threads write down what they did: for each thread and tenant a log of its own, allocated before the first event, so that
// recording takes no lock and no memory. A window of a history is what all logs hold between two moments at which no call is
// running; the checker takes it window by window.
#pragma once

#include "model/history.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace testing::history {

// The logs of one thread.
class log final {
 public:
  // Room for `window` events, however they fall among the tenants.
  log(std::size_t tenants, std::size_t window) : of_(tenants), window_(window) {
    for (auto& each : of_) each.reserve(window + slack);
  }

  // The event stays where it is until clear().
  event& add(std::size_t tenant, event const& what) {
    ++count_;
    return of_[tenant].emplace_back(what);
  }
  // Checked between calls; one call may add a few events beyond.
  [[nodiscard]] bool full() const { return count_ >= window_; }

  [[nodiscard]] std::size_t count() const { return count_; }
  [[nodiscard]] std::span<event const> of(std::size_t tenant) const { return of_[tenant]; }
  void clear() {
    for (auto& each : of_) each.clear();
    count_ = 0;
  }

 private:
  static constexpr std::size_t slack = 256;

  std::vector<std::vector<event>> of_;
  std::size_t window_;
  std::size_t count_ = 0;
};

}  // namespace testing::history

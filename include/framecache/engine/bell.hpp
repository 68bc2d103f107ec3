// SPDX-License-Identifier: Apache-2.0
//
// What one thread sleeps on until a waiter wakes it. Locks: its own, for no longer than it takes to ring.
#pragma once

#include <framecache/base/clock.hpp>
#include <framecache/base/mutex.hpp>
#include <framecache/version.hpp>

namespace framecache {
inline namespace v0 {
namespace engine {

class bell final {
 public:
  bell() = default;
  bell(bell const&) = delete;
  bell& operator=(bell const&) = delete;
  ~bell() = default;

  void ring() noexcept {
    base::mutex_lock const lock(mutex_);
    rung_ = true;
    woken_.notify_all();
  }
  // Returns whether it has rung; at the deadline at the latest.
  bool wait_until(base::steady_time deadline) noexcept {
    base::mutex_lock const lock(mutex_);
    while (!rung_ && base::steady_now() < deadline) woken_.wait_until(mutex_, deadline);
    return rung_;
  }

 private:
  base::mutex mutex_;
  base::condition woken_;
  bool rung_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace engine
}  // namespace v0
}  // namespace framecache

// SPDX-License-Identifier: Apache-2.0
//
// One-shot notification: a callback that is called once, with no lock held (I9), when a newer frame exists or there is nothing
// more to wait for. Shared by whoever waits and by the device that is waited for.
//
// Locks: its own, never held while the callback runs.
#pragma once

#include <framecache/base/mutex.hpp>
#include <framecache/version.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace framecache {
inline namespace v0 {
namespace engine {

class waiter final {
 public:
  waiter(std::function<void()> f, base::sharing s) noexcept : mutex_(s), callback_(std::move(f)) {}
  waiter(waiter const&) = delete;
  waiter& operator=(waiter const&) = delete;
  ~waiter() = default;

  // Calls the callback unless it was called or cancelled before. Requires: no lock of the cache held.
  void fire() noexcept {
    {
      base::mutex_lock const lock(mutex_);
      if (state_ != state::armed) return;
      state_ = state::running;
      runner_ = base::detail::this_thread();
    }
    callback_();
    {
      base::mutex_lock const lock(mutex_);
      state_ = state::done;
      runner_ = nullptr;
    }
    ended_.notify_all();
  }

  // When it returns, the callback neither runs nor will. Inside the callback it returns at once.
  void cancel() noexcept {
    base::mutex_lock const lock(mutex_);
    if (state_ == state::armed) state_ = state::done;
    if (runner_ == base::detail::this_thread()) return;
    while (state_ == state::running) ended_.wait(mutex_);
  }

 private:
  enum class state : std::uint8_t { armed, running, done };

  base::mutex mutex_;
  base::condition ended_;
  state state_ ABSL_GUARDED_BY(mutex_) = state::armed;
  void const* runner_ ABSL_GUARDED_BY(mutex_) = nullptr;
  std::function<void()> const callback_;
};

using waiter_list = std::vector<std::shared_ptr<waiter>>;

// Requires: no lock of the cache held.
inline void fire_all(waiter_list const& waiters) noexcept {
  for (auto const& each : waiters) each->fire();
}

}  // namespace engine
}  // namespace v0
}  // namespace framecache

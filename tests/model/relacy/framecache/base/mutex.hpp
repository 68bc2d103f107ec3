// SPDX-License-Identifier: Apache-2.0
//
// The lock under relacy: the names of include/framecache/base/mutex.hpp, on relacy's mutex and condition variable. Locking twice,
// unlocking what one does not hold and destroying what is held fail the simulation; so does a wait that nobody ends.
//
// A wait with a deadline may time out at any step; then the clocks stand at the deadline. A wait without one, or until
// the end of time, has none here, so that a wake-up that was lost is a deadlock and not an hour.
//
// Found before include/framecache/base/mutex.hpp by include path.
#pragma once

#include <absl/base/thread_annotations.h>

#include <framecache/base/atomic.hpp>
#include <framecache/base/clock.hpp>
#include <framecache/base/fatal.hpp>
#include <framecache/base/thread.hpp>
#include <framecache/version.hpp>

#include <model/relacy/shadow.hpp>

#include <chrono>

namespace framecache {
inline namespace v0 {
namespace base {

enum class sharing : bool { many_threads, one_thread };

namespace detail {

inline void const* this_thread() noexcept {
  static constexpr char here[model::threads + 1] = {};
  return &here[thread_number()];
}

}  // namespace detail

class ABSL_LOCKABLE mutex final {
 public:
  explicit mutex(sharing s = sharing::many_threads) noexcept
      : lock_(s == sharing::many_threads ? rl::ctx().mutex_ctor(false, false, false, false) : nullptr) {}
  mutex(mutex const&) = delete;
  mutex& operator=(mutex const&) = delete;
  ~mutex() {
    if (lock_ != nullptr) rl::ctx().mutex_dtor(lock_);
  }

  void lock(model::place from = model::place::current()) noexcept
      ABSL_EXCLUSIVE_LOCK_FUNCTION() ABSL_NO_THREAD_SAFETY_ANALYSIS {
    if (lock_ == nullptr) return;
    model::shadow_table.locks(from);
    model::shadow_table.step_of_its_own([&] { lock_->lock_exclusive(false, model::info_of(from)); });
  }
  void unlock(model::place from = model::place::current()) noexcept
      ABSL_UNLOCK_FUNCTION() ABSL_NO_THREAD_SAFETY_ANALYSIS {
    if (lock_ == nullptr) return;
    model::shadow_table.step_of_its_own([&] { lock_->unlock_exclusive(model::info_of(from)); });
  }
  void assert_held() const noexcept ABSL_ASSERT_EXCLUSIVE_LOCK() {}

 private:
  friend class condition;
  rl::generic_mutex_data* lock_;
};

class ABSL_SCOPED_LOCKABLE mutex_lock final {
 public:
  explicit mutex_lock(mutex& m, model::place from = model::place::current()) noexcept ABSL_EXCLUSIVE_LOCK_FUNCTION(m)
      : mutex_(m), from_(from) {
    mutex_.lock(from_);
  }
  mutex_lock(mutex_lock const&) = delete;
  mutex_lock& operator=(mutex_lock const&) = delete;
  ~mutex_lock() ABSL_UNLOCK_FUNCTION() { mutex_.unlock(from_); }

 private:
  mutex& mutex_;
  model::place const from_;
};

class condition final {
 public:
  condition() noexcept : waiting_(rl::ctx().condvar_ctor(true)) {}
  condition(condition const&) = delete;
  condition& operator=(condition const&) = delete;
  ~condition() { rl::ctx().condvar_dtor(waiting_); }

  void wait_until(mutex& m, std::chrono::steady_clock::time_point deadline,
                  model::place from = model::place::current()) noexcept
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(m) ABSL_NO_THREAD_SAFETY_ANALYSIS {
    if (m.lock_ == nullptr || deadline <= steady_now()) return;
    bool const ends = deadline != std::chrono::steady_clock::time_point::max();
    auto const why = waiting_->wait(held{m}, ends, model::info_of(from));
    if (why == rl::sema_wakeup_reason_timeout) model::advance_clocks_to(deadline);
  }
  void wait(mutex& m, model::place from = model::place::current()) noexcept
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(m) ABSL_NO_THREAD_SAFETY_ANALYSIS {
    if (m.lock_ != nullptr) waiting_->wait(held{m}, false, model::info_of(from));
  }
  void notify_all(model::place from = model::place::current()) noexcept {
    model::shadow_table.locks(from);
    waiting_->notify_all(model::info_of(from));
  }

 private:
  // A mutex as relacy's condition variable wants it.
  struct held final : rl::mutex_wrapper {
    explicit held(mutex& m) noexcept : which(m) {}
    void lock(rl::debug_info_param info) const override { which.lock_->lock_exclusive(false, info); }
    void unlock(rl::debug_info_param info) const override { which.lock_->unlock_exclusive(info); }
    mutex& which;
  };

  rl::condvar_data* waiting_;
};

}  // namespace base
}  // namespace v0
}  // namespace framecache

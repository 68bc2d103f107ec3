// SPDX-License-Identifier: Apache-2.0
//
// The lock: absl::Mutex with three things added.
//   - ThreadSanitizer is told of every lock and unlock. Debian builds Abseil without it, so code that locks an absl::Mutex
//     correctly would be reported as a race.
//   - Abseil renamed Lock() to lock(); whichever the installed one has is called, so neither warns of deprecation.
//   - In debug builds a thread that takes a lock it already holds is stopped with a message instead of hanging for ever.
// A mutex made with sharing::one_thread does nothing: that is what threads<one> runs on.
//
// Tests replace this header by include path. Nothing above base/ includes absl/synchronization.
#pragma once

#include <absl/base/thread_annotations.h>
#include <absl/synchronization/mutex.h>
#include <absl/time/time.h>

#include <framecache/base/atomic.hpp>
#include <framecache/base/fatal.hpp>
#include <framecache/version.hpp>

#include <chrono>

#if defined(__SANITIZE_THREAD__)
#define FRAMECACHE_DETAIL_TSAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define FRAMECACHE_DETAIL_TSAN 1
#endif
#endif
#if defined(FRAMECACHE_DETAIL_TSAN)
#include <sanitizer/tsan_interface.h>
#endif

namespace framecache {
inline namespace v0 {
namespace base {

enum class sharing : bool { many_threads, one_thread };

namespace detail {

template <class Mutex>
inline void lock_either(Mutex& mutex) ABSL_NO_THREAD_SAFETY_ANALYSIS {
  if constexpr (requires { mutex.lock(); }) {
    mutex.lock();
  } else {
    mutex.Lock();
  }
}

template <class Mutex>
inline void unlock_either(Mutex& mutex) ABSL_NO_THREAD_SAFETY_ANALYSIS {
  if constexpr (requires { mutex.unlock(); }) {
    mutex.unlock();
  } else {
    mutex.Unlock();
  }
}

// One address per thread: enough to tell threads apart, cheaper than asking the operating system for an id.
inline void const* this_thread() noexcept {
  static thread_local char here = 0;
  return &here;
}

}  // namespace detail

// Not recursive, not shared. lock() and unlock() are what mutex_lock calls; call them yourself only where a scope does not fit.
class ABSL_LOCKABLE mutex final {
 public:
  explicit mutex(sharing s = sharing::many_threads) noexcept : shared_(s == sharing::many_threads) {}
  mutex(mutex const&) = delete;
  mutex& operator=(mutex const&) = delete;
  ~mutex() = default;

  void lock() noexcept ABSL_EXCLUSIVE_LOCK_FUNCTION() ABSL_NO_THREAD_SAFETY_ANALYSIS {
    refuse_reentry();
    if (!shared_) {
      note_owner(detail::this_thread());
      return;
    }
    before_lock();
    detail::lock_either(impl_);
    after_lock();
    note_owner(detail::this_thread());
  }

  void unlock() noexcept ABSL_UNLOCK_FUNCTION() ABSL_NO_THREAD_SAFETY_ANALYSIS {
    note_owner(nullptr);
    if (!shared_) return;
    before_unlock();
    detail::unlock_either(impl_);
    after_unlock();
  }

  // Tells the analysis what the caller knows: that this lock is held under another name.
  void assert_held() const noexcept ABSL_ASSERT_EXCLUSIVE_LOCK() {}

 private:
  friend class condition;

  void refuse_reentry() const noexcept {
#if !defined(NDEBUG)
    if (owner_.load(std::memory_order_relaxed) == detail::this_thread()) {
      fatal("re-entry: this thread is inside framecache already and would wait for itself; "
            "leave the callback before calling the cache again");
    }
#endif
  }
  void note_owner([[maybe_unused]] void const* thread) noexcept {
#if !defined(NDEBUG)
    owner_.store(thread, std::memory_order_relaxed);
#endif
  }
#if defined(FRAMECACHE_DETAIL_TSAN)
  void before_lock() noexcept { __tsan_mutex_pre_lock(&impl_, 0); }
  void after_lock() noexcept { __tsan_mutex_post_lock(&impl_, 0, 0); }
  void before_unlock() noexcept { __tsan_mutex_pre_unlock(&impl_, 0); }
  void after_unlock() noexcept { __tsan_mutex_post_unlock(&impl_, 0); }
#else
  void before_lock() const noexcept {}
  void after_lock() const noexcept {}
  void before_unlock() const noexcept {}
  void after_unlock() const noexcept {}
#endif

  absl::Mutex impl_;
  // Present in every build mode, so that the layout does not depend on NDEBUG.
  atomic<void const*> owner_{nullptr};
  bool shared_;
};

class ABSL_SCOPED_LOCKABLE mutex_lock final {
 public:
  explicit mutex_lock(mutex& m) noexcept ABSL_EXCLUSIVE_LOCK_FUNCTION(m) : mutex_(m) { mutex_.lock(); }
  mutex_lock(mutex_lock const&) = delete;
  mutex_lock& operator=(mutex_lock const&) = delete;
  ~mutex_lock() ABSL_UNLOCK_FUNCTION() { mutex_.unlock(); }

 private:
  mutex& mutex_;
};

// Waiting for somebody else's change. Spurious returns happen: always wait in a loop.
class condition final {
 public:
  // Returns when notified, at the deadline, or spuriously. Requires `m` held; it is held again on return.
  void wait_until(mutex& m, std::chrono::steady_clock::time_point deadline) noexcept
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(m) ABSL_NO_THREAD_SAFETY_ANALYSIS {
    if (!m.shared_) return;  // one thread: nobody could notify
    auto const left = deadline - std::chrono::steady_clock::now();
    if (left <= left.zero()) return;
    m.note_owner(nullptr);
    m.before_unlock();
    m.after_unlock();
    impl_.WaitWithTimeout(&m.impl_, absl::FromChrono(left));
    m.before_lock();
    m.after_lock();
    m.note_owner(detail::this_thread());
  }
  void wait(mutex& m) noexcept ABSL_EXCLUSIVE_LOCKS_REQUIRED(m) {
    wait_until(m, std::chrono::steady_clock::now() + std::chrono::hours{1});
  }
  void notify_all() noexcept { impl_.SignalAll(); }

 private:
  absl::CondVar impl_;
};

}  // namespace base
}  // namespace v0
}  // namespace framecache

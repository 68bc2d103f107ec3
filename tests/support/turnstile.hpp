// SPDX-License-Identifier: Apache-2.0
//
// How a test has a thread stand in the middle of the engine with its lane's lock: the cache's hash function is asked there for each frame
// that moves in the index or leaves it.
#pragma once

#include "support/homes.hpp"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <utility>

namespace testing {

// Where one that holds a lock and one that reads take turns.
class turnstile final {
 public:
  // Whoever holds it: it stands until it is let through.
  void stand() {
    std::unique_lock lock(mutex_);
    ++stands_;
    moved_.notify_all();
    moved_.wait(lock, [&] { return let_through_ == stands_ || open_; });
  }
  // The reader: returns whether somebody stands there, once that is so or nobody will any more.
  bool wait_for_one() {
    std::unique_lock lock(mutex_);
    moved_.wait(lock, [&] { return stands_ != let_through_ || open_; });
    return !open_;
  }
  void let_through() {
    std::lock_guard const lock(mutex_);
    let_through_ = stands_;
    moved_.notify_all();
  }
  // For good. Returns whether it was open already.
  bool open() {
    std::lock_guard const lock(mutex_);
    moved_.notify_all();
    return std::exchange(open_, true);
  }
  // Opens it when nothing moves for so long: a reader waits for whoever stands, and the test has failed.
  bool watch_for(std::chrono::seconds patience) {
    std::unique_lock lock(mutex_);
    for (auto seen = stands_ + let_through_; !open_; seen = stands_ + let_through_) {
      if (moved_.wait_for(lock, patience, [&] { return open_ || seen != stands_ + let_through_; })) continue;
      open_ = true;
      moved_.notify_all();
      return false;
    }
    return true;
  }

 private:
  std::mutex mutex_;
  std::condition_variable moved_;
  std::uint64_t stands_ = 0;
  std::uint64_t let_through_ = 0;
  bool open_ = false;
};

// Of the thread that stands: the frame for which it does not, which it puts just now, and how often it does for others.
struct standing final {
  turnstile* at = nullptr;
  std::uint64_t own_rendition = 0;
  std::uint64_t moved = 0;
  std::uint64_t every = 1;
};
inline thread_local standing standing_here;

struct hash_that_stands final {
  static std::uint64_t hash(fc::hash_words const& words, fc::hash_secret const& secret) noexcept {
    auto& here = standing_here;
    if (here.at != nullptr) {
      if (here.own_rendition == 0) here.own_rendition = words[3];
      if (words[3] != here.own_rendition && here.moved++ % here.every == 0) here.at->stand();
    }
    return fc::engine::hash_with_xxh3(words, secret);
  }
};

}  // namespace testing

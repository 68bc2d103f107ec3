// SPDX-License-Identifier: Apache-2.0
//
// A cache under stress whose history is written down: a few tenants with a few cameras each, so that threads meet at every key, and
// room for a part of their frames, so that eviction, replacement and recycling go on all the time. What the threads of a tenant
// share is here; what each does is in history_worker.hpp.
//
// What they share besides the cache must not order them, or it would hide from the cache's users what it is to be tested for: a
// thread looks at a relaxed number before it takes a lock, which is when a camera has a new stream.
#pragma once

#include "model/history.hpp"
#include "support/homes.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

namespace testing::history {

inline constexpr shape home_shape{6, 2};

inline std::array const renditions{fc::rendition::source(), fc::rendition{320, 180, fc::rotation::none}};

// A stream that threads publish under together.
struct live_stream final {
  live_stream(fc::stream s, std::uint32_t n, std::uint16_t e) : stream(std::move(s)), number(n), epoch(e) {}
  fc::stream stream;
  std::uint32_t number;
  std::uint16_t epoch;
  std::atomic<std::uint32_t> serial{0};
};

// A camera's newest stream, as far as anybody has said.
class camera_slot final {
 public:
  [[nodiscard]] std::uint32_t version() const { return version_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::shared_ptr<live_stream> get() const {
    std::lock_guard const lock(mutex_);
    return newest_;
  }
  // Keeps the newer of the two; the older ends outside the lock.
  void offer(std::shared_ptr<live_stream> fresh) {
    std::lock_guard const lock(mutex_);
    if (newest_ != nullptr && std::pair{newest_->epoch, newest_->stream.generation().value()} >
                                  std::pair{fresh->epoch, fresh->stream.generation().value()}) {
      return;
    }
    newest_.swap(fresh);
    version_.fetch_add(1, std::memory_order_relaxed);
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<live_stream> newest_;
  std::atomic<std::uint32_t> version_{0};
};

struct home final {
  home(book& keys, std::uint64_t n) : number(n), viewer(keys.viewer(n)), publisher(keys.publisher(n)) {}

  std::uint64_t number;
  std::string viewer;  // credentials
  std::string publisher;
  std::array<camera_slot, home_shape.cameras> cameras;
  std::atomic<std::uint32_t> streams{0};
  // A role is of epoch n for certain when n revocations had ended before it was opened and n had begun afterwards.
  std::atomic<std::uint32_t> revocations_begun{0};
  std::atomic<std::uint32_t> revocations_ended{0};
  // Whoever gives orders; they have to come one after another. Only ever tried.
  std::mutex ruler;
};

template <class Cache>
struct world final {
  world(fc::config how, std::size_t homes_count)
      : registry{keys}, cache{registry, std::move(how)}, admin{keys.admin()} {
    for (std::size_t i = 0; i != homes_count; ++i) homes.emplace_back(keys, i + 1);
  }

  book keys;
  fc::registry registry;
  Cache cache;
  std::string admin;
  history::clock clock;
  std::deque<home> homes;
};

}  // namespace testing::history

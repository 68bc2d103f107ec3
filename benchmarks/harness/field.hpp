// SPDX-License-Identifier: Apache-2.0
//
// A contestant, filled for one work, with its requests laid out in the order in which they come. Made by the first round that
// needs it, and kept until the process ends: rounds of all contestants interleave.
#pragma once

#include <harness/fit.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

namespace bench {

[[nodiscard]] inline std::vector<std::byte> frame_bytes(std::size_t size, std::uint64_t stamp) {
  std::vector<std::byte> made(size, std::byte{0x5a});
  std::memcpy(made.data(), &stamp, sizeof stamp);
  std::memcpy(made.data() + size - sizeof stamp, &stamp, sizeof stamp);
  return made;
}

// Puts, or has it loaded.
template <adapter A>
void store(A& cache, typename A::request const& at, bytes what) {
  if constexpr (storing<A>) {
    (void)cache.put(at, what);
  } else {
    (void)cache.get(at);
  }
}

// Asks for a part of the tape, and puts what is missing. Returns how many were hits.
template <adapter A>
std::uint64_t walk_along(A& cache, std::span<std::uint32_t const> tape, bytes frame) {
  std::uint64_t hits = 0;
  for (auto const camera : tape) {
    auto const at = cache.request_for(camera);
    if (cache.get(at)) {
      ++hits;
    } else if constexpr (storing<A>) {
      (void)cache.put(at, frame);
    }
  }
  return hits;
}
// The same as fitted() wants it.
[[nodiscard]] inline auto walks_along(std::span<std::uint32_t const> tape, bytes frame) {
  return [=]<adapter A>(A& cache) {
    return [=, &cache](std::size_t from, std::size_t to) {
      return walk_along(cache, tape.subspan(from, to - from), frame);
    };
  };
}

// Threads wait for each other before a round, so that the filling of a cache is nobody's measured time.
class meeting final {
 public:
  void all_of(int threads) {
    auto const turn = turn_.load();
    if (arrived_.fetch_add(1) + 1 == threads) {
      arrived_.store(0);
      turn_.fetch_add(1);
      turn_.notify_all();
    } else {
      turn_.wait(turn);
    }
  }

 private:
  std::atomic<int> arrived_{0};
  std::atomic<std::uint32_t> turn_{0};
};

// Walks a part of a tape of requests, which goes round and round: from its begin to its end, or from its end to its begin.
template <class Request>
class reader final {
 public:
  reader(std::span<Request const> tape, std::uint64_t first, std::uint64_t requests, bool backwards)
      : tape_(tape), next_((backwards ? first + requests : first) % tape.size()), backwards_(backwards) {}

  [[nodiscard]] Request const& next() { return step(1).front(); }
  // Requires: the tape is whole batches, and so is what was taken before.
  [[nodiscard]] std::span<Request const, batch_size> next_batch() {
    return step(batch_size).template first<batch_size>();
  }

 private:
  [[nodiscard]] std::span<Request const> step(std::size_t by) {
    if (backwards_) {
      next_ = (next_ == 0 ? tape_.size() : next_) - by;
      return tape_.subspan(next_, by);
    }
    auto const here = tape_.subspan(next_, by);
    next_ += by;
    if (next_ == tape_.size()) next_ = 0;
    return here;
  }

  std::span<Request const> tape_;
  std::size_t next_;
  bool const backwards_;
};

template <adapter A>
class field final {
 public:
  using request = typename A::request;

  explicit field(work const& what) : what_(what) {}

  // The first to come fills it; the others wait.
  [[nodiscard]] A& cache() {
    std::call_once(filled_, [&] { fill(); });
    return *cache_;
  }
  // A thread's part of a round in which each walks so many requests: parts follow one upon the other, from where the round before has
  // ended. If all rounds began at one place, a bounded cache would be asked for what it had just been asked for. Every other
  // thread walks its part backwards: who comes behind another finds lines warm, catches up, and both would walk in step from there.
  [[nodiscard]] reader<request> read(int thread, std::uint64_t requests) const {
    return {tape_, at_ + static_cast<std::uint64_t>(thread) * requests, requests, thread % 2 != 0};
  }
  // The round is over: one thread says it for all, when the others have begun theirs.
  void walked(int threads, std::uint64_t requests) {
    at_ = (at_ + static_cast<std::uint64_t>(threads) * requests) % tape_.size();
  }
  [[nodiscard]] work const& what() const { return what_; }
  [[nodiscard]] meeting& before_rounds() { return meeting_; }
  [[nodiscard]] bytes frame() const { return frame_; }

  // Samples of each thread, merged when all have finished.
  [[nodiscard]] std::vector<std::uint32_t>& samples(int thread) { return samples_[static_cast<std::size_t>(thread)]; }
  [[nodiscard]] std::span<std::vector<std::uint32_t>> all_samples() { return samples_; }

 private:
  // A bounded cache has walked the tape once, so that it holds what its policy would keep. Where frames are replaced each has been once, so
  // that no round is of memory that is touched for the first time.
  void fill() {
    auto const order = tape_for(what_);
    if (what_.bounded()) {
      cache_ = fitted<A>(setting_of(what_), order.size(), walks_along(order, frame_)).cache;
    } else {
      cache_ = std::make_unique<A>(setting_of(what_));
      for (int times = what_.replaces() ? 2 : 1; times != 0; --times) {
        for (std::uint32_t camera = 0; camera != what_.homes.keys(); ++camera) {
          store(*cache_, cache_->request_for(camera), frame_);
        }
      }
    }
    tape_.reserve(order.size());
    for (auto const camera : order) tape_.push_back(cache_->request_for(camera));
  }

  work const what_;
  std::vector<std::byte> const frame_ = frame_bytes(what_.blob, 1);
  std::once_flag filled_;
  meeting meeting_;
  std::unique_ptr<A> cache_;
  std::vector<request> tape_;
  std::size_t at_ = 0;  // where the next round begins
  std::vector<std::vector<std::uint32_t>> samples_ = std::vector<std::vector<std::uint32_t>>(64);
};

}  // namespace bench

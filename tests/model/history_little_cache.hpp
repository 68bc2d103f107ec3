// SPDX-License-Identifier: Apache-2.0
//
// Little caches of one home with two cameras, each with a defect of its own, and threads that use them and write down what they
// saw. They show that the checker finds a defect in what threads really did, and what it takes ThreadSanitizer to find.
//
// All but `racing` have locks and atomics in the right places, so that ThreadSanitizer has nothing to say of them.
#pragma once

#include "model/history_checker.hpp"
#include "model/history_log.hpp"
#include "model/stamped.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <deque>
#include <mutex>
#include <optional>
#include <span>
#include <thread>
#include <utility>
#include <vector>

namespace testing::history {

enum class defect : std::uint8_t {
  none,
  stale,        // a thread looks again only every so often whether what it copied last time is still the newest
  foreign,      // now and then the other camera's frame
  torn,         // a frame is copied in two halves, with the lock let go in between
  after_fence,  // now and then a new stream leaves the old one's frame where it is
  swapped,      // two answers of one thread, the other way round
  racing,       // frames are words that nobody guards: never a wrong one where a word is written at once
};
inline constexpr std::array seeded_defects{defect::stale, defect::foreign, defect::torn, defect::after_fence,
                                           defect::swapped};

[[nodiscard]] inline char const* to_string(defect what) {
  constexpr char const* names[] = {"none", "stale", "foreign", "torn", "after_fence", "swapped", "racing"};
  return names[static_cast<std::size_t>(what)];
}

class little_cache final {
 public:
  static constexpr shape form{2, 1};

  explicit little_cache(defect what) : what_(what) {}

  // Copies the frame out, or says that there is none.
  bool read(std::uint8_t camera, std::span<std::byte> out, numbers& random) {
    if (what_ == defect::racing) return copy_unguarded(camera, out);
    auto& of = cameras_[what_ == defect::foreign && random.below(500) == 0 ? 1 - camera : camera];
    auto const half = what_ == defect::torn ? out.size() / 2 : out.size();
    {
      std::lock_guard const lock(mutex_);
      if (!of.present) return false;
      std::memcpy(out.data(), of.bytes.data(), half);
    }
    if (half == out.size()) return true;
    if (random.below(50) == 0) std::this_thread::yield();
    std::lock_guard const lock(mutex_);
    std::memcpy(out.data() + half, of.bytes.data() + half, out.size() - half);
    return of.present;
  }
  bool write(std::uint8_t camera, std::uint32_t stream, std::uint64_t value) {
    if (what_ == defect::racing) {
      unguarded_[camera] = value;
      return true;
    }
    std::lock_guard const lock(mutex_);
    auto& of = cameras_[camera];
    if (of.stream != stream) return false;
    write_value(of.bytes, value);
    of.present = true;
    of.version.fetch_add(1, std::memory_order_release);
    return true;
  }
  std::uint64_t begin(std::uint8_t camera, std::uint32_t stream, numbers& random) {
    std::lock_guard const lock(mutex_);
    auto& of = cameras_[camera];
    of.stream = stream;
    if (what_ != defect::after_fence || random.below(4) != 0) of.present = false;
    of.version.fetch_add(1, std::memory_order_release);
    return ++generation_;
  }
  bool erase(std::uint8_t camera, std::uint32_t stream) {
    std::lock_guard const lock(mutex_);
    auto& of = cameras_[camera];
    if (of.stream != stream) return false;
    of.present = false;
    of.version.fetch_add(1, std::memory_order_release);
    return true;
  }
  [[nodiscard]] std::uint32_t stream_of(std::uint8_t camera) {
    std::lock_guard const lock(mutex_);
    return cameras_[camera].stream;
  }
  [[nodiscard]] std::uint64_t version_of(std::uint8_t camera) const {
    return cameras_[camera].version.load(std::memory_order_acquire);
  }

  static constexpr std::size_t frame_size = 64;

 private:
  struct camera_state final {
    std::array<std::byte, frame_size> bytes{};
    bool present = false;
    std::uint32_t stream = 0;
    std::atomic<std::uint64_t> version{0};
  };

  bool copy_unguarded(std::uint8_t camera, std::span<std::byte> out) {
    auto const value = unguarded_[camera];
    write_value(out, value);
    return value != 0;
  }

  defect what_;
  std::mutex mutex_;
  std::array<camera_state, 2> cameras_;
  std::array<std::uint64_t, 2> unguarded_{};
  std::uint64_t generation_ = 0;
};

// A thread that uses a little cache.
class little_user final {
 public:
  little_user(little_cache& cache, clock& time, std::atomic<std::uint32_t>& streams, defect what, unsigned number,
              std::size_t window)
      : cache_(cache),
        clock_(time),
        streams_(streams),
        what_(what),
        number_(number),
        random_(number + 1),
        log_(1, window) {}

  // Both cameras stream before anybody else is there.
  void begin_all() {
    for (std::uint8_t camera = 0; camera != 2; ++camera) begin(camera);
  }
  void run_window() {
    while (!log_.full()) step();
  }
  [[nodiscard]] history::log& log() { return log_; }

 private:
  struct copy final {
    std::uint64_t version = never;
    std::optional<std::uint64_t> value;
  };

  void step() {
    auto const camera = static_cast<std::uint8_t>(random_.below(2));
    auto const what = random_.below(1000);
    // A defect of one word at a time, or of the copy that a thread keeps, needs no more than reads and writes.
    bool const plain = what_ == defect::racing;
    if (what < 2 && !plain) return begin(camera);
    if (what < 10 && !plain) return erase(camera);
    if (what < 200) return write(camera);
    read(camera);
  }
  void begin(std::uint8_t camera) {
    auto const stream = streams_.fetch_add(1, std::memory_order_relaxed) + 1;
    auto const began = clock_.now();
    auto const generation = cache_.begin(camera, stream, random_);
    log_.add(0, {began, clock_.now(), generation, stream, 0, camera, op::begin});
  }
  void erase(std::uint8_t camera) {
    auto const stream = cache_.stream_of(camera);
    auto const began = clock_.now();
    bool const done = cache_.erase(camera, stream);
    auto const returned = clock_.now();
    if (done) log_.add(0, {began, returned, 0, stream, 0, camera, op::erase});
  }
  void write(std::uint8_t camera) {
    auto const stream = cache_.stream_of(camera);
    auto const value = words{1, camera, stream, ++serial_ << 4 | number_}.value();
    auto const began = clock_.now();
    bool const done = cache_.write(camera, stream, value);
    auto const returned = clock_.now();
    if (done) log_.add(0, {began, returned, value, stream, 0, camera, op::write});
  }
  void read(std::uint8_t camera) {
    event e{clock_.now(), 0, 0, 0, 0, camera, op::read};
    auto const value = look(camera);
    e.returned = clock_.now();
    e.value = value.value_or(0);
    if (!value) e.what = op::miss;
    if (value == torn) e.what = op::torn;
    auto& now = log_.add(0, e);
    bool const both = last_[camera] != nullptr && last_[camera]->what == op::read && now.what == op::read;
    if (what_ == defect::swapped && both && random_.below(50) == 0) std::swap(last_[camera]->value, now.value);
    last_[camera] = &now;
  }
  [[nodiscard]] std::optional<std::uint64_t> look(std::uint8_t camera) {
    auto& kept = copies_[camera];
    if (what_ == defect::stale) {
      if (kept.version != never && random_.below(100) != 0 && kept.value) return kept.value;
      kept.version = cache_.version_of(camera);
    }
    std::array<std::byte, little_cache::frame_size> bytes{};
    kept.value.reset();
    if (cache_.read(camera, bytes, random_)) kept.value = value_of(bytes);
    return kept.value;
  }
  // Frames have one length here.
  static std::uint64_t value_of(std::span<std::byte const> bytes) {
    std::uint64_t value = 0;
    std::memcpy(&value, bytes.data(), sizeof value);
    bool const whole = std::memcmp(bytes.data(), bytes.data() + sizeof value, bytes.size() - sizeof value) == 0;
    return whole ? value : torn;
  }

  static constexpr std::uint64_t torn = ~std::uint64_t{0};

  little_cache& cache_;
  clock& clock_;
  std::atomic<std::uint32_t>& streams_;
  defect what_;
  unsigned number_;
  numbers random_;
  history::log log_;
  std::uint32_t serial_ = 0;
  std::array<copy, 2> copies_{};
  std::array<event*, 2> last_{};
};

// What `threads` threads saw of a cache with that defect, in about as many events.
inline verdict history_of(defect what, std::size_t events, unsigned threads = 4) {
  little_cache cache{what};
  history::clock time;
  std::atomic<std::uint32_t> streams{0};
  std::deque<little_user> users;
  for (unsigned i = 0; i != threads; ++i) users.emplace_back(cache, time, streams, what, i, events / threads);
  users.front().begin_all();
  in_threads(threads, [&](unsigned i) { users[i].run_window(); });
  std::vector<std::span<event const>> logs;
  logs.reserve(threads);
  for (auto& each : users) logs.push_back(each.log().of(0));
  checker of{1, little_cache::form};
  of.window(logs);
  return of.found();
}

}  // namespace testing::history

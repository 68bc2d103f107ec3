// SPDX-License-Identifier: Apache-2.0
//
// What a lookup gives: a move-only owner of one frame, typed by the audience it was found for, or a reason.
#pragma once

#include <framecache/engine/pin.hpp>
#include <framecache/identity/rendition.hpp>
#include <framecache/identity/status.hpp>
#include <framecache/identity/strong_id.hpp>
#include <framecache/version.hpp>

#include <utility>

namespace framecache {
inline namespace v0 {

// A handle has no bytes: they are reached by viewer.read(handle), which checks it (P2). While it lives its frame stays in memory,
// charged and pinned, also when it has been evicted or revoked; then it can no longer be read. Must not outlive the cache.
// One thread at a time; different handles of one frame may be used by different threads.
template <class Audience>
class [[nodiscard]] handle final {
 public:
  using audience_type = Audience;

  // Holds nothing: for a place in an array that find_many fills.
  handle() noexcept = default;
  // Only the engine has a pin that holds something.
  handle(engine::pin held, lookup_status why) noexcept : held_(std::move(held)), why_(why) {}
  handle(handle&& other) noexcept
      : held_(std::move(other.held_)), why_(std::exchange(other.why_, lookup_status::absent)) {}
  handle& operator=(handle&& other) noexcept {
    held_ = std::move(other.held_);
    why_ = std::exchange(other.why_, lookup_status::absent);
    return *this;
  }
  handle(handle const&) = delete;
  handle& operator=(handle const&) = delete;
  ~handle() = default;

  [[nodiscard]] explicit operator bool() const noexcept { return static_cast<bool>(held_); }
  // Returns `hit`, or why there is no frame.
  [[nodiscard]] lookup_status why() const noexcept { return why_; }

  // For viewer.read and viewer.share. A pin yields nothing without the scope it is checked against.
  [[nodiscard]] engine::pin const& held() const noexcept { return held_; }

 private:
  engine::pin held_;
  lookup_status why_ = lookup_status::absent;
};

// What find_many looks for: the words of one lookup.
struct place final {
  constexpr place(device_id of, stream_generation live) noexcept : place(of, live, framecache::rendition::source()) {}
  constexpr place(device_id of, stream_generation live, framecache::rendition which) noexcept
      : device(of), generation(live), rendition(which) {}

  device_id device;
  stream_generation generation;
  framecache::rendition rendition;
};

}  // namespace v0
}  // namespace framecache

// SPDX-License-Identifier: Apache-2.0
//
// What a lookup gives: a move-only owner of one frame, typed by the audience it was found for, or a reason.
#pragma once

#include <framecache/engine/pin.hpp>
#include <framecache/identity/status.hpp>
#include <framecache/version.hpp>

#include <concepts>
#include <type_traits>
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
  // Only the engine has a pin that holds something. `find(why)` makes it where it stays, so that it is sealed once.
  template <class Find>
    requires std::same_as<std::invoke_result_t<Find const&, lookup_status&>, engine::pin>
  explicit handle(Find const& find) noexcept(noexcept(find(why_))) : held_(find(why_)) {}
  explicit handle(lookup_status why) noexcept : why_(why) {}
  handle(handle&& other) noexcept
      : why_(std::exchange(other.why_, lookup_status::absent)), held_(std::move(other.held_)) {}
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
  lookup_status why_ = lookup_status::absent;
  engine::pin held_;
};

}  // namespace v0
}  // namespace framecache

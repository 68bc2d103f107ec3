// SPDX-License-Identifier: Apache-2.0
//
// A frame that is still being written: memory of the cache, received into directly, and committed once.
#pragma once

#include <framecache/engine/store.hpp>
#include <framecache/identity/byte_count.hpp>
#include <framecache/identity/frame_facts.hpp>
#include <framecache/identity/status.hpp>
#include <framecache/stream/seat.hpp>
#include <framecache/version.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>

namespace framecache {
inline namespace v0 {

// Move-only; one thread at a time. Dropping it gives its memory back. Until then its bytes are charged and pinned.
// A false draft has no memory and says why; every call on it is harmless.
class [[nodiscard]] draft final {
 public:
  // Only the engine has memory to give.
  draft(engine::seat& seat, engine::staged memory, commit_status why) noexcept
      : memory_(std::move(memory)), why_(static_cast<std::uint64_t>(why)) {
    if (!memory_) return;
    seat.share();
    seat_ = FRAMECACHE_DETAIL_WORD(seat);
  }
  // No memory, and why.
  explicit draft(commit_status why) noexcept : why_(static_cast<std::uint64_t>(why)) {}
  draft(draft&& other) noexcept { take(other); }
  draft& operator=(draft&& other) noexcept {
    if (this != std::addressof(other)) {
      drop();
      take(other);
    }
    return *this;
  }
  draft(draft const&) = delete;
  draft& operator=(draft const&) = delete;
  ~draft() { drop(); }

  [[nodiscard]] explicit operator bool() const noexcept { return static_cast<bool>(memory_); }
  // Returns `committed` while the draft can be committed, otherwise what stands in the way.
  [[nodiscard]] commit_status why() const noexcept { return static_cast<commit_status>(std::uint64_t{why_}); }

  // Returns the writable bytes that advance() has not passed yet: all of them at first. Zero, except for what this same device
  // left in the memory before (I5).
  [[nodiscard]] std::span<std::byte> bytes() noexcept {
    auto const all = memory_.bytes();
    return all.subspan(std::min(all.size(), static_cast<std::size_t>(advanced_)));
  }
  // Returns what advance() has passed.
  [[nodiscard]] std::span<std::byte const> written() const noexcept {
    auto const all = memory_.bytes();
    return all.first(std::min(all.size(), static_cast<std::size_t>(advanced_)));
  }
  // Records that the next `n` bytes have been written. Returns false, and records nothing, when they would reach beyond what
  // was staged (I3).
  [[nodiscard]] bool advance(byte_count n) noexcept {
    if (n.value() > bytes().size()) return false;
    advanced_ = advanced_ + n.value();
    return true;
  }

  // Publishes the frame: `facts.size` bytes, or what advance() recorded. On too_long and empty the draft is as it was and can be
  // committed again; after any other answer it is spent.
  // Errors: see commit_status. Locks: the tenant's lane. Calls user code: whoever waits for the device's next frame.
  [[nodiscard]] commit_status commit(frame_facts const& facts) && noexcept {
    if (!memory_) return why() == commit_status::committed ? commit_status::spent : why();
    auto const size = facts.size ? facts.size->value() : std::uint64_t{advanced_};
    if (size > memory_.bytes().size()) return commit_status::too_long;
    if (size == 0) return commit_status::empty;
    auto* const by = FRAMECACHE_DETAIL_AT(engine::seat, seat_);
    auto const answer = by->where.publish(by->who, by->as_writer(), std::move(memory_), facts, size);
    forget();
    by->drop();
    return answer;
  }
  // clang-format off: the compiler shows this line, and the advice has to be on it
  commit_status commit(frame_facts const& facts) & = delete;  // a draft is committed once: write std::move(draft).commit(facts)
  // clang-format on

 private:
  void forget() noexcept {
    seat_ = 0;
    advanced_ = 0;
    why_ = static_cast<std::uint64_t>(commit_status::spent);
  }
  void take(draft& other) noexcept {
    memory_ = std::move(other.memory_);
    seat_ = std::uint64_t{other.seat_};
    advanced_ = std::uint64_t{other.advanced_};
    why_ = std::uint64_t{other.why_};
    other.forget();
  }
  void drop() noexcept {
    memory_ = {};
    if (seat_ != 0) FRAMECACHE_DETAIL_AT(engine::seat, seat_)->drop();
    forget();
  }

  engine::staged memory_;
  std::uint64_t seat_ : 64 = 0;
  std::uint64_t advanced_ : 64 = 0;
  std::uint64_t why_ : 64 = 0;
};

}  // namespace v0
}  // namespace framecache

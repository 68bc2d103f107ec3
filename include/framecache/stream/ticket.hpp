// SPDX-License-Identifier: Apache-2.0
//
// The one-shot right to complete one load (I8). A ticket names its whole key and can complete nothing else; using it consumes
// it, into a draft or into an answer. Dropping it gives the load up to whoever waits.
#pragma once

#include <framecache/base/clock.hpp>
#include <framecache/engine/store.hpp>
#include <framecache/identity/byte_count.hpp>
#include <framecache/identity/frame_facts.hpp>
#include <framecache/identity/rendition.hpp>
#include <framecache/identity/status.hpp>
#include <framecache/identity/strong_id.hpp>
#include <framecache/stream/draft.hpp>
#include <framecache/stream/owner.hpp>
#include <framecache/stream/seat.hpp>
#include <framecache/version.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <utility>

namespace framecache {
inline namespace v0 {

// Move-only; one thread at a time, and any thread: a loader may keep it and answer later. Acts under the authority of the
// viewer whose loader was given it, which is checked again when it completes. Must not outlive the cache.
class [[nodiscard]] ticket final {
 public:
  // Only the engine has a seat with a load to lead.
  explicit ticket(std::unique_ptr<engine::seat> seat) noexcept : seat_(FRAMECACHE_DETAIL_WORD(*seat.release())) {}
  ticket(ticket&& other) noexcept : seat_(std::uint64_t{other.seat_}) { other.seat_ = 0; }
  ticket& operator=(ticket&& other) noexcept {
    if (this != std::addressof(other)) {
      drop();
      seat_ = std::uint64_t{other.seat_};
      other.seat_ = 0;
    }
    return *this;
  }
  ticket(ticket const&) = delete;
  ticket& operator=(ticket const&) = delete;
  ~ticket() { drop(); }

  // False once it was used or moved from.
  [[nodiscard]] explicit operator bool() const noexcept { return seat_ != 0; }
  // What it loads. Zero, and the source, for a ticket that is false.
  [[nodiscard]] device_id device() const noexcept {
    return seat_ == 0 ? device_id{std::uint64_t{0}} : FRAMECACHE_DETAIL_AT(engine::seat, seat_)->device;
  }
  [[nodiscard]] stream_generation generation() const noexcept {
    return seat_ == 0 ? stream_generation{std::uint64_t{0}} : FRAMECACHE_DETAIL_AT(engine::seat, seat_)->generation;
  }
  [[nodiscard]] framecache::rendition rendition() const noexcept {
    return seat_ == 0 ? framecache::rendition::source() : FRAMECACHE_DETAIL_AT(engine::seat, seat_)->rendition;
  }
  // By when it should be answered: from then on somebody else may lead, and once somebody does this ticket completes nothing.
  [[nodiscard]] std::chrono::steady_clock::time_point deadline() const noexcept {
    return seat_ == 0 ? std::chrono::steady_clock::time_point{} : FRAMECACHE_DETAIL_AT(engine::seat, seat_)->until;
  }

  // Becomes a draft of `size` bytes, whose commit completes the load. On no_room the ticket is as it was. Errors: draft.why().
  // Locks: the tenant's lane; may evict. Calls user code: a block source.
  [[nodiscard]] draft stage(byte_count size) && noexcept {
    if (seat_ == 0) return draft{commit_status::spent};
    engine::seat& held = *FRAMECACHE_DETAIL_AT(engine::seat, seat_);
    commit_status why{};
    auto memory = held.where.stage(held.who, held.as_writer(), held.rendition, size, why);
    draft made{held, std::move(memory), why};
    if (why != commit_status::no_room) drop();
    return made;
  }
  // Publishes memory that `owner` keeps, without copying it: see stream.adopt. On any answer but `committed` the owner is as
  // it was, and so is the ticket unless its load is over.
  template <class Owner>
  [[nodiscard]] commit_status adopt(Owner&& owner, frame_facts const& facts) && noexcept {
    engine::require_owner<Owner>();
    if (seat_ == 0) return commit_status::spent;
    auto const answer = engine::adopt_for(*FRAMECACHE_DETAIL_AT(engine::seat, seat_), owner, facts, release_in_place{});
    if (!may_try_again(answer)) drop();
    return answer;
  }
  // There is nothing to load, and nobody need ask again for so long: get_or_load of this key answers `absent` until then, or
  // until something is published. Bounded for each tenant by config.negatives_per_tenant. Returns `committed` when that was
  // recorded.
  [[nodiscard]] commit_status absent_for(std::chrono::nanoseconds so_long) && noexcept {
    if (seat_ == 0) return commit_status::spent;
    engine::seat& held = *FRAMECACHE_DETAIL_AT(engine::seat, seat_);
    auto const now = base::steady_now();
    auto const until = so_long < base::steady_time::max() - now ? now + so_long : base::steady_time::max();
    auto const answer = held.where.deny(held.who, held.as_writer(), held.rendition, until);
    drop();
    return answer;
  }
  // clang-format off: the compiler shows these lines, and the advice has to be on them
  draft stage(byte_count size) & = delete;  // a ticket is used once: write std::move(ticket).stage(size)
  template <class Owner>
  commit_status adopt(Owner&& owner, frame_facts const& facts) & = delete;  // a ticket is used once: write std::move(ticket).adopt(std::move(owner), facts)
  commit_status absent_for(std::chrono::nanoseconds so_long) & = delete;  // a ticket is used once: write std::move(ticket).absent_for(1s)
  // clang-format on

 private:
  [[nodiscard]] static bool may_try_again(commit_status answer) noexcept {
    return answer == commit_status::no_room || answer == commit_status::too_long || answer == commit_status::empty ||
           answer == commit_status::unscrubbable;
  }
  void drop() noexcept {
    if (seat_ == 0) return;
    auto* const held = FRAMECACHE_DETAIL_AT(engine::seat, seat_);
    seat_ = 0;
    held->drop();
  }

  std::uint64_t seat_ : 64 = 0;
};

}  // namespace v0
}  // namespace framecache

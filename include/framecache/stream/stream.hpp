// SPDX-License-Identifier: Apache-2.0
//
// One uninterrupted run of a device: a generation, and the way to publish under it. The next begin() of the same device fences
// it off, and everything it still does is answered `superseded` (I6).
#pragma once

#include <framecache/engine/store.hpp>
#include <framecache/identity/byte_count.hpp>
#include <framecache/identity/rendition.hpp>
#include <framecache/identity/status.hpp>
#include <framecache/identity/strong_id.hpp>
#include <framecache/stream/draft.hpp>
#include <framecache/stream/owner.hpp>
#include <framecache/stream/seat.hpp>
#include <framecache/version.hpp>

#include <concepts>
#include <cstdint>
#include <memory>
#include <new>
#include <utility>

namespace framecache {
inline namespace v0 {

// Move-only; assigning the next stream to it ends this one. Several threads may stage and commit under one stream at once. Acts
// under the authority of the publisher it came from and may outlive that object; revoking ends it. Nothing outlives the cache.
class [[nodiscard]] stream final {
 public:
  // A stream that could not begin.
  explicit stream(begin_status why) noexcept : why_(static_cast<std::uint64_t>(why)) {}
  // Only the engine has a seat to give.
  explicit stream(std::unique_ptr<engine::seat> seat, engine::trail const& ahead = {}) noexcept
      : seat_(FRAMECACHE_DETAIL_WORD(*seat.release())),
        why_(static_cast<std::uint64_t>(begin_status::ok)),
        ahead_(ahead) {}
  stream(stream&& other) noexcept { take(other); }
  stream& operator=(stream&& other) noexcept {
    if (this != std::addressof(other)) {
      drop();
      take(other);
    }
    return *this;
  }
  stream(stream const&) = delete;
  stream& operator=(stream const&) = delete;
  ~stream() { drop(); }

  [[nodiscard]] explicit operator bool() const noexcept { return seat_ != 0; }
  [[nodiscard]] begin_status why() const noexcept { return static_cast<begin_status>(std::uint64_t{why_}); }
  // Zero for a false stream: no device and no generation has that number.
  [[nodiscard]] stream_generation generation() const noexcept {
    return seat_ == 0 ? stream_generation{std::uint64_t{0}} : FRAMECACHE_DETAIL_AT(engine::seat, seat_)->generation;
  }
  [[nodiscard]] device_id device() const noexcept {
    return seat_ == 0 ? device_id{std::uint64_t{0}} : FRAMECACHE_DETAIL_AT(engine::seat, seat_)->device;
  }

  // Returns `size` bytes of the cache's memory to receive into. Reserved before use, so that a full cache says no_room here and
  // not in the middle of a frame. Errors: draft.why(). Locks: the tenant's lane; may evict. Calls user code: a block source.
  [[nodiscard]] draft stage(byte_count size) const noexcept { return stage(size, rendition::source()); }
  // The same for a derived picture, which is found under that rendition only and dies with this generation.
  [[nodiscard]] draft stage(byte_count size, rendition which) const noexcept {
    if (seat_ == 0) return draft{unbegun()};
    ahead_.fetch();
    engine::seat& held = *FRAMECACHE_DETAIL_AT(engine::seat, seat_);
    commit_status why{};
    auto memory = held.where.stage(held.who, held.as_writer(ahead_), which, size, why);
    return draft{held, std::move(memory), why};
  }
  // fc::kibibytes{64} and the like.
  template <std::convertible_to<byte_count> Size>
  [[nodiscard]] draft stage(Size size) const noexcept {
    return stage(static_cast<byte_count>(size), rendition::source());
  }
  template <class... Words>
  draft stage(Words const&...) const noexcept {
    static_assert(detail::never<Words...>,
                  "framecache[P29]: stage() takes a byte_count and, for a derived picture, a rendition; write "
                  "stream.stage(fc::byte_count{size})");
    return draft{commit_status::refused};
  }

  // Publishes memory that `owner` keeps, without copying it. The owner is moved from only when the answer is `committed`; then
  // it is destroyed at the last release, by `executor` if one is given, with no lock held.
  // Requires: `owner` satisfies frame_owner. Errors: see commit_status.
  template <class Owner>
  [[nodiscard]] commit_status adopt(Owner&& owner, frame_facts const& facts) const noexcept {
    return adopt(std::forward<Owner>(owner), facts, release_in_place{});
  }
  template <class Owner, class Executor>
  [[nodiscard]] commit_status adopt(Owner&& owner, frame_facts const& facts, Executor executor) const noexcept {
    engine::require_owner<Owner>();
    if (seat_ == 0) return unbegun();
    return engine::adopt_for(*FRAMECACHE_DETAIL_AT(engine::seat, seat_), owner, facts, std::move(executor));
  }

  // Takes every frame that this stream has published out of reach, renditions included, and wipes it; the stream goes on. A
  // load that was begun before publishes nothing. Returns how many bytes were wiped and how many are still held: those are
  // wiped at their last release. `refused` when the stream may not publish any more. Locks: the tenant's lane.
  [[nodiscard]] revocation erase() const noexcept {
    if (seat_ == 0) return {};
    engine::seat& held = *FRAMECACHE_DETAIL_AT(engine::seat, seat_);
    return held.where.erase(held.who, held.as_writer());
  }

 private:
  // What a commit would say of a stream that never began, or was moved from.
  [[nodiscard]] commit_status unbegun() const noexcept {
    switch (why()) {
      case begin_status::ok: return commit_status::spent;
      case begin_status::suspended: return commit_status::suspended;
      case begin_status::no_room: return commit_status::no_room;
      case begin_status::unknown: return commit_status::retired;
      case begin_status::refused:
      case begin_status::unlisted:
      case begin_status::conflict: break;
    }
    return commit_status::refused;
  }
  void take(stream& other) noexcept {
    seat_ = std::uint64_t{other.seat_};
    why_ = std::uint64_t{other.why_};
    ahead_ = other.ahead_;
    other.seat_ = 0;
  }
  void drop() noexcept {
    if (seat_ == 0) return;
    engine::seat& held = *FRAMECACHE_DETAIL_AT(engine::seat, seat_);
    held.where.end(held.who, held.device, held.generation);
    held.drop();
    seat_ = 0;
  }

  std::uint64_t seat_ : 64 = 0;
  std::uint64_t why_ : 64 = 0;
  // No word of power, and so no bit-field: whatever it says is fetched from memory and never looked at.
  mutable engine::trail ahead_;
};

}  // namespace v0
}  // namespace framecache

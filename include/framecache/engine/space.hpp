// SPDX-License-Identifier: Apache-2.0
//
// How space is made, by isolation: what is charged, who pays when the bound is reached, which frame leaves.
//
// What is free already goes first: chunks and blocks nobody uses, memory that rooms keep for their devices. Then frames leave, one at a
// time or in a large cache a few, until what was asked for fits.
#pragma once

#include <framecache/base/prefetch.hpp>
#include <framecache/engine/house.hpp>
#include <framecache/engine/reclaim.hpp>
#include <framecache/version.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>

namespace framecache {
inline namespace v0 {
namespace engine {

// Written under the lane's lock, so that no addition is lost; others read them at any time.
inline void house::charge_frame(room& r, device_state& d, std::uint64_t bytes) noexcept {
  auto const before = r.charged.load(std::memory_order_relaxed);
  r.charged.store(before + bytes, std::memory_order_relaxed);
  if (before == 0) rooms_with_frames_.fetch_add(1, std::memory_order_relaxed);
  d.charged += bytes;
}
inline void house::credit_frame(room& r, device_state* d, std::uint64_t bytes) noexcept {
  auto const after = r.charged.load(std::memory_order_relaxed) - bytes;
  r.charged.store(after, std::memory_order_relaxed);
  if (after == 0 && bytes != 0) rooms_with_frames_.fetch_sub(1, std::memory_order_relaxed);
  if (d != nullptr) d->charged -= bytes;
}

// How much may leave at once beyond the first frame: a small part of the cache, so that what leaves early is never missed. What each
// frame that leaves waits for, line after line, is then under way for a few of them together.
inline std::uint64_t house::early_part() const noexcept { return main_.account.limit() / 4096; }
// How many frames of `bytes` these are, at least one.
inline std::size_t house::at_once(std::uint64_t bytes) const noexcept {
  return bytes == 0 ? 1 : static_cast<std::size_t>(std::clamp<std::uint64_t>(early_part() / bytes, 1, most_at_once));
}

// Evicts the frame of a lane that leaves next, and so on, up to `most` or until early_part() is free; none that would leave its tenant
// less than `keep`. Returns the bytes that left. Their memory stays with its room only if that is who asks.
inline std::uint64_t house::evict_oldest(lane& l, room const* for_whom, std::uint64_t keep, std::size_t most) noexcept {
  graveyard dead;
  std::array<room*, most_at_once> whose;
  std::size_t gone = 0;
  std::uint64_t left = 0;
  {
    base::mutex_lock const lock(l.lock);
    while (gone != most && (gone == 0 || left < early_part())) {
      entry* const e = l.order.victim(l.clock.tick());
      if (e == nullptr) break;
      prefetch_ties(*e);
      room& r = *e->home.load(std::memory_order_relaxed);
      r.place.lock.assert_held();
      auto const bytes = e->charge();
      if (r.charged.load(std::memory_order_relaxed) < keep + bytes) break;
      ++r.counters.evictions;
      l.order.evicted(*e, [this](entry const& each) { return hash_of(each.key()); });
      unlink(*e, dead, std::addressof(r) == for_whom);
      whose[gone++] = std::addressof(r);
      left += bytes;
    }
  }
  bury(dead);
  // With somebody peeking somewhere they went to limbo: out of there at once, for their memory is wanted.
  for (std::size_t i = 0; i != gone; ++i) {
    if (i == 0 || whose[i] != whose[i - 1]) static_cast<void>(reap(*whose[i], whose[i] == for_whom));
  }
  return left;
}

// Of those that were used alike, as all are that nobody used where an order counts no time, the one that was committed first. Of a device
// the newest is asked about first, and of two of one moment the last that is asked about leaves.
inline bool house::was_used_before(entry const& e, entry const& other) noexcept {
  auto const stamp = e.stamp.load(std::memory_order_relaxed);
  auto const others = other.stamp.load(std::memory_order_relaxed);
  return stamp != others ? stamp < others : e.committed_at <= other.committed_at;
}

// Evicts the least recently used frame of a room for which `which(frame)` holds.
template <class Which>
bool house::evict_where(room& r, Which const& which) noexcept {
  graveyard dead;
  {
    base::mutex_lock const lock(r.place.lock);
    entry* oldest = nullptr;
    for (device_state const* d = r.devices; d != nullptr; d = d->next) {
      for (entry* e = d->first; e != nullptr; e = e->next) {
        if (is_pinned(*e) || !which(*e)) continue;
        if (oldest == nullptr || was_used_before(*e, *oldest)) oldest = e;
      }
    }
    if (oldest == nullptr) return false;
    ++r.counters.evictions;
    r.place.order.evicted(*oldest, [this](entry const& gone) { return hash_of(gone.key()); });
    unlink(*oldest, dead);
  }
  bury(dead);
  static_cast<void>(reap(r));
  return true;
}
inline bool house::evict_own(room& r) noexcept {
  if (!shared_lane_) return evict_oldest(r.place, std::addressof(r)) != 0;
  return evict_where(r, [](entry const&) { return true; });
}

// What fair isolation leaves a tenant whatever the others do: its floor, or an equal share among those that hold something.
inline std::uint64_t house::share_of(room const& r) const noexcept {
  auto const floor = r.floor.load(std::memory_order_relaxed);
  if (floor != room::no_floor) return floor;
  auto const sharers = rooms_with_frames_.load(std::memory_order_relaxed);
  auto const all = sharers + (r.charged.load(std::memory_order_relaxed) == 0 ? 1 : 0);
  return main_.account.limit() / std::max<std::uint64_t>(all, 1);
}

// Whether somebody who would then hold `wants` may cost `from` a frame: from above its share if the other stays within its own;
// and where shares are too small for a frame each, from whoever has no less than the other would have.
inline bool house::may_take_from(room const& from, std::uint64_t wants, bool within_share) const noexcept {
  auto const has = from.charged.load(std::memory_order_relaxed);
  if (within_share && has > share_of(from)) return true;
  // With stated floors everybody has one; beyond it each pays for itself.
  return from.floor.load(std::memory_order_relaxed) == room::no_floor && has >= wants;
}

// Calls `f(room)` for `most` rooms, or all, going round; until it says that it is done. Returns whether it said so. Takes no lock, for
// everybody who evicts comes by here: of two who do at once each asks others first.
template <class F>
bool house::any_room(std::size_t most, F const& f) noexcept {
  std::array<room*, 8> some;
  auto const end = directory_.end();
  std::size_t asked = 0;
  std::uint64_t slot = 0;
  for (std::uint64_t passed = 0; passed < end && asked < most;) {
    auto const count = std::min<std::uint64_t>(some.size(), end - passed);
    // Where it began it goes on, wherever others move the hand meanwhile: a walk of all comes by all.
    auto const hand = hand_.fetch_add(count, std::memory_order_relaxed);
    if (passed == 0) slot = hand % end;
    for (std::size_t i = 0; i != count; ++i) {
      some[i] = directory_.find(slot);
      slot = slot + 1 == end ? 0 : slot + 1;
      if (some[i] == nullptr) continue;
      __builtin_prefetch(std::addressof(some[i]->charged));
      // Of the first ones also what they are asked next: the lock, and the beginning of the order.
      if (i < 2) base::prefetch<192>(std::addressof(some[i]->own_lane));
    }
    for (std::size_t i = 0; i != count; ++i) {
      if (some[i] == nullptr) continue;
      if (f(*some[i])) {
        // The next who asks goes on behind the one that was enough.
        hand_.fetch_sub(count - 1 - i, std::memory_order_relaxed);
        return true;
      }
      if (++asked == most) {
        hand_.fetch_sub(count - 1 - i, std::memory_order_relaxed);
        break;
      }
    }
    passed += count;
  }
  return false;
}

// Begins to load what evict_oldest() will look at of each of these rooms: the frame that comes up first, and then what it is taken
// out of. Nobody's lock is held while another's is taken.
inline void house::prefetch_victims(std::span<room* const> of) noexcept {
  if (settings_.evict != policy::eviction::lru) return;  // of the other orders that cannot be told
  for (room* const each : of) {
    room& r = *each;
    base::mutex_lock const lock(r.place.lock);
    if (entry const* const e = r.place.order.top()) base::prefetch<entry_bytes>(e);
  }
  for (room* const each : of) {
    room& r = *each;
    base::mutex_lock const lock(r.place.lock);
    if (entry const* const e = r.place.order.top()) prefetch_ties(*e);
  }
}
// What a frame is taken out of, each a miss among many cameras. Requires: the lock of its lane.
[[gnu::always_inline]] inline void house::prefetch_ties(entry const& e) const noexcept {
  devices_.prefetch(e.device.load(std::memory_order_relaxed));
  base::prefetch<record_head>(e.owner);
}

// Evicts a frame of each of the next tenants, going round, that may lose one: of one, or in a large cache of a few; or frees what one
// has no use for. Asks all, or the next `most`. `except`: who asks; or nobody in particular, for `bytes`.
inline bool house::evict_borrower(room const* except, std::uint64_t bytes, std::size_t most) noexcept {
  auto const wants = bytes + (except == nullptr ? 0 : except->charged.load(std::memory_order_relaxed));
  bool const within = except == nullptr || wants <= share_of(*except);
  auto const enough = at_once(bytes);
  std::array<room*, most_at_once> payers;
  std::size_t count = 0;
  // Of those that were found to have enough, whoever still has it. Returns whether anything left.
  auto const pay = [&] {
    if (count > 1) prefetch_victims({payers.data(), count});
    std::uint64_t left = 0;
    for (std::size_t i = 0; i != count && (left == 0 || left < early_part()); ++i) {
      if (!may_take_from(*payers[i], wants, within)) continue;
      auto const floor = payers[i]->floor.load(std::memory_order_relaxed);
      left += evict_oldest(payers[i]->place, except, floor == room::no_floor ? 0 : floor);
    }
    count = 0;
    return left != 0;
  };
  bool const done = any_room(most, [&](room& candidate) {
    if (std::addressof(candidate) == except) return false;
    // What is free there already goes first; and what nobody has any more does not count toward its floor.
    if (reap(candidate, false) || release_spare(candidate)) return true;
    if (!may_take_from(candidate, wants, within)) return false;
    payers[count++] = std::addressof(candidate);
    return count == enough && pay();
  });
  return done || pay();
}

// Moves frames out of a nearly empty chunk of the slab until it can go back. Frames leave in the order of their use, which is not
// that of their addresses: without this a cache full of frames of one size would have to evict most of them before another size, a
// table or a device fits. Returns whether a chunk went back. Requires: no lock held.
inline bool house::compact(purse& p) noexcept {
  memory::slab::drain d;
  if (!p.small.begin_drain(d)) return false;
  for (std::size_t i = 0; i != d.count; ++i) move_away(*base::object_in_zeroed_pages<entry>(d.blocks[i]));
  return p.small.end_drain(d);
}

// Gives back one block that a room keeps for its devices.
inline bool house::release_spare(room& r) noexcept {
  if (r.spare_bytes.load(std::memory_order_relaxed) == 0) return false;
  base::mutex_lock const lock(r.place.lock);
  while (r.keepers != nullptr) {
    if (free_spare_of(r, *r.keepers)) return true;
    remove_keeper(r, *r.keepers);
  }
  return false;
}
// Frees what one of the next `most` rooms has no use for.
inline bool house::free_unused_of_any(std::size_t most) noexcept {
  return any_room(most, [this](room& r) { return reap(r, false) || release_spare(r); });
}

// Frees something, so that `bytes` more may fit for `r`. Returns false when nothing may go.
inline bool house::make_space(room& r, std::uint64_t bytes) noexcept {
  // With thousands of tenants not all are asked each time: those that come later are asked next time.
  constexpr std::size_t neighbours = 32;
  bool const fair = settings_.isolate == policy::isolation::fair;
  if (reap(r) || release_spare(r) || r.money.small.shrink() || r.money.blocks.shrink() || compact(r.money)) return true;
  if (fair && evict_borrower(std::addressof(r), bytes, neighbours)) return true;
  if (shared_lane_ && free_unused_of_any(neighbours)) return true;
  if (evict_oldest(r.place, std::addressof(r), 0, shared_lane_ ? at_once(bytes) : 1) != 0) return true;
  if (fair) return evict_borrower(std::addressof(r), bytes, everybody);
  return shared_lane_ && free_unused_of_any(everybody);
}

// Charges bookkeeping of a room.
inline bool house::charge(room& r, std::uint64_t bytes) noexcept {
  while (!r.money.account.try_charge(bytes)) {
    if (!make_space(r, bytes)) return false;
  }
  return true;
}

// Charges what belongs to no room yet. Only fair and shared isolation let it cost somebody a frame.
inline bool house::charge_main(std::uint64_t bytes) noexcept {
  while (!main_.account.try_charge(bytes)) {
    if (main_.small.shrink() || main_.blocks.shrink() || compact(main_)) continue;
    if (settings_.isolate == policy::isolation::strict) return false;
    bool const freed = shared_lane_ ? free_unused_of_any(everybody) || evict_oldest(*shared_lane_, nullptr) != 0
                                    : evict_borrower(nullptr, bytes, everybody);
    if (!freed) return false;
  }
  return true;
}

inline void house::make_headroom() noexcept {
  if (main_.account.left() >= detail::headroom) return;
  if (charge_main(detail::headroom)) main_.account.credit(detail::headroom);
}

// What frames could have at most: the bound less what is not frames, free blocks or reserved for them. Exact when nobody else is
// at work; otherwise near enough to tell what could never fit.
inline std::uint64_t house::most_evictable(room& r) noexcept {
  auto movable = r.money.blocks.free_bytes();
  if (std::addressof(r.money) != std::addressof(main_)) {
    movable += r.charged.load(std::memory_order_relaxed) + r.spare_bytes.load(std::memory_order_relaxed);
  } else {
    for (std::size_t i = 0; room const* const each = room_at(i); ++i) {
      movable += each->charged.load(std::memory_order_relaxed) + each->spare_bytes.load(std::memory_order_relaxed);
    }
  }
  auto const used = r.money.account.used();
  auto const limit = r.money.account.limit();
  return limit - std::min(limit, used > movable ? used - movable : 0);
}

// What stands in the way of `bytes` more for a device: its own cap, its tenant's, or that they are more than either.
inline house::lack house::lacks(room& r, device_state const& d, std::uint64_t bytes) noexcept {
  budget const bounds = r.bounds;
  if (bounds.device_cap && bytes > bounds.device_cap->value()) return lack::for_ever;
  if (bounds.cap && bytes > bounds.cap->value()) return lack::for_ever;
  if (bounds.device_cap && d.charged + bytes > bounds.device_cap->value()) return lack::of_device;
  if (bounds.cap && r.charged.load(std::memory_order_relaxed) + bytes > bounds.cap->value()) return lack::of_tenant;
  return lack::none;
}
// Frees something of what lacks. `none`: memory itself.
inline bool house::make_up_for(room& r, lack what, device_id device, std::uint64_t bytes) noexcept {
  switch (what) {
    case lack::none: return make_space(r, bytes);
    // What waits for a look at the guards is charged until then.
    case lack::of_tenant: return reap(r) || evict_own(r);
    case lack::of_device:
      return reap(r) ||
             evict_where(r, [&](entry const& e) { return e.device.load(std::memory_order_relaxed) == device.value(); });
    case lack::for_ever: break;
  }
  return false;
}

}  // namespace engine
}  // namespace v0
}  // namespace framecache

// SPDX-License-Identifier: Apache-2.0
//
// How frames leave: unlinked under the lane's lock, wiped and freed outside it; and how space is made, by isolation.
//
// A frame whose tenant's epoch has passed, or whose device was retired, is dead: it is wiped when it is freed, and its bytes are
// counted apart until then, so that drain() can wait for them. Being dead is read off the room and stored nowhere else.
#pragma once

#include <framecache/engine/house.hpp>
#include <framecache/version.hpp>

#include <cstdint>
#include <memory>
#include <optional>

namespace framecache {
inline namespace v0 {
namespace engine {

// The device that a frame belongs to, or nullptr if the frame is dead.
inline device_state* house::owner_of(room& r, core::key const& k) noexcept {
  if (k.label_word() != r.label) return nullptr;
  auto const found = r.devices.find(k.device().value());
  return found == r.devices.end() ? nullptr : found->second.get();
}

inline void house::count_pin(room& r, frame& f) noexcept {
  ++r.handles;
  if (f.pins++ != 0) return;
  if (auto* const d = owner_of(r, f.key)) {
    r.pinned += f.charge;
    d->pinned += f.charge;
  } else {
    r.dead_pinned += f.charge;
  }
}
// The last pin of `bytes` under this key is gone.
inline void house::uncount_pin(room& r, core::key const& k, std::uint64_t bytes) noexcept {
  if (auto* const d = owner_of(r, k)) {
    r.pinned -= bytes;
    d->pinned -= bytes;
  } else {
    r.dead_pinned -= bytes;
    r.released.notify_all();
  }
}

// Takes the frame out of everything a lookup goes through. The grave holds it like any other pin.
inline void house::unlink(frame& f, graveyard& dead) noexcept {
  room& r = f.home;
  r.place.lock.assert_held();
  device_state& d = *f.device;
  auto const* const self = std::addressof(f);
  r.index.erase(f.key);
  r.place.order.remove(f);
  (f.previous_of_device != nullptr ? f.previous_of_device->next_of_device : d.first) = f.next_of_device;
  if (f.next_of_device != nullptr) f.next_of_device->previous_of_device = f.previous_of_device;
  if (d.newest == self) d.newest = nullptr;
  if (d.before == self) d.before = nullptr;
  f.device = nullptr;
  f.linked = false;
  if (f.pins != 0) return;
  count_pin(r, f);
  dead.add(f);
}
inline void house::unlink_all(device_state& d, graveyard& dead) noexcept {
  while (d.first != nullptr) unlink(*d.first, dead);
}
inline void house::bury(graveyard& dead) noexcept {
  while (frame* const f = dead.take()) unpin(*f);
}

// Frees a frame that nobody can reach. Calls user code (foreign memory): no lock may be held.
inline void house::destroy(frame& f, bool wipe_now) noexcept {
  room& r = f.home;
  if (!f.block) {
    auto const cost = f.charge;
    delete std::addressof(f);
    r.money.account.credit(cost);
    return;
  }
  auto block = f.block;
  auto const written = frame_header + f.staged + padding;
  if (block.dirty < written) block.dirty = static_cast<std::size_t>(written);
  memory::owner_tag const tag{f.key.label_word(), f.key.device().value()};
  f.~frame();
  r.money.blocks.give(block, tag, wipe_now || settings_.scrub_on_release);
}

inline void house::unpin(frame& held) noexcept {
  room& r = held.home;
  auto const k = held.key;
  auto const cost = held.charge;
  bool dead = false;
  bool wiped = false;
  {
    base::mutex_lock const lock(r.place.lock);
    if (held.linked || held.pins > 1) {
      if (--held.pins == 0) uncount_pin(r, k, cost);
      if (--r.handles == 0) r.released.notify_all();
      return;
    }
    dead = owner_of(r, k) == nullptr;
    wiped = dead || held.erased;
  }
  // The last one: nobody else can reach it. It is wiped before it is counted as released, so that drain() promises what it says.
  destroy(held, wiped);
  bool died_meanwhile = false;
  {
    base::mutex_lock const lock(r.place.lock);
    died_meanwhile = !dead && owner_of(r, k) == nullptr;
    if (!died_meanwhile) {
      settle(r, k, cost);
      return;
    }
  }
  // Revoked or retired between the two looks: whoever did that may have swept the free blocks before this one lay there.
  r.money.blocks.purge(k.label_word(), k.device().value());
  base::mutex_lock const lock(r.place.lock);
  settle(r, k, cost);
}

// The last pin was let go of and the frame is gone.
inline void house::settle(room& r, core::key const& k, std::uint64_t cost) noexcept {
  uncount_pin(r, k, cost);
  credit_room(r, cost);
  if (auto* const d = owner_of(r, k)) d->charged -= cost;
  if (--r.handles == 0) r.released.notify_all();
}

inline void house::repin(frame& held) noexcept {
  base::mutex_lock const lock(held.home.place.lock);
  count_pin(held.home, held);
}

inline void house::charge_room(room& r, std::uint64_t bytes) noexcept {
  r.money.frames.fetch_add(bytes, std::memory_order_relaxed);
  if (r.charged.fetch_add(bytes, std::memory_order_relaxed) == 0) {
    rooms_with_frames_.fetch_add(1, std::memory_order_relaxed);
  }
}
inline void house::credit_room(room& r, std::uint64_t bytes) noexcept {
  r.money.frames.fetch_sub(bytes, std::memory_order_relaxed);
  if (r.charged.fetch_sub(bytes, std::memory_order_relaxed) == bytes) {
    rooms_with_frames_.fetch_sub(1, std::memory_order_relaxed);
  }
}

// Evicts the least recently used frame of a lane, unless that would leave its tenant less than `keep`. A pinned one is in use
// now: it becomes the newest and is passed over.
inline bool house::evict_oldest(lane& l, std::uint64_t keep) noexcept {
  graveyard dead;
  bool found = false;
  {
    base::mutex_lock const lock(l.lock);
    for (auto left = l.order.count(); left != 0 && !found; --left) {
      frame& f = *l.order.oldest();
      if (f.pins != 0) {
        l.order.touch(f);
        continue;
      }
      if (f.home.charged.load(std::memory_order_relaxed) < keep + f.charge) break;
      f.home.place.lock.assert_held();
      ++f.home.counters.evictions;
      unlink(f, dead);
      found = true;
    }
  }
  bury(dead);
  return found;
}

// Evicts the least recently used frame of a room for which `which(frame)` holds.
template <class Which>
bool house::evict_where(room& r, Which const& which) noexcept {
  graveyard dead;
  bool found = false;
  {
    base::mutex_lock const lock(r.place.lock);
    for (frame* f = r.place.order.oldest(); f != nullptr && !found; f = f->newer) {
      if (std::addressof(f->home) != std::addressof(r) || f->pins != 0 || !which(*f)) continue;
      ++r.counters.evictions;
      unlink(*f, dead);
      found = true;
      break;
    }
  }
  bury(dead);
  return found;
}
inline bool house::evict_own(room& r) noexcept {
  if (!shared_lane_) return evict_oldest(r.place);
  return evict_where(r, [](frame const&) { return true; });
}

// What fair isolation leaves a tenant whatever the others do: its floor, or an equal share among those that hold something.
inline std::uint64_t house::share_of(room const& r) const noexcept {
  auto const floor = r.floor.load(std::memory_order_relaxed);
  if (floor != room::no_floor) return floor;
  auto const sharers = rooms_with_frames_.load(std::memory_order_relaxed);
  return config_.capacity.value() / (sharers + (r.charged.load(std::memory_order_relaxed) == 0 ? 1 : 0));
}

// Whether somebody who would then hold `wants` may cost `from` a frame: from above its share if the other stays within its own;
// and where shares are too small for a frame each, from whoever has no less than the other would have.
inline bool house::may_take_from(room const& from, std::uint64_t wants, bool within_share) const noexcept {
  auto const has = from.charged.load(std::memory_order_relaxed);
  if (within_share && has > share_of(from)) return true;
  // With stated floors everybody has one; beyond it each pays for itself.
  return from.floor.load(std::memory_order_relaxed) == room::no_floor && has >= wants;
}

// Evicts one frame of the next tenant, going round, that may lose one. `except`: who asks, with what it wants reserved already; or
// nobody in particular, for `bytes`.
inline bool house::evict_borrower(room const* except, std::uint64_t bytes) noexcept {
  auto const wants = except == nullptr ? bytes : except->charged.load(std::memory_order_relaxed);
  bool const within = except == nullptr || wants <= share_of(*except);
  std::size_t count = 0;
  {
    base::mutex_lock const lock(rooms_lock_);
    count = rooms_.size();
  }
  for (std::size_t tried = 0; tried != count; ++tried) {
    room* candidate = nullptr;
    {
      base::mutex_lock const lock(rooms_lock_);
      hand_ = (hand_ + 1) % rooms_.size();
      candidate = rooms_[hand_].at.get();
    }
    if (candidate == except || !may_take_from(*candidate, wants, within)) continue;
    auto const floor = candidate->floor.load(std::memory_order_relaxed);
    if (evict_oldest(candidate->place, floor == room::no_floor ? 0 : floor)) return true;
  }
  return false;
}

// Evicts one frame so that `bytes` more may fit for `r`. Returns false when nothing may go.
inline bool house::make_space(room& r, std::uint64_t bytes) noexcept {
  if (settings_.isolate == policy::isolation::fair && evict_borrower(std::addressof(r), bytes)) return true;
  return evict_oldest(r.place);
}

// Charges bookkeeping of a room.
inline bool house::charge(room& r, std::uint64_t bytes) noexcept {
  while (!r.money.account.try_charge(bytes)) {
    if (!r.money.blocks.shrink() && !make_space(r, bytes)) return false;
  }
  return true;
}

// Charges what belongs to no room yet. Only fair and shared isolation let it cost somebody a frame.
inline bool house::charge_main(std::uint64_t bytes) noexcept {
  while (!main_.account.try_charge(bytes)) {
    if (main_.blocks.shrink()) continue;
    if (settings_.isolate == policy::isolation::strict) return false;
    if (shared_lane_ ? !evict_oldest(*shared_lane_) : !evict_borrower(nullptr, bytes)) return false;
  }
  return true;
}

inline void house::make_headroom() noexcept {
  if (main_.account.limit() - main_.account.used() >= detail::headroom) return;
  if (charge_main(detail::headroom)) main_.account.credit(detail::headroom);
}

// What frames could have at most: the bound less what is not frames, free blocks or reserved for them. Exact when nobody else is
// at work; otherwise near enough to tell what could never fit.
inline std::uint64_t house::most_evictable(room& r) noexcept {
  auto const movable = r.money.frames.load(std::memory_order_relaxed) + r.money.blocks.free_bytes();
  auto const used = r.money.account.used();
  return r.money.account.limit() - (used > movable ? used - movable : 0);
}

// Reserves `bytes` within the tenant's and the device's cap, evicting their own frames for it. The caps are kept here, under the
// lane's lock, for drafts and held frames alike. What could never fit is refused before anything is evicted.
inline commit_status house::reserve(core::scope const& who, room& r, core::key const& k, std::uint64_t lead,
                                    std::uint64_t bytes) noexcept {
  if (bytes == 0 || bytes > most_evictable(r)) return commit_status::no_room;
  for (;;) {
    bool device_full = false;
    {
      base::mutex_lock const lock(r.place.lock);
      device_state* d = nullptr;
      auto const why = may_publish(who, r, k, lead, d);
      if (why != commit_status::committed) return why;
      budget const bounds = r.bounds;
      if (bounds.device_cap && bytes > bounds.device_cap->value()) return commit_status::no_room;
      if (bounds.cap && bytes > bounds.cap->value()) return commit_status::no_room;
      device_full = bounds.device_cap && d->charged + bytes > bounds.device_cap->value();
      bool const full = bounds.cap && r.charged.load(std::memory_order_relaxed) + bytes > bounds.cap->value();
      if (!device_full && !full) {
        charge_room(r, bytes);
        d->charged += bytes;
        return commit_status::committed;
      }
    }
    bool const evicted =
        device_full ? evict_where(r, [&](frame const& f) { return f.key.device().value() == k.device().value(); })
                    : evict_own(r);
    if (!evicted) return commit_status::no_room;
  }
}
inline void house::unreserve(room& r, core::key const& k, std::uint64_t bytes) noexcept {
  base::mutex_lock const lock(r.place.lock);
  credit_room(r, bytes);
  if (auto* const d = owner_of(r, k)) d->charged -= bytes;
}

// Takes a device out of a room: nothing of it is found any more, and what nobody holds is wiped. Returns the bytes that were
// wiped; `pinned` gets those that are still under a handle or a draft.
inline std::uint64_t house::drop_device(room& r, device_id device, std::uint64_t& pinned) noexcept {
  graveyard dead;
  std::unique_ptr<device_state> gone;
  std::uint64_t label = 0;
  std::uint64_t wiped = 0;
  pinned = 0;
  {
    base::mutex_lock const lock(r.place.lock);
    auto const found = r.devices.find(device.value());
    if (found == r.devices.end()) return 0;
    label = r.label;
    pinned = found->second->pinned;
    for (frame const* f = found->second->first; f != nullptr; f = f->next_of_device)
      wiped += f->pins == 0 ? f->charge : 0;
    unlink_all(*found->second, dead);
    r.pinned -= found->second->pinned;
    r.dead_pinned += found->second->pinned;
    gone = std::move(found->second);
    r.devices.erase(found);
  }
  r.money.account.credit(device_charge);
  bury(dead);
  wiped += r.money.blocks.purge(label, device.value());
  fire_all(gone->waiters);
  land(r, gone->loads);
  base::mutex_lock const lock(r.place.lock);
  r.counters.wiped += wiped;
  return wiped;
}

// Carries out what another cache of the same registry was told: devices that were retired there are dropped here. Costs one load
// and one compare while nothing was.
inline void house::catch_up(core::scope const& who, room& r) noexcept {
  auto const now = who.retirements();
  if (r.retirements.load(std::memory_order_relaxed) == now) return;
  for (bool more = true; more;) {
    std::optional<device_id> lost;
    {
      base::mutex_lock const lock(r.place.lock);
      if (r.label != who.label()) return;
      for (auto const& [id, d] : r.devices) {
        if (!who.owns(d->id)) lost = d->id;
      }
    }
    more = lost.has_value();
    std::uint64_t pinned = 0;
    if (lost) drop_device(r, *lost, pinned);
  }
  r.retirements.store(now, std::memory_order_relaxed);
}

// Begins a new epoch of a room: everything of the old one is unlinked under the lock and wiped outside it (I7).
inline revocation house::sweep(room& r, std::uint64_t label) noexcept {
  graveyard dead;
  room::device_table gone;
  std::uint64_t old = 0;
  std::uint64_t freed = 0;
  {
    base::mutex_lock const lock(r.place.lock);
    if (label <= r.label)
      return {order_status::done, 0, r.dead_pinned};  // swept already, by somebody who saw a newer one
    old = r.label;
    for (auto& [id, d] : r.devices) {
      for (frame const* f = d->first; f != nullptr; f = f->next_of_device) freed += f->pins == 0 ? f->charge : 0;
      unlink_all(*d, dead);
    }
    gone.swap(r.devices);
    r.dead_pinned += r.pinned;
    r.pinned = 0;
    r.label = label;
  }
  r.money.account.credit(gone.size() * device_charge);
  bury(dead);
  auto const wiped = freed + r.money.blocks.purge(old, std::nullopt);
  for (auto const& [id, d] : gone) {
    fire_all(d->waiters);
    land(r, d->loads);
  }
  base::mutex_lock const lock(r.place.lock);
  r.counters.wiped += wiped;
  return {order_status::done, wiped, r.dead_pinned};
}

}  // namespace engine
}  // namespace v0
}  // namespace framecache

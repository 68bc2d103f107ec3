// SPDX-License-Identifier: Apache-2.0
//
// Orders of stewards and admins: revoke, retire, suspend, budgets, counts, waiting for what is still pinned. None of them yields
// a frame. The registry decides who may order what; the store carries out what concerns frames.
//
// An order goes through one cache. Other caches of the same registry see the turned switch at once, on their next look at it;
// what they hold of a revoked tenant can be reached by nobody, and is swept when that tenant's room there is next used.
#pragma once

#include <framecache/engine/house.hpp>
#include <framecache/engine/lookup.hpp>
#include <framecache/engine/publish.hpp>
#include <framecache/engine/reclaim.hpp>
#include <framecache/engine/space.hpp>
#include <framecache/version.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

namespace framecache {
inline namespace v0 {
namespace engine {

inline room* house::room_at(std::size_t i) noexcept {
  base::mutex_lock const lock(rooms_lock_);
  return i < rooms_.size() ? rooms_[i].at.get() : nullptr;
}

// The room of a tenant that an admin names, or of a steward's own.
inline room* house::room_for_order(core::scope const& by, tenant_id tenant) noexcept {
  if (by.commands(role::steward)) return by.is_of(tenant) ? room_of(by) : nullptr;
  auto const slot = registry_.slot_of(by, tenant);
  return slot ? directory_.find(*slot) : nullptr;
}

// Whoever waits for a frame is told to look again: a switch has turned. Each device once a round, so that a callback that waits
// anew is not called again by the same turn.
inline void house::wake(room& r) noexcept {
  std::uint64_t round = 0;
  {
    base::mutex_lock const lock(r.place.lock);
    round = ++r.wake_round;
  }
  for (bool more = true; more;) {
    waiter_list woken;
    more = false;
    {
      base::mutex_lock const lock(r.place.lock);
      for (device_state* d = r.devices; d != nullptr; d = d->next) {
        // Whoever waits for a load looks again too; the load itself goes on, and is checked when it completes.
        flight* f = d->loads.first();
        while (f != nullptr && f->woken >= round) f = f->next.get();
        if (f == nullptr && d->woken >= round) continue;
        (f != nullptr ? f->woken : d->woken) = round;
        woken.swap(f != nullptr ? f->waiters : d->waiters);
        more = true;
        break;
      }
    }
    fire_all(woken);
  }
}
inline void house::wake_all() noexcept {
  for (std::size_t i = 0; room* const r = room_at(i); ++i) wake(*r);
}

inline revocation house::revoke(core::scope const& admin, tenant_id tenant) noexcept {
  // The new label first: from here on no scope of the old epoch finds, reads or publishes anything.
  auto const epoch = registry_.revoke(admin, tenant);
  room* const r = epoch.status == order_status::done ? directory_.find(epoch.slot) : nullptr;
  if (r == nullptr) return {epoch.status};
  auto const answer = sweep(*r, epoch.label);
  after_operation(*r);
  return answer;
}

inline order_status house::revoke(core::scope const& by, tenant_id tenant, principal_id principal) noexcept {
  // Whoever orders it may be the one who is revoked: the room is found while the order still counts.
  room* const r = room_for_order(by, tenant);
  make_headroom();
  auto const status = registry_.revoke(by, tenant, principal, r == nullptr ? account_ : r->account);
  if (r == nullptr || status != order_status::done) return status;
  {
    // What it was streaming is free for another principal to take over.
    base::mutex_lock const lock(r->place.lock);
    for (device_state* d = r->devices; d != nullptr; d = d->next) {
      if (d->publisher == principal.value()) d->streaming = false;
    }
  }
  wake(*r);
  return status;
}

inline order_status house::reinstate(core::scope const& by, tenant_id tenant, principal_id principal) noexcept {
  return registry_.reinstate(by, tenant, principal);
}

inline revocation house::retire(core::scope const& steward, device_id device) noexcept {
  room* const r = room_of(steward);
  revocation answer{registry_.forget(steward, device)};
  if (r == nullptr || answer.status != order_status::done) return answer;
  answer.wiped = drop_device(*r, device, answer.pinned);
  after_operation(*r);
  return answer;
}

inline order_status house::suspend(core::scope const& admin, tenant_id tenant, bool off) noexcept {
  auto const status = registry_.suspend(admin, tenant, off);
  if (room* const r = status == order_status::done ? room_for_order(admin, tenant) : nullptr) wake(*r);
  return status;
}
inline order_status house::suspend(core::scope const& admin, std::uint64_t capabilities, bool off) noexcept {
  auto const status = registry_.suspend(admin, capabilities, off);
  if (status == order_status::done) wake_all();
  return status;
}
inline order_status house::suspend(core::scope const& admin, std::string_view audience, std::uint64_t capabilities,
                                   bool off) noexcept {
  auto const status = registry_.suspend(admin, audience, capabilities, off);
  if (status == order_status::done) wake_all();
  return status;
}

inline order_status house::set_budget(core::scope const& admin, tenant_id tenant, budget bounds) noexcept {
  if (!admin.of(registry_) || !admin.commands(role::admin)) return order_status::refused;
  room* const r = room_for_order(admin, tenant);
  if (r == nullptr) return order_status::unknown;
  {
    base::mutex_lock const lock(r->place.lock);
    r->bounds = bounds;
  }
  r->floor.store(bounds.floor ? bounds.floor->value() : room::no_floor, std::memory_order_relaxed);
  // A lower cap binds at once, not at the next commit.
  while (bounds.cap && r->charged.load(std::memory_order_relaxed) > bounds.cap->value()) {
    if (!evict_own(*r)) break;
  }
  while (bounds.device_cap) {
    std::optional<device_id> over;
    {
      base::mutex_lock const lock(r->place.lock);
      for (device_state const* d = r->devices; d != nullptr && !over; d = d->next) {
        bool evictable = false;
        for (entry const* e = d->first; e != nullptr; e = e->next) evictable = evictable || !is_pinned(*e);
        if (evictable && d->charged > bounds.device_cap->value()) over = d->id;
      }
    }
    if (!over || !make_up_for(*r, lack::of_device, *over, 0)) break;
  }
  return order_status::done;
}

inline order_status house::resize(core::scope const& admin, byte_count capacity) noexcept {
  bool const possible = capacity.value() >= detail::least_capacity && capacity.value() <= detail::most_of(config_);
  if (!admin.of(registry_) || !admin.commands(role::admin) || !possible) return order_status::refused;
  auto const limit = capacity.value();
  // Down to the new bound first: the old one holds until everything is below it.
  while (!move_limit(limit)) {
    if (main_.small.shrink() || main_.blocks.shrink() || compact(main_)) continue;
    if (free_unused_of_any(everybody)) continue;
    if (settings_.isolate == policy::isolation::strict) return order_status::no_room;
    if (shared_lane_ ? evict_oldest(*shared_lane_, nullptr) == 0 : !evict_largest()) return order_status::no_room;
  }
  return order_status::done;
}
inline bool house::move_limit(std::uint64_t limit) noexcept {
  base::mutex_lock const lock(limit_lock_);
  return main_.account.try_set_limit(limit);
}

// A frame of whoever has most.
inline bool house::evict_largest() noexcept {
  room* largest = nullptr;
  for (std::size_t i = 0; room* const r = room_at(i); ++i) {
    if (largest == nullptr ||
        r->charged.load(std::memory_order_relaxed) > largest->charged.load(std::memory_order_relaxed)) {
      largest = r;
    }
  }
  if (largest == nullptr) return false;
  if (evict_oldest(largest->place, nullptr) != 0) return true;
  for (std::size_t i = 0; room* const r = room_at(i); ++i) {
    if (evict_oldest(r->place, nullptr) != 0) return true;
  }
  return false;
}

inline bool house::drain(core::scope const& by, tenant_id tenant, base::steady_time deadline) noexcept {
  bool const own = by.commands(role::steward) && by.is_of(tenant);
  if (!by.of(registry_) || (!own && !by.commands(role::admin))) return false;
  room* const r = room_for_order(by, tenant);
  if (r == nullptr) return true;  // nothing of it was ever in this cache
  for (;;) {
    static_cast<void>(reap(*r));
    base::mutex_lock const lock(r->place.lock);
    if (r->dead_pinned == 0) return true;
    if (base::steady_now() >= deadline || alone()) return false;
    // A peek that finds its frame gone frees it itself; one that only tried to look tells nobody.
    auto const soon = std::chrono::steady_clock::now() + std::chrono::milliseconds{1};
    r->released.wait_until(r->place.lock,
                           r->limbo.load(std::memory_order_relaxed) != 0 ? std::min(deadline, soon) : deadline);
  }
}

// Handles, drafts and peeks that are out; `some`: a room that has any.
inline std::uint64_t house::handles_out(room*& some) noexcept {
  std::uint64_t out = 0;
  for (std::size_t i = 0; room* const r = room_at(i); ++i) {
    static_cast<void>(reap(*r));
    base::mutex_lock const lock(r->place.lock);
    auto const all = sum_up(*r);
    auto const here = all.handles + all.leaving;
    if (here != 0) some = r;
    out += here;
  }
  return out;
}
// Handles that go tell nobody, so that they cost nothing: whoever closes looks again and again.
inline std::uint64_t house::close(base::steady_time deadline) noexcept {
  for (;;) {
    room* some = nullptr;
    auto const out = handles_out(some);
    if (out == 0 || base::steady_now() >= deadline || alone()) return out;
    base::mutex_lock const lock(some->place.lock);
    some->released.wait_until(some->place.lock, std::chrono::steady_clock::now() + std::chrono::milliseconds{1});
  }
}

// Hits that no frame counts: of peeks.
inline std::uint64_t house::hits_of_peeks(room const& r) noexcept {
  return r.shared_peeks.load(std::memory_order_relaxed) + r.peeks->sum(r.in_peeks);
}
// What is pinned and how often, and what was found but by peeks: summed over the room's frames. Takes as long as there are frames.
inline house::sums house::sum_up(room& r) noexcept {
  sums all;
  all.hits = r.counters.hits;
  auto const peeked = guards_.now();
  auto const add = [&](entry const& e, bool linked) {
    auto const m = e.meta.load(std::memory_order_relaxed);
    auto const looks = peeked.times(e);
    all.handles += meta::pins(m) + looks;
    if (meta::pins(m) + looks != 0) all.pinned += e.charge();
    if (linked) all.hits += meta::hits(m);
    // Whoever held it last is about to put it away or to bury it, and still needs the room for that.
    if (!linked && !e.limbo && meta::pins(m) + looks == 0) ++all.leaving;
  };
  for (device_state const* d = r.devices; d != nullptr; d = d->next) {
    for (entry const* e = d->first; e != nullptr; e = e->next) add(*e, true);
  }
  for (entry const* e = r.loose.first; e != nullptr; e = e->next) add(*e, false);
  return all;
}

inline tenant_counts house::counts(core::scope const& by, tenant_id tenant) noexcept {
  bool const steward = by.commands(role::steward) && by.is_of(tenant);
  if (!by.of(registry_) || (!steward && !by.commands(role::admin))) return {order_status::refused};
  room* const r = room_for_order(by, tenant);
  if (r == nullptr) return {order_status::unknown};
  base::mutex_lock const lock(r->place.lock);
  static_cast<void>(r->clock.next_tick());  // what was used before is told apart from what is used from now on
  room_counters const c = r->counters;
  auto const all = sum_up(*r);
  return {order_status::done, r->charged.load(std::memory_order_relaxed),
          all.pinned,         r->frames,
          r->device_count,    all.hits + hits_of_peeks(*r),
          r->misses(),        c.commits,
          c.evictions};
}

inline cache_stats house::stats() noexcept {
  cache_stats s;
  {
    base::mutex_lock const lock(limit_lock_);
    s.capacity = main_.account.limit();
    s.resident = main_.account.used();
  }
  s.crossings_refused = crossings_.load(std::memory_order_relaxed);
  s.credentials_refused = registry_.credentials_refused();
  for (std::size_t i = 0; room* const r = room_at(i); ++i) {
    base::mutex_lock const lock(r->place.lock);
    room_counters const c = r->counters;
    ++s.tenants;
    auto const all = sum_up(*r);
    s.pinned += all.pinned;
    s.handles += all.handles;
    s.frames += r->frames;
    s.hits += all.hits + hits_of_peeks(*r);
    s.absent += r->absent.load(std::memory_order_relaxed);
    s.superseded += r->superseded.load(std::memory_order_relaxed);
    s.too_old += r->too_old.load(std::memory_order_relaxed);
    s.commits += c.commits;
    s.commits_refused += c.commits_refused;
    s.evictions += c.evictions;
    s.generations += c.generations;
    s.wiped += c.wiped;
    s.loads += c.loads;
    s.loads_shared += c.loads_shared;
  }
  if (config_.huge_pages) {
    auto const granted = has_huge_pages_.load(std::memory_order_relaxed);
    s.huge_pages = granted ? huge_page_status::granted : huge_page_status::refused;
  }
  s.misses = s.absent + s.superseded + s.too_old;
  return s;
}

}  // namespace engine
}  // namespace v0
}  // namespace framecache

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
#include <framecache/version.hpp>

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
      for (auto& [id, d] : r.devices) {
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
    for (auto& [id, d] : r->devices) {
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
      for (auto const& [id, d] : r->devices) {
        if (d->charged > bounds.device_cap->value() && d->charged > d->pinned) over = d->id;
      }
    }
    if (!over || !evict_where(*r, [&](frame const& f) { return f.key.device().value() == over->value(); })) break;
  }
  return order_status::done;
}

inline bool house::drain(core::scope const& by, tenant_id tenant, base::steady_time deadline) noexcept {
  bool const own = by.commands(role::steward) && by.is_of(tenant);
  if (!by.of(registry_) || (!own && !by.commands(role::admin))) return false;
  room* const r = room_for_order(by, tenant);
  if (r == nullptr) return true;  // nothing of it was ever in this cache
  base::mutex_lock const lock(r->place.lock);
  while (r->dead_pinned != 0 && base::steady_now() < deadline && sharing_ == base::sharing::many_threads) {
    r->released.wait_until(r->place.lock, deadline);
  }
  return r->dead_pinned == 0;
}

inline std::uint64_t house::close(base::steady_time deadline) noexcept {
  std::uint64_t out = 0;
  for (std::size_t i = 0; room* const r = room_at(i); ++i) {
    base::mutex_lock const lock(r->place.lock);
    while (r->handles != 0 && base::steady_now() < deadline && sharing_ == base::sharing::many_threads) {
      r->released.wait_until(r->place.lock, deadline);
    }
    out += r->handles;
  }
  return out;
}

inline tenant_counts house::counts(core::scope const& by, tenant_id tenant) noexcept {
  bool const steward = by.commands(role::steward) && by.is_of(tenant);
  if (!by.of(registry_) || (!steward && !by.commands(role::admin))) return {order_status::refused};
  room* const r = room_for_order(by, tenant);
  if (r == nullptr) return {order_status::unknown};
  base::mutex_lock const lock(r->place.lock);
  room_counters const c = r->counters;
  return {order_status::done,
          r->charged.load(std::memory_order_relaxed),
          r->pinned + r->dead_pinned,
          r->index.size(),
          r->devices.size(),
          c.hits,
          c.absent + c.superseded + c.too_old,
          c.commits,
          c.evictions};
}

inline cache_stats house::stats() noexcept {
  cache_stats s;
  s.capacity = config_.capacity.value();
  s.resident = main_.account.used();
  s.crossings_refused = crossings_.load(std::memory_order_relaxed);
  s.credentials_refused = registry_.credentials_refused();
  for (std::size_t i = 0; room* const r = room_at(i); ++i) {
    base::mutex_lock const lock(r->place.lock);
    room_counters const c = r->counters;
    ++s.tenants;
    s.pinned += r->pinned + r->dead_pinned;
    s.handles += r->handles;
    s.frames += r->index.size();
    s.hits += c.hits;
    s.absent += c.absent;
    s.superseded += c.superseded;
    s.too_old += c.too_old;
    s.commits += c.commits;
    s.commits_refused += c.commits_refused;
    s.evictions += c.evictions;
    s.generations += c.generations;
    s.wiped += c.wiped;
    s.loads += c.loads;
    s.loads_shared += c.loads_shared;
  }
  s.misses = s.absent + s.superseded + s.too_old;
  return s;
}

}  // namespace engine
}  // namespace v0
}  // namespace framecache

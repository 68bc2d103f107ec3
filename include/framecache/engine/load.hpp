// SPDX-License-Identifier: Apache-2.0
//
// Who loads what is not there, and who waits for it: one flight for each whole key (I8). A flight ends with the first of: a
// frame published under its key, by its ticket or by a stream; its ticket given up or denied; a new generation, an erase, a
// retirement, a new epoch. When the leader's time is up the next who asks leads instead, and the old ticket publishes nothing
// any more.
//
// Whoever waits is only ever told to look again: it then asks with a scope of its own, so that delivery is a lookup like any
// other. Loaders run in stream/load.hpp, outside every lock (I9).
#pragma once

#include <framecache/engine/house.hpp>
#include <framecache/engine/lookup.hpp>
#include <framecache/engine/publish.hpp>
#include <framecache/engine/reclaim.hpp>
#include <framecache/engine/space.hpp>
#include <framecache/engine/wait.hpp>
#include <framecache/version.hpp>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <new>
#include <utility>

namespace framecache {
inline namespace v0 {
namespace engine {

// Credits flights that have left the lock and tells whoever waited. Requires: no lock held.
inline void house::land(room& r, flight_list& ended) noexcept {
  flight_list landed;
  landed.take_all(ended);
  for (flight const* f = landed.first(); f != nullptr; f = f->next.get()) {
    r.money.account.credit(flight_charge);
    r.flights.fetch_sub(1, std::memory_order_relaxed);
    fire_all(f->waiters);
  }
}

// Whether the holder of ticket `lead` may still publish under this key.
inline commit_status house::may_load(device_state const& d, core::key const& k, std::uint64_t lead) noexcept {
  auto const* const f = d.loads.of(k.rendition_word());
  return f != nullptr && f->lead == lead ? commit_status::committed : commit_status::cancelled;
}

inline house::load_answer house::load(core::scope const& who, load_wish const& wish, bool may_lead,
                                      std::shared_ptr<waiter> const& w) noexcept {
  using advice = load_answer::advice;
  if (auto const why = gate(who, capability::view); why != lookup_status::hit) return {advice::give_up, why};
  room* const r = room_of(who);
  if (r == nullptr || !who.lists(wish.device)) return {advice::give_up};
  // Reserved before the lock is taken, and given back if somebody else is at it already.
  bool const charged = may_lead && charge(*r, flight_charge);
  std::unique_ptr<flight> fresh(charged ? ::new (std::nothrow) flight : nullptr);
  flight_list woken;
  auto answer = [&]() noexcept -> load_answer {
    auto const now = base::steady_now();
    core::key const k{who.label(), wish.device, wish.generation, wish.which};
    base::mutex_lock const lock(r->place.lock);
    auto* const d = r->label == who.label() ? device_for(*r, wish.device) : nullptr;
    if (d == nullptr || wish.generation.value() > d->generation) return {advice::give_up};
    if (wish.generation.value() < d->generation) return {advice::give_up, lookup_status::superseded};
    auto const* const there = linked_of(*r, *d, k);
    if (there != nullptr && wish.admits(there->committed_at)) return {advice::look_again};
    if (r->nothing.holds(k, now)) return {advice::give_up};
    flight* f = d->loads.of(k.rendition_word());
    if (f != nullptr && now < f->until) {
      if (w && !base::attempt([&]() ABSL_NO_THREAD_SAFETY_ANALYSIS { f->waiters.push_back(w); })) {
        return {advice::give_up, lookup_status::failed};
      }
      if (w) ++r->counters.loads_shared;
      return {advice::follow, lookup_status::loading, 0, f->until};
    }
    if (!may_lead) return {advice::give_up, f == nullptr ? lookup_status::failed : lookup_status::timed_out};
    bool const another = f == nullptr && r->flights.load(std::memory_order_relaxed) >= config_.loads_per_tenant;
    if (!fresh || another) return {advice::give_up, lookup_status::failed};
    // A leader whose time is up is followed by this caller; whoever waited for it is told to look again.
    if (f != nullptr) woken.add(d->loads.take(k.rendition_word()));
    if (w && !base::attempt([&]() ABSL_NO_THREAD_SAFETY_ANALYSIS { fresh->waiters.push_back(w); })) {
      return {advice::give_up, lookup_status::failed};
    }
    fresh->rendition = k.rendition_word();
    fresh->lead = ++r->last_lead;
    fresh->until = std::min(wish.deadline, now + config_.load_lease);
    fresh->woken = r->wake_round;
    r->flights.fetch_add(1, std::memory_order_relaxed);
    ++r->counters.loads;
    load_answer const lead{advice::lead, lookup_status::loading, fresh->lead, fresh->until};
    d->loads.add(std::move(fresh));
    return lead;
  }();
  if (charged && answer.what != advice::lead) r->money.account.credit(flight_charge);
  land(*r, woken);
  after_operation(*r);
  return answer;
}

inline void house::give_up(core::scope const& who, writing const& by, rendition which) noexcept {
  room* const r = room_of(who);
  if (r == nullptr) return;
  flight_list ended;
  {
    base::mutex_lock const lock(r->place.lock);
    auto* const d = r->label == who.label() ? device_for(*r, by.device) : nullptr;
    auto const* const f = d == nullptr ? nullptr : d->loads.of(which.word());
    if (f != nullptr && f->lead == by.lead) ended.add(d->loads.take(which.word()));
  }
  land(*r, ended);
}

// Makes the tenant's ring of negatives, charged first.
inline bool house::reserve_negatives(room& r) noexcept {
  auto const most = config_.negatives_per_tenant;
  {
    base::mutex_lock const lock(r.place.lock);
    if (r.nothing.reserved()) return true;
  }
  auto const cost = negatives::charge(most);
  if (most == 0 || !charge(r, cost)) return false;
  bool made = false;
  {
    base::mutex_lock const lock(r.place.lock);
    if (!r.nothing.reserved()) {
      made = base::attempt([&]() ABSL_NO_THREAD_SAFETY_ANALYSIS { r.nothing.reserve(most); });
    }
  }
  if (!made) r.money.account.credit(cost);
  base::mutex_lock const lock(r.place.lock);
  return r.nothing.reserved();
}

inline commit_status house::deny(core::scope const& who, writing const& by, rendition which,
                                 base::steady_time until) noexcept {
  room* const r = room_of(who);
  if (r == nullptr || by.lead == 0) return commit_status::refused;
  bool const remembers = reserve_negatives(*r);
  core::key const k{who.label(), by.device, by.generation, which};
  flight_list ended;
  auto why = commit_status::refused;
  {
    base::mutex_lock const lock(r->place.lock);
    device_state* d = nullptr;
    why = may_publish(who, *r, k, by.lead, d);
    if (why == commit_status::committed) {
      ended.add(d->loads.take(which.word()));
      if (remembers) r->nothing.add(k, until, config_.negatives_per_tenant);
    }
  }
  land(*r, ended);
  after_operation(*r);
  return why;
}

}  // namespace engine
}  // namespace v0
}  // namespace framecache

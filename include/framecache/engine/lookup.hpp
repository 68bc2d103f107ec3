// SPDX-License-Identifier: Apache-2.0
//
// How frames are found: by the whole key, in the room of the scope's own tenant, under its lane's lock.
#pragma once

#include <framecache/engine/house.hpp>
#include <framecache/engine/reclaim.hpp>
#include <framecache/version.hpp>

#include <algorithm>
#include <memory>
#include <optional>

namespace framecache {
inline namespace v0 {
namespace engine {

// `suspended` and `refused` speak of the viewer itself; `hit` here: go on.
inline lookup_status house::gate(core::scope const& who, capability what) noexcept {
  auto const why = who.check(role::viewer, what);
  if (why == refusal::none) return lookup_status::hit;
  return why == refusal::suspended ? lookup_status::suspended : lookup_status::refused;
}

inline room* house::room_of(core::scope const& who) const noexcept {
  auto const slot = who.slot();
  return slot && who.of(registry_) ? directory_.find(*slot) : nullptr;
}

inline void house::count(room& r, lookup_status what) noexcept {
  switch (what) {
    case lookup_status::hit: ++r.counters.hits; break;
    case lookup_status::absent: ++r.counters.absent; break;
    case lookup_status::superseded: ++r.counters.superseded; break;
    case lookup_status::too_old: ++r.counters.too_old; break;
    case lookup_status::suspended:
    case lookup_status::refused:
    case lookup_status::loading:
    case lookup_status::timed_out:
    case lookup_status::failed: break;
  }
}

// The index alone decides, by comparing the whole key (I1).
inline frame* house::look(room& r, core::key const& k, lookup_status& why) noexcept {
  auto const found = r.index.find(k);
  why = found == r.index.end() ? lookup_status::absent : lookup_status::hit;
  return found == r.index.end() ? nullptr : found->second;
}

inline pin house::find(core::scope const& who, device_id device, stream_generation generation, rendition which,
                       lookup_status& why) noexcept {
  why = gate(who, capability::view);
  if (why != lookup_status::hit) return {};
  why = lookup_status::absent;
  room* const r = room_of(who);
  if (r == nullptr) return {};
  catch_up(who, *r);
  bool const listed = who.lists(device);
  pin held;
  {
    base::mutex_lock const lock(r->place.lock);
    // An unlisted device takes no longer to be absent than one that does not exist.
    auto const d = listed ? r->devices.find(device.value()) : r->devices.end();
    if (d != r->devices.end() && r->label == who.label()) {
      auto const live = d->second->generation;
      if (generation.value() < live) {
        why = lookup_status::superseded;  // fenced off (I6), whether or not something of it is still held
      } else if (generation.value() == live) {
        if (frame* const f = look(*r, {who.label(), device, generation, which}, why)) {
          r->place.order.touch(*f);
          count_pin(*r, *f);
          held = pin{*f, who.audience_number(), false};
        }
      }
    }
    count(*r, why);
  }
  after_operation(*r);
  return held;
}

inline pin house::latest(core::scope const& who, device_id device, age_limit limit, rendition which,
                         lookup_status& why) noexcept {
  why = gate(who, capability::view);
  if (why != lookup_status::hit) return {};
  why = lookup_status::absent;
  room* const r = room_of(who);
  if (r == nullptr) return {};
  catch_up(who, *r);
  bool const listed = who.lists(device);
  pin held;
  {
    base::mutex_lock const lock(r->place.lock);
    // An unlisted device takes no longer to be absent than one that does not exist.
    auto const d = listed ? r->devices.find(device.value()) : r->devices.end();
    if (d != r->devices.end() && r->label == who.label()) {
      auto const live = stream_generation{std::uint64_t{d->second->generation}};
      frame* f = look(*r, {who.label(), device, live, which}, why);
      bool stale = false;
      // I6's one exception: the generation before, same label, marked.
      if (f == nullptr && settings_.mark_stale && which.is_source()) {
        f = d->second->before;
        stale = f != nullptr;
      }
      if (f != nullptr && limit.bounded() && !limit.admits(base::steady_now() - f->committed_at)) {
        if (settings_.mark_stale) {
          stale = true;
        } else {
          why = lookup_status::too_old;
          f = nullptr;
        }
      }
      if (f != nullptr) {
        why = lookup_status::hit;
        r->place.order.touch(*f);
        count_pin(*r, *f);
        held = pin{*f, who.audience_number(), stale};
      }
    }
    count(*r, why);
  }
  after_operation(*r);
  return held;
}

inline std::optional<stream_generation> house::current(core::scope const& who, device_id device) noexcept {
  if (gate(who, capability::view) != lookup_status::hit || !who.lists(device)) return std::nullopt;
  room* const r = room_of(who);
  if (r == nullptr) return std::nullopt;
  catch_up(who, *r);
  base::mutex_lock const lock(r->place.lock);
  auto const d = r->devices.find(device.value());
  if (d == r->devices.end() || d->second->generation == 0 || r->label != who.label()) return std::nullopt;
  return stream_generation{std::uint64_t{d->second->generation}};
}

inline house::awaited house::await(core::scope const& who, device_id device, frame_sequence than,
                                   std::shared_ptr<waiter> const& w) noexcept {
  auto const may_wait = [&] {
    return gate(who, capability::live) == lookup_status::hit && gate(who, capability::view) == lookup_status::hit;
  };
  if (!may_wait() || !who.lists(device) || !who.owns(device)) return awaited::never;
  room* const r = room_of(who);
  if (r == nullptr || !reserve_device(who, *r, device)) return awaited::never;
  base::mutex_lock const lock(r->place.lock);
  // A switch that turned before we got the lock has woken its waiters already.
  if (r->label != who.label() || !may_wait()) return awaited::never;
  auto const d = r->devices.find(device.value());
  if (d == r->devices.end()) return awaited::never;
  auto const* const newest = d->second->newest;
  if (newest != nullptr && newest->sequence > than.value()) return awaited::newer;
  bool const armed = base::attempt([&]() ABSL_NO_THREAD_SAFETY_ANALYSIS { d->second->waiters.push_back(w); });
  return armed ? awaited::armed : awaited::never;
}

inline void house::forget(core::scope const& who, device_id device, std::shared_ptr<waiter> const& w) noexcept {
  room* const r = room_of(who);
  if (r == nullptr) return;
  base::mutex_lock const lock(r->place.lock);
  auto const d = r->devices.find(device.value());
  if (d == r->devices.end()) return;
  auto const forget_in = [&](waiter_list& waiters) {
    waiters.erase(std::remove(waiters.begin(), waiters.end(), w), waiters.end());
  };
  forget_in(d->second->waiters);
  for (flight* f = d->second->loads.first(); f != nullptr; f = f->next.get()) forget_in(f->waiters);
}

}  // namespace engine
}  // namespace v0
}  // namespace framecache

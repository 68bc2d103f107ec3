// SPDX-License-Identifier: Apache-2.0
//
// How live viewers wait for a frame: a waiter hangs on its device and is told once, outside every lock (I9).
#pragma once

#include <framecache/engine/house.hpp>
#include <framecache/engine/lookup.hpp>
#include <framecache/engine/publish.hpp>
#include <framecache/version.hpp>

#include <algorithm>
#include <memory>

namespace framecache {
inline namespace v0 {
namespace engine {

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
  auto* const d = device_for(*r, device);
  if (d == nullptr) return awaited::never;
  if (d->newest != nullptr && d->newest->sequence > than.value()) return awaited::newer;
  bool const armed = base::attempt([&]() ABSL_NO_THREAD_SAFETY_ANALYSIS { d->waiters.push_back(w); });
  return armed ? awaited::armed : awaited::never;
}

inline void house::forget(core::scope const& who, device_id device, std::shared_ptr<waiter> const& w) noexcept {
  room* const r = room_of(who);
  if (r == nullptr) return;
  base::mutex_lock const lock(r->place.lock);
  auto* const d = device_for(*r, device);
  if (d == nullptr) return;
  auto const forget_in = [&](waiter_list& waiters) {
    waiters.erase(std::remove(waiters.begin(), waiters.end(), w), waiters.end());
  };
  forget_in(d->waiters);
  for (flight* f = d->loads.first(); f != nullptr; f = f->next.get()) forget_in(f->waiters);
}

}  // namespace engine
}  // namespace v0
}  // namespace framecache

// SPDX-License-Identifier: Apache-2.0
//
// How frames come in: a generation is begun, memory is staged, and a commit is published or refused.
#pragma once

#include "model/simple/framecache/engine/house.hpp"

#include <algorithm>

namespace simple_framecache {
namespace engine {

// Takes everything of older generations out of reach. With stale marked, the last picture stays, for `latest` alone.
inline void house::fence(room& r, device_state& d) {
  frame* const kept = !settings_.mark_stale ? nullptr : d.newest != nullptr ? d.newest : d.before;
  auto const all = r.index;
  for (frame* const f : all) {
    if (f->key.device == d.id && f != kept) unlink(*f);
  }
  d.newest = nullptr;
  d.before = kept;
}

// Generations come from the floor, which the tests set above what the wall clock could give.
inline begin_status house::begin(core::scope const& who, writing& by, bool room) {
  auto const why = who.check(role::publisher);
  if (why != refusal::none) return why == refusal::suspended ? begin_status::suspended : begin_status::refused;
  if (!who.owns(by.device)) return begin_status::unknown;
  if (!room) return begin_status::no_room;
  auto& r = *room_of(who.tenant());
  auto* d = r.device(by.device);
  if (d == nullptr) {
    r.devices.push_back(std::make_unique<device_state>());
    d = r.devices.back().get();
    d->id = by.device;
  }
  fence(r, *d);
  d->generation = std::max(d->generation, settings_.generation_floor) + 1;
  by.generation = d->generation;
  ++r.counters.generations;
  return begin_status::ok;
}

// Asked before memory is spent, and again by the commit.
inline commit_status house::may_publish(core::scope const& who, core::key const& k, device_state*& state) noexcept {
  auto const why = who.check(role::publisher);
  if (why != refusal::none) return why == refusal::suspended ? commit_status::suspended : commit_status::refused;
  // Memory that was staged in a former epoch is not published in a later one.
  if (k.label != who.label()) return commit_status::refused;
  state = room_of(who.tenant())->device(k.device);
  if (state == nullptr) return commit_status::retired;
  return state->generation == k.generation ? commit_status::committed : commit_status::superseded;
}

inline frame* house::stage(core::scope const& who, writing const& by, core::word rendition, core::word bytes, bool room,
                           commit_status& why) {
  auto& r = *room_of(who.tenant());
  core::key const k{who.label(), by.device, by.generation, rendition};
  device_state* d = nullptr;
  why = room ? may_publish(who, k, d) : commit_status::no_room;
  if (why != commit_status::committed) {
    ++r.counters.commits_refused;
    return nullptr;
  }
  r.frames.push_back(std::make_unique<frame>(k, r, bytes));
  repin(*r.frames.back());
  return r.frames.back().get();
}

// `f` bears its bytes and facts already. The writer's hold on it stays the caller's to let go of.
inline commit_status house::publish(core::scope const& who, frame& f, bool room) {
  device_state* d = nullptr;
  auto const why = room ? may_publish(who, f.key, d) : commit_status::no_room;
  if (why == commit_status::committed) {
    link(f, *d);
  } else {
    ++f.home.counters.commits_refused;
  }
  return why;
}

inline void house::link(frame& f, device_state& d) {
  room& r = f.home;
  f.number = r.order ? r.number_of(f.key) : 0;
  // The same whole key: the older frame makes way, and the fresh one has its place in the order.
  if (frame* const there = r.find(f.key)) {
    if (r.order) r.order->use(f.number);
    take_out(*there);
  } else if (r.order) {
    r.order->add(f.number);
  }
  r.index.push_back(&f);
  f.linked = true;
  f.sequence = ++d.sequence;
  f.committed_at = clock_.steady_now();
  ++r.counters.commits;
  if (settings_.put_begins_a_tick) ++r.tick, ++tick_;
  used(f);
  if (!settings_.put_begins_a_tick) ++r.tick, ++tick_;
  if (f.key.rendition != core::source_rendition) return;
  d.newest = &f;
  if (d.before != nullptr) unlink(*d.before);
}

inline order_status house::erase(core::scope const& who, writing const& by) {
  device_state* d = nullptr;
  core::key const any{who.label(), by.device, by.generation, core::source_rendition};
  if (may_publish(who, any, d) != commit_status::committed) return order_status::refused;
  unlink_device(*room_of(who.tenant()), by.device);
  return order_status::done;
}

}  // namespace engine
}  // namespace simple_framecache

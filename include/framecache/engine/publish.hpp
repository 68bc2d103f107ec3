// SPDX-License-Identifier: Apache-2.0
//
// How frames come in: a generation is begun, memory is staged, and a commit is published or refused inside the lock that
// publishes it (I6, I7). A frame is complete before it can be found, and immutable after (I4).
#pragma once

#include <framecache/engine/house.hpp>
#include <framecache/engine/reclaim.hpp>
#include <framecache/version.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>
#include <memory>
#include <new>
#include <utility>

namespace framecache {
inline namespace v0 {
namespace engine {

// The largest of the last one plus one, wall-clock milliseconds shifted up 20 bits, and what the relay persisted.
inline std::uint64_t house::next_generation(std::uint64_t last) const noexcept {
  auto const since = std::chrono::duration_cast<std::chrono::milliseconds>(base::wall_now().time_since_epoch()).count();
  auto const by_clock = static_cast<std::uint64_t>(std::max<std::int64_t>(since, 0)) << 20;
  auto const floor = config_.generation_floor ? config_.generation_floor->value() : 0;
  return std::max({last + 1, by_clock, floor + 1});
}

inline device_state* house::device_for(room& r, device_id device) noexcept {
  auto const found = r.devices.find(device.value());
  return found == r.devices.end() ? nullptr : found->second.get();
}

// Makes the room's record of a device, charged first. Also brings the room to the scope's epoch, if that is newer.
inline bool house::reserve_device(core::scope const& who, room& r, device_id device) noexcept {
  auto const epoch = who.label();
  bool swept = true;
  {
    base::mutex_lock const lock(r.place.lock);
    swept = r.label >= epoch;
    if (r.label == epoch && r.devices.contains(device.value())) return true;
  }
  if (!swept) sweep(r, epoch);
  if (!charge(r, device_charge)) return false;
  bool made = false;
  {
    base::mutex_lock const lock(r.place.lock);
    // A device that was retired meanwhile must not come back.
    if (r.label == epoch && !r.devices.contains(device.value()) && who.owns(device)) {
      bool const stored = base::attempt([&]() ABSL_NO_THREAD_SAFETY_ANALYSIS {
        r.devices.emplace(device.value(), std::make_unique<device_state>(device));
        made = true;
      });
      made = made && stored;
    }
    if (made) return true;
  }
  r.money.account.credit(device_charge);
  base::mutex_lock const lock(r.place.lock);
  return r.label == epoch && r.devices.contains(device.value());
}

// Takes everything of older generations out of reach. Under stale<mark> the last picture stays, for `latest` alone.
inline void house::fence(room& r, device_state& d, graveyard& dead) noexcept {
  frame* const kept = settings_.mark_stale ? (d.newest != nullptr ? d.newest : d.before) : nullptr;
  for (frame* f = d.first; f != nullptr;) {
    frame* const next = f->next_of_device;
    if (f != kept) {
      r.place.lock.assert_held();
      unlink(*f, dead);
    }
    f = next;
  }
  d.newest = nullptr;
  d.before = kept;
}

inline house::begun house::begin(core::scope const& who, device_id device) noexcept {
  if (auto const why = who.check(role::publisher, capability::publish); why != refusal::none) {
    return {why == refusal::suspended ? begin_status::suspended : begin_status::refused};
  }
  room* const r = room_of(who);
  if (r == nullptr) return {begin_status::refused};
  if (!who.owns(device)) return {begin_status::unknown};
  if (!who.lists(device)) return {begin_status::unlisted};
  if (!reserve_device(who, *r, device)) {
    return {who.owns(device) ? begin_status::no_room : begin_status::unknown};
  }
  graveyard dead;
  flight_list ended;
  begun answer{begin_status::refused};
  {
    base::mutex_lock const lock(r->place.lock);
    auto* const d = r->label == who.label() ? device_for(*r, device) : nullptr;
    bool const live = who.check(role::publisher, capability::publish) == refusal::none;
    if (d != nullptr && live) {
      bool const lapsed = d->until && base::steady_now() >= *d->until;
      if (d->streaming && !lapsed && d->publisher != who.principal_word()) {
        answer.status = begin_status::conflict;
      } else {
        fence(*r, *d, dead);
        ended.take_all(d->loads);
        d->generation = next_generation(d->generation);
        d->publisher = who.principal_word();
        d->streaming = true;
        d->until = who.deadline();
        ++r->counters.generations;
        answer = {begin_status::ok, stream_generation{std::uint64_t{d->generation}}};
      }
    }
  }
  bury(dead);
  land(*r, ended);
  if (answer.status == begin_status::conflict) report(crossing_kind::duplicate_publisher, who);
  after_operation(*r);
  return answer;
}

inline void house::end(core::scope const& who, device_id device, stream_generation generation) noexcept {
  room* const r = room_of(who);
  if (r == nullptr) return;
  base::mutex_lock const lock(r->place.lock);
  auto* const d = r->label == who.label() ? device_for(*r, device) : nullptr;
  if (d != nullptr && d->generation == generation.value()) d->streaming = false;
}

// Asked before memory is spent, and again inside the lock that publishes.
inline commit_status house::may_publish(core::scope const& who, room& r, core::key const& k, std::uint64_t lead,
                                        device_state*& state) noexcept {
  auto const why =
      lead == 0 ? who.check(role::publisher, capability::publish) : who.check(role::viewer, capability::view);
  if (why != refusal::none) return why == refusal::suspended ? commit_status::suspended : commit_status::refused;
  // Memory that was staged in a former epoch is not published in a later one.
  if (r.label != who.label() || k.label_word() != who.label()) return commit_status::refused;
  state = device_for(r, k.device());
  if (state == nullptr) return commit_status::retired;
  if (!who.lists(k.device())) return commit_status::refused;
  if (state->generation != k.generation().value()) return commit_status::superseded;
  return lead == 0 ? commit_status::committed : may_load(*state, k, lead);
}

inline void house::count_refusal(room& r) noexcept {
  base::mutex_lock const lock(r.place.lock);
  ++r.counters.commits_refused;
}

inline staged house::stage(core::scope const& who, writing const& by, rendition which, byte_count size,
                           commit_status& why) noexcept {
  room* const r = room_of(who);
  why = commit_status::refused;
  if (r == nullptr) return {};
  catch_up(who, *r);
  core::key const k{who.label(), by.device, by.generation, which};
  auto const wanted = block_bytes(size.value());
  auto const cost = memory::class_for(wanted).bytes;
  why = reserve(who, *r, k, by.lead, cost);
  memory::raw_block block;
  if (why == commit_status::committed) {
    for (;;) {
      block = r->money.blocks.take(wanted, {k.label_word(), by.device.value()});
      if (block || !make_space(*r, cost)) break;
    }
    if (!block) {
      unreserve(*r, k, cost);
      why = commit_status::no_room;
    }
  }
  if (why != commit_status::committed) {
    count_refusal(*r);
    return {};
  }
  auto* const f = ::new (static_cast<void*>(block.at)) frame{k, *r, block, size.value(), cost};
  base::mutex_lock const lock(r->place.lock);
  count_pin(*r, *f);
  return staged{*f};
}

inline bool house::index_is_full(room& r) noexcept {
  // absl rehashes in place while at most 25/32 of the slots are in use, so it never grows by itself below that.
  return (r.index.size() + 1) * 32 > r.index.capacity() * 25;
}

// Never fewer than 31 slots: absl doubles smaller tables for the sake of erased slots alone, which would not be charged.
inline std::size_t house::next_slots(room& r) noexcept { return std::max<std::size_t>(31, r.index.capacity() * 2 + 1); }
inline std::uint64_t house::next_table_bytes(room& r) noexcept {
  return table_bytes(next_slots(r), sizeof(room::index_table::value_type));
}

// Grows the index with its new table charged beside the old one (I10).
inline bool house::reserve_index(room& r) noexcept {
  std::uint64_t fresh = 0;
  {
    base::mutex_lock const lock(r.place.lock);
    if (!index_is_full(r)) return true;
    fresh = next_table_bytes(r);
  }
  if (!charge(r, fresh)) return false;
  bool grown = false;
  std::uint64_t refund = fresh;
  {
    base::mutex_lock const lock(r.place.lock);
    if (index_is_full(r) && fresh >= next_table_bytes(r)) {
      grown = base::attempt([&]() ABSL_NO_THREAD_SAFETY_ANALYSIS { r.index.rehash(next_slots(r)); });
      if (grown) {
        refund = r.table_charge;
        r.table_charge = fresh;
      }
    }
  }
  r.money.account.credit(refund);
  base::mutex_lock const lock(r.place.lock);
  return !index_is_full(r);
}

// Publishes a complete frame: the last checks, the swap, and the order all happen under one lock.
inline commit_status house::link(core::scope const& who, frame& f, std::uint64_t lead, waiter_list& woken,
                                 flight_list& ended, graveyard& dead) noexcept {
  room& r = f.home;
  for (;;) {
    if (!reserve_index(r)) {
      count_refusal(r);
      return commit_status::no_room;
    }
    base::mutex_lock const lock(r.place.lock);
    device_state* d = nullptr;
    auto const why = may_publish(who, r, f.key, lead, d);
    if (why != commit_status::committed) {
      ++r.counters.commits_refused;
      return why;
    }
    if (auto const there = r.index.find(f.key); there != r.index.end()) {
      unlink(*there->second, dead);  // the same whole key: the older frame makes way
    } else if (index_is_full(r)) {
      continue;
    }
    r.index.emplace(f.key, std::addressof(f));
    f.sequence = ++d->sequence;
    f.committed_at = base::steady_now();
    f.linked = true;
    f.device = d;
    f.next_of_device = d->first;
    f.previous_of_device = nullptr;
    if (d->first != nullptr) d->first->previous_of_device = std::addressof(f);
    d->first = std::addressof(f);
    r.place.order.add_newest(f);
    ++r.counters.commits;
    // Whoever waits for this key has it, whether its ticket published it or a stream did.
    if (auto loaded = d->loads.take(f.key.rendition_word())) ended.add(std::move(loaded));
    r.nothing.remove(f.key);
    if (f.key.rendition_word() == rendition::source().word()) {
      d->newest = std::addressof(f);
      if (d->before != nullptr) unlink(*d->before, dead);
      woken.swap(d->waiters);
    }
    return commit_status::committed;
  }
}

inline commit_status house::publish(core::scope const& who, writing const& by, staged memory, frame_facts const& facts,
                                    std::uint64_t size) noexcept {
  if (!memory) return commit_status::spent;
  frame& f = *FRAMECACHE_DETAIL_AT(frame, memory.frame_);
  room& r = f.home;
  if (size > f.staged) return commit_status::too_long;
  // What follows the last byte must read as zero, also when the block held a longer frame of the same device before.
  memory::wipe(f.payload() + size, padding);
  f.facts = facts;
  f.size = size;
  f.own = {f.payload(), static_cast<std::size_t>(size)};
  catch_up(who, r);
  waiter_list woken;
  flight_list ended;
  graveyard dead;
  auto const why = link(who, f, by.lead, woken, ended, dead);
  memory = {};  // the draft's pin: a committed frame stays linked, a refused one is freed
  bury(dead);
  fire_all(woken);
  land(r, ended);
  after_operation(r);
  return why;
}

inline commit_status house::adopt(core::scope const& who, writing const& by, rendition which,
                                  std::unique_ptr<foreign_memory>& memory, byte_count cost,
                                  frame_facts const& facts) noexcept {
  if (settings_.scrub_on_release) return commit_status::unscrubbable;
  room* const r = room_of(who);
  if (r == nullptr) return commit_status::refused;
  catch_up(who, *r);
  std::uint64_t size = 0;
  for (auto const& each : memory->buffers()) size += each.size();
  if (size == 0) return commit_status::empty;
  if (facts.size && facts.size->value() != size) return commit_status::too_long;
  constexpr std::uint64_t extra = sizeof(frame) + 64;
  auto const declared = cost.value() < size ? size : cost.value();
  if (declared > std::numeric_limits<std::uint64_t>::max() - extra) return commit_status::no_room;
  auto const charged = declared + extra;
  core::key const k{who.label(), by.device, by.generation, which};
  auto why = reserve(who, *r, k, by.lead, charged);
  if (why == commit_status::committed && !charge(*r, charged)) {
    unreserve(*r, k, charged);
    why = commit_status::no_room;
  }
  if (why != commit_status::committed) {
    count_refusal(*r);
    return why;
  }
  auto* const f = ::new (std::nothrow) frame{k, *r, {}, 0, charged};
  if (f == nullptr) {
    r->money.account.credit(charged);
    unreserve(*r, k, charged);
    return commit_status::no_room;
  }
  f->facts = facts;
  f->size = size;
  f->foreign = std::move(memory);
  waiter_list woken;
  flight_list ended;
  graveyard dead;
  {
    base::mutex_lock const lock(r->place.lock);
    count_pin(*r, *f);
  }
  staged held{*f};
  why = link(who, *f, by.lead, woken, ended, dead);
  if (why != commit_status::committed) memory = std::move(f->foreign);
  held = {};
  bury(dead);
  fire_all(woken);
  land(*r, ended);
  after_operation(*r);
  return why;
}

inline revocation house::erase(core::scope const& who, writing const& by) noexcept {
  room* const r = room_of(who);
  if (r == nullptr) return {order_status::refused};
  catch_up(who, *r);
  graveyard dead;
  flight_list ended;
  revocation answer{order_status::refused};
  {
    base::mutex_lock const lock(r->place.lock);
    device_state* d = nullptr;
    core::key const any{who.label(), by.device, by.generation, rendition::source()};
    if (may_publish(who, *r, any, 0, d) != commit_status::committed) return answer;
    answer.status = order_status::done;
    for (frame* f = d->first; f != nullptr; f = f->next_of_device) {
      (f->pins == 0 ? answer.wiped : answer.pinned) += f->charge;
      f->erased = true;
    }
    unlink_all(*d, dead);
    ended.take_all(d->loads);
  }
  bury(dead);
  answer.wiped += r->money.blocks.purge(who.label(), by.device.value());
  land(*r, ended);
  {
    base::mutex_lock const lock(r->place.lock);
    r->counters.wiped += answer.wiped;
  }
  after_operation(*r);
  return answer;
}

}  // namespace engine
}  // namespace v0
}  // namespace framecache

// SPDX-License-Identifier: Apache-2.0
//
// How frames come in: a generation is begun, memory is staged, and a commit is published or refused inside the lock that
// publishes it (I6, I7). A frame is complete before it can be found, and immutable after (I4).
//
// Two locks of the lane a frame: one to stage (stage.hpp), one to commit.
#pragma once

#include <framecache/engine/house.hpp>
#include <framecache/engine/reclaim.hpp>
#include <framecache/engine/space.hpp>
#include <framecache/engine/stage.hpp>
#include <framecache/version.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>
#include <memory>
#include <new>
#include <string_view>
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

// Makes sure that the index takes one more node. Returns 0, or the bytes that are lacking for it.
inline std::uint64_t house::reserve_index(room& r) noexcept {
  move_index(r);
  while (r.index.full() && r.index.moving()) move_index(r);
  auto const wanted = r.index.wants();
  if (wanted == 0) return 0;
  if (auto* const fresh = r.money.tables.take(wanted)) {
    r.index.grow(fresh, wanted);
    return 0;
  }
  return r.index.full() ? wanted * sizeof(bucket) : 0;
}
// A few buckets on, and what is no longer used goes back.
inline void house::move_index(room& r) noexcept {
  if (!r.index.moving()) return;
  auto const part = r.index.move_some([this](entry const& e) { return hash_of(e.key()); });
  if (part.at != nullptr) r.money.tables.give(part.at, part.buckets);
}

// Makes the room's record of a device. Returns 0 if it is there, or the bytes that are lacking for it.
inline std::uint64_t house::add_device(core::scope const& who, room& r, device_id device) noexcept {
  // A device that was retired meanwhile must not come back.
  if (r.label != who.label() || device_for(r, device) != nullptr || !who.owns(device)) return 0;
  // What lacks in the house, a tenant with walls of its own cannot make up for.
  constexpr auto never = ~std::uint64_t{0};
  if (!device_directory::has_place_for(device.value())) return never;
  std::uint64_t const page_lacks = std::addressof(r.money) == std::addressof(main_) ? base::page_size : never;
  device_directory::page_charge page(devices_, device.value());
  if (!page) return page_lacks;
  auto* const block = r.money.small.take(memory::record_class);
  if (block == nullptr) return memory::slab_sizes[memory::record_class];
  auto& words = *base::object_in_zeroed_pages<device_words>(block);
  auto* const d = ::new (static_cast<void*>(block + sizeof words)) device_state(device);
  words.label.store(r.label, std::memory_order_release);  // (48) release: pairs with acquire (49)
  if (!devices_.add(device.value(), r.label, words, page)) {
    free_record(r, *d);
    return page_lacks;
  }
  d->next = r.devices;
  if (r.devices != nullptr) r.devices->previous = d;
  r.devices = d;
  ++r.device_count;
  return 0;
}
// The same, with whatever has to leave for it. Also brings the room to the scope's epoch, if that is newer.
inline bool house::reserve_device(core::scope const& who, room& r, device_id device) noexcept {
  auto const epoch = who.label();
  for (;;) {
    bool swept = true;
    std::uint64_t lacking = 0;
    {
      base::mutex_lock const lock(r.place.lock);
      swept = r.label >= epoch;
      if (swept) {
        lacking = add_device(who, r, device);
        if (lacking == 0) return r.label == epoch && device_for(r, device) != nullptr;
      }
    }
    if (!swept) {
      sweep(r, epoch);
    } else if (lacking == ~std::uint64_t{0} || !make_space(r, lacking)) {
      return false;
    }
  }
}

// Takes everything of older generations out of reach. Under stale<mark> the last picture stays, for `latest` alone.
inline void house::fence(room& r, device_state& d, graveyard& dead) noexcept {
  entry* const kept = settings_.mark_stale ? (d.newest != nullptr ? d.newest : d.before) : nullptr;
  for (entry* e = d.first; e != nullptr;) {
    entry* const next = e->next;
    r.place.lock.assert_held();
    if (e != kept) unlink(*e, dead);
    e = next;
  }
  hide_newest(r, d);
  d.before = kept;
}

// A name is charged to whom its tenant's frames are, and what is not needed leaves for it.
inline core::registry::name_answer house::intern(core::scope const& who, std::string_view name) noexcept {
  room* const r = room_of(who);
  auto const bytes = core::cell::name_charge(name);
  for (bool fits = false;;) {
    auto const answer = registry_.intern(who, name, account_of(who));
    if (answer.status != name_status::no_room || fits || r == nullptr) return answer;
    // Where it fits by now and is refused once more, what lacks is nothing that frames could leave for.
    fits = r->money.account.left() >= bytes;
    if (!fits && !make_space(*r, bytes)) return answer;
  }
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
        changes::change const now_changing(r->changed);
        d->generation = next_generation(d->generation);
        // Neither while the frames go: whoever sees that one is gone asks under this lock why, when all of them are.
        words_of(*d).live.store(0, std::memory_order_relaxed);
        fence(*r, *d, dead);
        ended.take_all(d->loads);
        words_of(*d).live.store(d->generation, std::memory_order_release);  // (35) release: pairs with acquire (34)
        d->publisher = who.principal_word();
        d->streaming = true;
        d->until = who.deadline();
        ++r->counters.generations;
        answer = {begin_status::ok, stream_generation{std::uint64_t{d->generation}},
                  trail{FRAMECACHE_DETAIL_WORD(*r), FRAMECACHE_DETAIL_WORD(r->charged),
                        FRAMECACHE_DETAIL_WORD(devices_.place_of(device.value())), FRAMECACHE_DETAIL_WORD(*d)}};
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

// Publishes a complete frame: the last checks, the swap, and the order all happen under one lock.
inline commit_status house::link(core::scope const& who, entry& e, std::uint64_t size, std::uint64_t lead,
                                 waiter_list& woken, flight_list& ended, graveyard& dead) noexcept {
  room& r = *e.home.load(std::memory_order_relaxed);
  auto const k = e.key();
  bool const source = k.is_source();
  auto const hash = source ? 0 : hash_of(k);
  auto const now = base::steady_now();
  for (;;) {
    std::uint64_t lacking = 0;
    {
      base::mutex_lock const lock(r.place.lock);
      device_state* d = nullptr;
      auto const why = may_publish(who, r, k, lead, d);
      if (why != commit_status::committed) {
        ++r.counters.commits_refused;
        return why;
      }
      // The newest frame of a device is the one of the live generation's source.
      auto* const old = source ? d->newest : r.index.find(k, hash);
      if (old == nullptr) {
        if (!source) lacking = reserve_index(r);
        if (lacking == 0 && !r.place.order.reserve()) lacking = memory::slab_sizes[memory::table_class];
      } else if (!source) {
        move_index(r);
      }
      if (lacking == 0) {
        r.loose.remove(e);
        e.resize(size);  // under the lock: whoever sums up what is loose reads it
        e.sequence = ++d->sequence;
        e.committed_at = now;
        auto const tick = r.clock.next_tick();
        if (old != nullptr) {
          if (!source) r.index.replace(*old, e, hash);
          r.place.order.replace(*old, e, tick);
          old->replaced = true;  // the older frame of the same whole key has made way
        } else {
          if (!source) r.index.insert(e, hash);
          r.place.order.add(e, tick, [this](entry const& fresh) { return hash_of(fresh.key()); });
        }
        e.previous = nullptr;
        e.next = d->first;
        if (d->first != nullptr) d->first->previous = std::addressof(e);
        d->first = std::addressof(e);
        ++r.frames;
        ++r.counters.commits;
        if (source) show_newest(r, *d, e);
        if (old != nullptr) unlink(*old, dead);
        // Pinned from here on: the draft's pin becomes the link. Last, so that of one key there is one frame to pin: a reader with an
        // old address of this entry would see the newer one first and the older one then.
        e.meta.store(meta::linked, std::memory_order_release);  // (18) release: pairs with acquire (17)
        // Whoever waits for this key has it, whether its ticket published it or a stream did.
        if (auto loaded = d->loads.take(k.rendition_word())) ended.add(std::move(loaded));
        r.nothing.remove(k);
        if (source) {
          if (d->before != nullptr) unlink(*d->before, dead);
          woken.swap(d->waiters);
        }
        return commit_status::committed;
      }
    }
    if (!make_space(r, lacking)) {
      count_refusal(r);
      return commit_status::no_room;
    }
  }
}

inline commit_status house::publish(core::scope const& who, writing const& by, staged&& memory,
                                    frame_facts const& facts, std::uint64_t size) noexcept {
  if (!memory) return commit_status::spent;
  auto& e = *FRAMECACHE_DETAIL_AT(entry, memory.frame_);
  room& r = *e.home.load(std::memory_order_relaxed);
  if (size > e.size()) return commit_status::too_long;
  // What follows the last byte must read as zero, also when the block held a longer frame of the same device before.
  memory::wipe<padding>(e.payload() + size);
  e.captured_at = facts.captured_at;
  e.keyframe = facts.keyframe;
  e.codec = facts.codec;
  e.width = facts.width;
  e.height = facts.height;
  static_cast<void>(room_to_write(who));
  waiter_list woken;
  flight_list ended;
  graveyard dead;
  auto const why = link(who, e, size, by.lead, woken, ended, dead);
  if (why == commit_status::committed) {
    memory.forget();
  } else {
    memory = {};  // a refused draft is freed
  }
  bury(dead);
  if (r.limbo.load(std::memory_order_relaxed) >= detail::limbo_batch) static_cast<void>(reap(r));
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
  constexpr std::uint64_t extra = 64;  // what keeps the owner
  auto const declared = std::max(cost.value(), size);
  if (declared > entry::size_mask) return commit_status::no_room;
  auto const charged = declared + extra;
  core::key const k{who.label(), by.device, by.generation, which};
  auto why = reserve(who, *r, k, by.lead, charged);
  if (why != commit_status::committed) {
    count_refusal(*r);
    return why;
  }
  bool const paid = charge(*r, charged);
  entry* const e = paid ? take_header(*r) : nullptr;
  if (e != nullptr) {
    base::mutex_lock const lock(r->place.lock);
    device_state* d = nullptr;
    why = may_publish(who, *r, k, by.lead, d);
    if (why == commit_status::committed) {
      apart(*e) = {nullptr, charged, memory.release()};
      make_draft(*r, *d, *e, k, memory::header_class, size | entry::foreign_bit);
    } else {
      r->money.small.give(reinterpret_cast<std::byte*>(e), memory::header_class);
    }
  } else {
    why = commit_status::no_room;
  }
  if (why != commit_status::committed) {
    if (paid) r->money.account.credit(charged);
    unreserve(*r, k, charged);
    count_refusal(*r);
    return why;
  }
  e->captured_at = facts.captured_at;
  e->keyframe = facts.keyframe;
  e->codec = facts.codec;
  e->width = facts.width;
  e->height = facts.height;
  waiter_list woken;
  flight_list ended;
  graveyard dead;
  staged held{*this, *e};
  why = link(who, *e, size, by.lead, woken, ended, dead);
  if (why == commit_status::committed) {
    held.forget();
  } else {
    memory.reset(std::exchange(apart(*e).owner, nullptr));  // back to whoever offered it
    held = {};
  }
  bury(dead);
  fire_all(woken);
  land(*r, ended);
  after_operation(*r);
  return why;
}

// Bytes of a device's frames that were erased and are still held.
inline std::uint64_t house::erased_of(room& r, device_id device) noexcept {
  std::uint64_t sum = 0;
  for (entry const* e = r.loose.first; e != nullptr; e = e->next) {
    if (e->erased && e->device.load(std::memory_order_relaxed) == device.value()) sum += e->charge();
  }
  return sum;
}

inline revocation house::erase(core::scope const& who, writing const& by) noexcept {
  room* const r = room_of(who);
  if (r == nullptr) return {order_status::refused};
  catch_up(who, *r);
  graveyard dead;
  flight_list ended;
  revocation answer{order_status::refused};
  std::uint64_t held_before = 0;
  {
    base::mutex_lock const lock(r->place.lock);
    device_state* d = nullptr;
    core::key const any{who.label(), by.device, by.generation, rendition::source()};
    if (may_publish(who, *r, any, 0, d) != commit_status::committed) return answer;
    answer.status = order_status::done;
    held_before = erased_of(*r, by.device);
    for (entry* e = d->first; e != nullptr; e = e->next) {
      e->erased = true;
      answer.wiped += e->charge();
    }
    for (entry* e = r->loose.first; e != nullptr; e = e->next) {
      if (is_left_of(*e, *d)) e->erased = true;
    }
    unlink_all(*d, dead);
    answer.wiped += drop_spares(*r, *d);
    ended.take_all(d->loads);
  }
  bury(dead);
  static_cast<void>(reap(*r));
  auto const free = r->money.blocks.purge(who.label(), by.device.value());
  land(*r, ended);
  {
    base::mutex_lock const lock(r->place.lock);
    auto const held = erased_of(*r, by.device);
    answer.pinned = held - std::min(held, held_before);
    answer.wiped = answer.wiped - std::min(answer.wiped, answer.pinned) + free;
    r->counters.wiped += answer.wiped;
  }
  after_operation(*r);
  return answer;
}

}  // namespace engine
}  // namespace v0
}  // namespace framecache

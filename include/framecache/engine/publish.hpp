// SPDX-License-Identifier: Apache-2.0
//
// How frames come in: a generation is begun, memory is staged, and a commit is published or refused inside the lock that
// publishes it (I6, I7). A frame is complete before it can be found, and immutable after (I4).
//
// A steady stream allocates nothing: a camera's next small frame is written over its last but one, and of larger ones the pool gives
// the device's own block back first. Two locks of the lane a frame: one to stage, one to commit.
#pragma once

#include <framecache/engine/house.hpp>
#include <framecache/engine/reclaim.hpp>
#include <framecache/engine/space.hpp>
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
  if (!r.money.account.try_charge(device_charge)) return device_charge;
  std::unique_ptr<device_state> d(::new (std::nothrow) device_state(device));
  auto const slot = d ? devices_.add(device.value()) : device_slot{};
  if (!slot) {
    r.money.account.credit(device_charge);
    return d ? 2 * base::page_size : ~std::uint64_t{0};
  }
  d->slot = slot;
  slot.cold->state.store(d.get(), std::memory_order_relaxed);
  slot.set_newest(r.label, nullptr);
  slot.cold->label.store(r.label, std::memory_order_release);  // (46) release: pairs with acquire (45)
  d->next = r.devices;
  if (r.devices != nullptr) r.devices->previous = d.get();
  r.devices = d.release();
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
  d.newest = nullptr;
  d.slot.set_newest(r.label, nullptr);
  d.before = kept;
  if (kept == nullptr || kept->hidden) return;
  take_out_of_index(r, *kept);
  kept->hidden = true;
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
        d->slot.cold->live.store(d->generation, std::memory_order_release);  // (35) release: pairs with acquire (34)
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

// Memory for a small frame: what the device left, then what the room keeps, then the slab's. Zeroed unless the device itself left it
// there (I5).
inline entry* house::take_small(room& r, device_state& d, std::size_t index) noexcept {
  constexpr int search_depth = 8;
  entry* e = d.spare;
  if (e != nullptr) {
    auto const* const at = reinterpret_cast<std::byte const*>(e);
    for (std::size_t line = 0; line < memory::slab_sizes[index] && line != 512; line += 64) __builtin_prefetch(at + line, 1);
  }
  int depth = 0;
  if (e == nullptr || e->slab_class != index) {
    for (e = r.spares.first; e != nullptr && e->slab_class != index && depth != search_depth; ++depth) e = e->next;
    if (e != nullptr && e->slab_class != index) e = nullptr;
  }
  if (e != nullptr) {
    bool const own = e->owner == std::addressof(d);
    r.spares.remove(*e);
    r.spare_count.store(r.spares.count, std::memory_order_relaxed);
    if (e->owner != nullptr && e->owner->spare == e) e->owner->spare = nullptr;
    if (!own) {
      auto* const at = reinterpret_cast<std::byte*>(e) + entry_bytes;
      memory::wipe(at, memory::slab_sizes[index] - entry_bytes);
    }
    return e;
  }
  auto* at = r.money.small.take(index);
  // With the bound reached, a free block of the next larger classes will do, unless caps count every byte.
  for (auto larger = index + 1; at == nullptr && larger != memory::slab_class_count && !r.bounds.cap && !r.bounds.device_cap;
       ++larger) {
    if (memory::slab_sizes[larger] > 2 * memory::slab_sizes[index]) break;
    at = r.money.small.take_free(larger);
    if (at != nullptr) index = larger;
  }
  if (at == nullptr) return nullptr;
  e = base::object_in_zeroed_pages<entry>(at);
  e->slab_class = static_cast<std::uint8_t>(index);
  return e;
}

// From free memory to a draft: named, pinned once, charged, among the room's loose ones.
inline void house::make_draft(room& r, device_state& d, entry& e, core::key const& k, std::size_t index,
                              std::uint64_t shape) noexcept {
  e.name(k);
  e.stamp.store(0, std::memory_order_relaxed);
  e.home.set(std::addressof(r));
  e.shape.set(shape);
  e.owner = std::addressof(d);
  e.slab_class = static_cast<std::uint8_t>(index);
  e.erased = e.dead = e.limbo = e.spare = e.in_main = e.hidden = e.replaced = false;
  r.loose.add(e);
  e.meta.store(meta::one_pin, std::memory_order_relaxed);
}

inline entry* house::stage_small(core::scope const& who, room& r, core::key const& k, std::uint64_t lead,
                                 std::size_t index, std::uint64_t size, commit_status& why) noexcept {
  auto const bytes = std::uint64_t{memory::slab_sizes[index]};
  for (;;) {
    auto what = lack::none;
    {
      base::mutex_lock const lock(r.place.lock);
      device_state* d = nullptr;
      why = may_publish(who, r, k, lead, d);
      if (why != commit_status::committed) return nullptr;
      what = lacks(r, *d, bytes);
      if (what == lack::none) {
        if (entry* const e = take_small(r, *d, index)) {
          make_draft(r, *d, *e, k, e->slab_class, size);
          charge_frame(r, *d, e->charge());
          return e;
        }
      }
    }
    if (make_up_for(r, what, k.device(), bytes)) continue;
    why = commit_status::no_room;
    return nullptr;
  }
}

// Reserves `bytes` within the tenant's and the device's cap, evicting their own frames for it. The caps are kept here, under the
// lane's lock, for drafts and held frames alike. What could never fit is refused before anything is evicted.
inline commit_status house::reserve(core::scope const& who, room& r, core::key const& k, std::uint64_t lead,
                                    std::uint64_t bytes) noexcept {
  if (bytes == 0) return commit_status::no_room;
  if (bytes > r.money.account.limit() / 16 && bytes > most_evictable(r)) return commit_status::no_room;
  for (;;) {
    auto what = lack::none;
    {
      base::mutex_lock const lock(r.place.lock);
      device_state* d = nullptr;
      auto const why = may_publish(who, r, k, lead, d);
      if (why != commit_status::committed) return why;
      what = lacks(r, *d, bytes);
      if (what == lack::none) {
        charge_frame(r, *d, bytes);
        return commit_status::committed;
      }
    }
    if (!make_up_for(r, what, k.device(), bytes)) return commit_status::no_room;
  }
}
inline void house::unreserve(room& r, core::key const& k, std::uint64_t bytes) noexcept {
  base::mutex_lock const lock(r.place.lock);
  credit_frame(r, r.label == k.label_word() ? device_for(r, k.device()) : nullptr, bytes);
}

inline entry* house::take_header(room& r) noexcept {
  for (;;) {
    if (auto* const at = r.money.small.take(memory::header_class)) return base::object_in_zeroed_pages<entry>(at);
    if (!make_space(r, 0)) return nullptr;
  }
}

inline entry* house::stage_apart(core::scope const& who, room& r, core::key const& k, std::uint64_t lead,
                                 std::uint64_t size, commit_status& why) noexcept {
  auto const wanted = padded(size);
  auto const bytes = std::uint64_t{memory::class_for(wanted).bytes};
  why = reserve(who, r, k, lead, bytes);
  if (why != commit_status::committed) return nullptr;
  memory::raw_block block;
  for (;;) {
    block = r.money.blocks.take(wanted, {k.label_word(), k.device().value()});
    if (block || !make_space(r, 0)) break;
  }
  entry* const e = block ? take_header(r) : nullptr;
  if (e != nullptr) {
    base::mutex_lock const lock(r.place.lock);
    device_state* d = nullptr;
    why = may_publish(who, r, k, lead, d);
    if (why == commit_status::committed) {
      apart(*e) = {block.at, block.bytes, nullptr};
      make_draft(r, *d, *e, k, memory::header_class, size | entry::apart_bit);
      return e;
    }
    r.money.small.give(reinterpret_cast<std::byte*>(e), memory::header_class);
  } else {
    why = commit_status::no_room;
  }
  if (block) r.money.blocks.give({block.at, block.bytes, block.bytes}, {k.label_word(), k.device().value()}, true);
  unreserve(r, k, bytes);
  return nullptr;
}

// Begins to load what staging and committing will look at, while whoever publishes copies its picture.
inline void house::prefetch_for(room& r, core::key const& k) const noexcept {
  r.index.prefetch(hash_of(k));
  auto const slot = devices_.find(k.device().value());
  if (!slot) return;
  auto const* const state = reinterpret_cast<std::byte const*>(slot.cold->state.load(std::memory_order_relaxed));
  for (std::size_t line = 0; line < sizeof(device_state); line += 64) __builtin_prefetch(state + line, 1);
  auto const* const old = reinterpret_cast<std::byte const*>(slot.newest_of(k.label_word()));
  __builtin_prefetch(old, 1);
  __builtin_prefetch(old + entry_bytes / 2, 1);
}

inline staged house::stage(core::scope const& who, writing const& by, rendition which, byte_count size,
                           commit_status& why) noexcept {
  room* const r = room_of(who);
  why = commit_status::refused;
  if (r == nullptr) return {};
  catch_up(who, *r);
  core::key const k{who.label(), by.device, by.generation, which};
  prefetch_for(*r, k);
  auto const whole = padded(size.value());
  auto const small = config_.source != nullptr || whole > r->money.small.largest()
                         ? memory::slab_class_count
                         : r->money.small.class_for_frame(whole + entry_bytes);
  entry* const e = small != memory::slab_class_count ? stage_small(who, *r, k, by.lead, small, size.value(), why)
                                                     : stage_apart(who, *r, k, by.lead, size.value(), why);
  after_operation(*r);
  if (e == nullptr) {
    count_refusal(*r);
    return {};
  }
  return staged{*this, *e};
}

// Publishes a complete frame: the last checks, the swap, and the order all happen under one lock.
inline commit_status house::link(core::scope const& who, entry& e, std::uint64_t lead, waiter_list& woken,
                                 flight_list& ended, graveyard& dead) noexcept {
  room& r = *e.home.get();
  auto const k = e.key();
  auto const hash = hash_of(k);
  auto const now = base::steady_now();
  r.index.prefetch(hash);
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
      auto* const old = r.index.find(k, hash);
      if (old == nullptr) {
        lacking = reserve_index(r);
        if (lacking == 0 && !r.place.order.reserve()) lacking = memory::slab_sizes[memory::table_class];
      } else {
        move_index(r);
      }
      if (lacking == 0) {
        r.loose.remove(e);
        e.sequence = ++d->sequence;
        e.committed_at = now;
        auto const tick = r.place.tick.load(std::memory_order_relaxed) + 1;
        r.place.tick.store(tick, std::memory_order_relaxed);
        // Found from here on: the draft's pin becomes the link.
        e.meta.store(meta::linked, std::memory_order_release);  // (18) release: pairs with acquire (17)
        if (old != nullptr) {
          r.index.replace(*old, e, hash);
          r.place.order.replace(*old, e, tick);
          old->hidden = old->replaced = true;  // the older frame of the same whole key has made way
        } else {
          r.index.insert(e, hash);
          r.place.order.add(e, hash, tick);
        }
        e.previous = nullptr;
        e.next = d->first;
        if (d->first != nullptr) d->first->previous = std::addressof(e);
        d->first = std::addressof(e);
        ++r.frames;
        ++r.counters.commits;
        if (old != nullptr) unlink(*old, dead);
        // Whoever waits for this key has it, whether its ticket published it or a stream did.
        if (auto loaded = d->loads.take(k.rendition_word())) ended.add(std::move(loaded));
        r.nothing.remove(k);
        if (k.rendition_word() == rendition::source().word()) {
          d->newest = std::addressof(e);
          d->slot.set_newest(r.label, std::addressof(e));
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

inline commit_status house::publish(core::scope const& who, writing const& by, staged memory, frame_facts const& facts,
                                    std::uint64_t size) noexcept {
  if (!memory) return commit_status::spent;
  auto& e = *FRAMECACHE_DETAIL_AT(entry, memory.frame_);
  room& r = *e.home.get();
  if (size > e.size()) return commit_status::too_long;
  // What follows the last byte must read as zero, also when the block held a longer frame of the same device before.
  memory::wipe(e.payload() + size, padding);
  e.captured_at = facts.captured_at;
  e.keyframe = facts.keyframe;
  e.codec = facts.codec;
  e.width = facts.width;
  e.height = facts.height;
  e.resize(size);
  catch_up(who, r);
  waiter_list woken;
  flight_list ended;
  graveyard dead;
  auto const why = link(who, e, by.lead, woken, ended, dead);
  if (why == commit_status::committed) {
    memory.forget();
  } else {
    memory = {};  // a refused draft is freed
  }
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
  why = link(who, *e, by.lead, woken, ended, dead);
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
    auto const all = d->charged;
    for (entry* e = d->first; e != nullptr; e = e->next) {
      e->erased = true;
      answer.wiped += e->charge();
    }
    unlink_all(*d, dead);
    // What was freed at once is no longer charged; what is buried below is freed before this returns.
    for (entry const* e = r->loose.first; e != nullptr; e = e->next) {
      bool const held = e->owner == d && e->erased && (is_pinned(*e) || e->limbo);
      if (held) answer.pinned += e->charge();
    }
    answer.pinned = std::min(answer.pinned, all);
    answer.wiped -= std::min(answer.wiped, answer.pinned);
    answer.wiped += drop_spares(*r, d);
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

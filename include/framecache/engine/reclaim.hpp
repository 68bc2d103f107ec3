// SPDX-License-Identifier: Apache-2.0
//
// How frames leave: unlinked under the lane's lock, freed by whoever sees neither link nor pin. Small ones are kept for their device
// or given back to the slab at once, under that lock; what lies apart is wiped and released outside it, because that can be long
// and can be user code.
//
// A frame whose tenant's epoch has passed, or whose device was retired, is dead: it is wiped when it is freed, and its bytes are
// counted apart until then, so that drain() can wait for them.
//
// A frame that somebody may be peeking at is in limbo: nobody pins it, nobody can find it, and it is freed when no guard names it.
#pragma once

#include <framecache/engine/house.hpp>
#include <framecache/version.hpp>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <utility>

namespace framecache {
inline namespace v0 {
namespace engine {

namespace detail {

// Frames in limbo before somebody pays for a look at the guards.
inline constexpr std::size_t limbo_batch = 32;

// What lies behind the first line of a small block or a header is zeroed; the line itself by stores that a reader may race with.
inline void zero_block(entry& e, std::size_t index) noexcept {
  auto* const at = reinterpret_cast<std::byte*>(std::addressof(e));
  memory::wipe(at + sizeof(entry) / 2, memory::slab_sizes[index] - sizeof(entry) / 2);
  e.unname();
  e.meta.store(0, std::memory_order_relaxed);
  e.stamp.store(0, std::memory_order_relaxed);
  e.home.store(nullptr, std::memory_order_relaxed);
  e.shape.set(0);
}

}  // namespace detail

// What readers find as the newest frame of the device; or none.
inline void house::show_newest(room& r, device_state& d, entry& e) noexcept {
  changes::change const now_changing(r.changed);
  d.newest = std::addressof(e);
  devices_.show(d.id.value(), r.label, e);
}
inline void house::hide_newest(room& r, device_state& d) noexcept {
  changes::change const now_changing(r.changed);
  d.newest = nullptr;
  devices_.show_none(d.id.value(), r.label, words_of(d));
}

// Takes the frame out of everything a lookup goes through. Who pins it still holds it, among the loose ones of its room.
// `keep_memory`: its memory may stay with the room.
inline void house::unlink(entry& e, graveyard& dead, bool keep_memory) noexcept {
  room& r = *e.home.load(std::memory_order_relaxed);
  r.place.lock.assert_held();
  device_state& d = *e.owner;
  if (is_indexed(e)) r.index.erase(e, hash_of(e.key()));
  if (!e.replaced) r.place.order.remove(e);
  (e.previous != nullptr ? e.previous->next : d.first) = e.next;
  if (e.next != nullptr) e.next->previous = e.previous;
  if (d.newest == std::addressof(e)) hide_newest(r, d);
  if (d.before == std::addressof(e)) d.before = nullptr;
  --r.frames;
  r.loose.add(e);
  if (e.dead) {
    e.owner = nullptr;
    r.dead_pinned += e.charge();
  }
  auto const m = e.meta.fetch_and(~meta::linked, std::memory_order_seq_cst);  // (47) seq_cst: against the arming (32)
  r.counters.hits += meta::hits(m);
  if (meta::pins(m) == 0) put_away(r, e, dead, keep_memory);
}
inline void house::unlink_all(device_state& d, graveyard& dead) noexcept {
  while (d.first != nullptr) unlink(*d.first, dead);
}

// Nobody can find or pin it any more.
inline void house::put_away(room& r, entry& e, graveyard& dead, bool keep_memory) noexcept {
  if (guards_.any()) {
    e.limbo = true;
    r.limbo.store(r.limbo.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  } else {
    recycle(r, e, dead, keep_memory);
  }
}

// Frees a frame: its memory stays with its device, unwiped, where it may (I5). Of what lies apart a device keeps one block, the
// largest; any other is freed outside the lock.
inline void house::recycle(room& r, entry& e, graveyard& dead, bool keep_memory) noexcept {
  device_state* const owner = e.owner;
  bool const wipe = e.dead || e.erased || settings_.scrub_on_release;
  bool const stays = !wipe && keep_memory && owner != nullptr;
  if (e.is_apart()) {
    if (!stays || e.is_foreign()) return dead.add(e);
    entry* const other = owner->spare_apart;
    if (other != nullptr && apart(*other).bytes >= apart(e).bytes) return dead.add(e);
    if (other != nullptr) free_spare(r, *other);
  }
  settle(r, e);
  if (!stays) {
    auto const index = std::size_t{e.slab_class};
    detail::zero_block(e, index);
    r.money.small.give(reinterpret_cast<std::byte*>(std::addressof(e)), index);
    return;
  }
  e.unname();
  e.meta.store(0, std::memory_order_relaxed);
  e.spare = true;
  e.owner = owner;
  if (e.is_apart()) {
    owner->spare_apart = std::addressof(e);
  } else {
    e.next = owner->spare;
    if (e.next != nullptr) e.next->previous = std::addressof(e);
    owner->spare = std::addressof(e);
    r.at_hand = std::addressof(e);
  }
  memory::poison(e.payload(), e.room_for_payload());
  if (!owner->is_keeping) add_keeper(r, *owner);
  r.spare_bytes.store(r.spare_bytes.load(std::memory_order_relaxed) + e.charge(), std::memory_order_relaxed);
}

inline void house::add_keeper(room& r, device_state& d) noexcept {
  d.is_keeping = true;
  d.next_keeper = r.keepers;
  if (d.next_keeper != nullptr) d.next_keeper->previous_keeper = std::addressof(d);
  r.keepers = std::addressof(d);
}
inline void house::remove_keeper(room& r, device_state& d) noexcept {
  if (!d.is_keeping) return;
  (d.previous_keeper != nullptr ? d.previous_keeper->next_keeper : r.keepers) = d.next_keeper;
  if (d.next_keeper != nullptr) d.next_keeper->previous_keeper = d.previous_keeper;
  d.next_keeper = d.previous_keeper = nullptr;
  d.is_keeping = false;
}

// Takes a block that the room keeps for its devices. The device stays among the keepers.
inline void house::take_spare(room& r, entry& e) noexcept {
  r.spare_bytes.store(r.spare_bytes.load(std::memory_order_relaxed) - e.charge(), std::memory_order_relaxed);
  memory::unpoison(e.payload(), e.room_for_payload());
  if (!e.is_apart()) {
    (e.previous != nullptr ? e.previous->next : e.owner->spare) = e.next;
    if (e.next != nullptr) e.next->previous = e.previous;
    e.next = e.previous = nullptr;
    if (r.at_hand == std::addressof(e)) r.at_hand = nullptr;
    return;
  }
  e.owner->spare_apart = nullptr;
}

// The frame is counted no longer.
inline void house::settle(room& r, entry& e) noexcept {
  r.loose.remove(e);
  auto const bytes = e.charge();
  credit_frame(r, e.owner, bytes);
  if (e.dead) r.dead_pinned -= bytes;
  if (e.dead || r.loose.count == 0) r.released.notify_all();
}

// Frees what lies apart. Calls user code (foreign memory): no lock may be held.
inline void house::bury(graveyard& dead) noexcept {
  while (entry* const e = dead.take()) {
    room& r = *e->home.load(std::memory_order_relaxed);
    auto const k = e->key();
    bool wiped = false;
    {
      base::mutex_lock const lock(r.place.lock);
      wiped = e->dead || e->erased;
    }
    auto const where = apart(*e);
    if (e->is_foreign()) {
      delete where.owner;
      r.money.account.credit(where.bytes);
    } else {
      auto const bytes = static_cast<std::size_t>(where.bytes);
      r.money.blocks.give({where.at, bytes, bytes}, {k.label_word(), k.device().value()},
                          wiped || settings_.scrub_on_release);
    }
    for (bool first = true;; first = false) {
      base::mutex_lock const lock(r.place.lock);
      // Revoked or retired between the two looks: whoever did that may have swept the free blocks before this one lay there.
      bool const died_meanwhile = first && !wiped && (e->dead || e->erased) && !e->is_foreign();
      if (!died_meanwhile) {
        settle(r, *e);
        detail::zero_block(*e, memory::header_class);
        r.money.small.give(reinterpret_cast<std::byte*>(e), memory::header_class);
        break;
      }
      static_cast<void>(r.money.blocks.purge(k.label_word(), k.device().value()));
    }
  }
}

// The last pin of a frame that nobody can find is gone.
[[gnu::noinline]] inline void house::last_out(entry& e) noexcept {
  room& r = *e.home.load(std::memory_order_relaxed);
  graveyard dead;
  bool at_once = false;
  {
    base::mutex_lock const lock(r.place.lock);
    at_once = e.dead || e.erased;  // wiped at its last release, also while somebody peeks at others
    put_away(r, e, dead, true);
  }
  bury(dead);
  if (at_once) static_cast<void>(reap(r));
}

[[gnu::always_inline]] inline void house::unpin(entry& held) noexcept {
  std::uint64_t m = 0;
  if (alone()) {
    m = held.meta.load(std::memory_order_relaxed);
    held.meta.store(m - meta::one_pin, std::memory_order_relaxed);
  } else {
    // acq_rel: what was read under this pin was read before the memory is written again. Pairs with itself (38)
    m = held.meta.fetch_sub(meta::one_pin, std::memory_order_acq_rel);  // (38) acq_rel: pairs with (38)
  }
  if (!meta::is_linked(m) && meta::pins(m) == 1) [[unlikely]]
    last_out(held);
}

inline void house::repin(entry& held) noexcept { held.meta.fetch_add(meta::one_pin, std::memory_order_relaxed); }

// A peek is over. Whoever took the frame out meanwhile has left it in limbo for this.
inline void house::look_away(entry& held, std::size_t guard) noexcept {
  room& r = *held.home.load(std::memory_order_relaxed);
  guards_.leave(guard);
  if (!meta::is_linked(held.meta.load(std::memory_order_relaxed))) static_cast<void>(reap(r));
}

// Frees what is in limbo and no guard names. Returns whether there was any. `keep_memory`: it may stay with the room.
inline bool house::reap(room& r, bool keep_memory) noexcept {
  if (r.limbo.load(std::memory_order_relaxed) == 0) return false;
  graveyard dead;
  bool freed = false;
  {
    base::mutex_lock const lock(r.place.lock);
    auto const seen = guards_.look();
    for (entry* e = r.loose.first; e != nullptr;) {
      entry* const next = e->next;
      if (e->limbo && !seen.has(*e)) {
        e->limbo = false;
        r.limbo.store(r.limbo.load(std::memory_order_relaxed) - 1, std::memory_order_relaxed);
        freed = true;
        recycle(r, *e, dead, keep_memory);
      }
      e = next;
    }
  }
  bury(dead);
  return freed;
}

// Gives back one block that the room keeps for its devices: of the slab wiped, of the pool as that device's.
inline void house::free_spare(room& r, entry& e) noexcept {
  auto const index = std::size_t{e.slab_class};
  take_spare(r, e);
  if (e.is_apart()) {
    auto const bytes = static_cast<std::size_t>(apart(e).bytes);
    r.money.blocks.give({apart(e).at, bytes, bytes}, {r.label, e.owner->id.value()}, false);
  }
  detail::zero_block(e, index);
  r.money.small.give(reinterpret_cast<std::byte*>(std::addressof(e)), index);
}

// Gives back one block that is kept for a device. Returns whether there was one.
inline bool house::free_spare_of(room& r, device_state const& d) noexcept {
  entry* const e = d.spare != nullptr ? d.spare : d.spare_apart;
  if (e != nullptr) free_spare(r, *e);
  return e != nullptr;
}

// Gives back free memory that the room keeps for a device, or for any of its devices. Returns the bytes that were wiped: what goes
// to the pool is left for its purge, outside the lock.
inline std::uint64_t house::drop_spares(room& r, device_state& of) noexcept {
  std::uint64_t wiped = 0;
  for (entry const* e = of.spare; e != nullptr; e = e->next) wiped += memory::slab_sizes[e->slab_class];
  while (free_spare_of(r, of)) {
  }
  remove_keeper(r, of);
  return wiped;
}
inline std::uint64_t house::drop_spares(room& r) noexcept {
  std::uint64_t wiped = 0;
  while (r.keepers != nullptr) wiped += drop_spares(r, *r.keepers);
  return wiped;
}

// Whether it is what a frame of that device left behind for who was peeking at it.
inline bool house::is_left_of(entry const& e, device_state const& d) noexcept {
  return e.moved && !e.dead && e.device.load(std::memory_order_relaxed) == d.id.value();
}

// Moves a frame of the slab to another block of its class, if it is linked and nobody pins it; gives free memory of a room back. Does
// nothing about what is neither. Readers find it in the one place or the other, or ask under the lane's lock.
inline void house::move_away(entry& e) noexcept {
  // Whose lock to take; what it is shows under that.
  room* const at = e.home.load(std::memory_order_relaxed);
  if (at == nullptr) return;
  room& r = *at;
  base::mutex_lock const lock(r.place.lock);
  if (e.home.load(std::memory_order_relaxed) != at) return;
  if (e.spare) return free_spare(r, e);
  auto m = e.meta.load(std::memory_order_relaxed);
  if (!meta::is_linked(m) || meta::pins(m) != 0 || e.replaced) return;
  auto const index = std::size_t{e.slab_class};
  auto* const block = r.money.small.take_free(index);
  if (block == nullptr) return;
  auto& fresh = *base::object_in_zeroed_pages<entry>(block);
  do {
    if (meta::pins(m) != 0) return r.money.small.give(block, index);
    // (47) seq_cst: against the arming (32)
  } while (!e.meta.compare_exchange_weak(m, m & ~meta::linked, std::memory_order_seq_cst, std::memory_order_relaxed));
  // A guard names this header, and would not keep what both headers share. Nobody has seen that it was not linked but who now waits
  // for this lock.
  bool const peeked = guards_.any();
  if (peeked && e.is_apart()) {
    e.meta.fetch_or(meta::linked, std::memory_order_relaxed);  // it goes on with the release (18) that published it
    return r.money.small.give(block, index);
  }

  constexpr auto line = sizeof(entry) / 2;
  std::memcpy(block + line, reinterpret_cast<std::byte const*>(std::addressof(e)) + line,
              memory::slab_sizes[index] - line);
  fresh.name(e.key());
  fresh.stamp.store(e.stamp.load(std::memory_order_relaxed), std::memory_order_relaxed);
  fresh.home.store(at, std::memory_order_relaxed);
  fresh.shape.set(e.shape.get());
  device_state& d = *e.owner;
  (fresh.previous != nullptr ? fresh.previous->next : d.first) = std::addressof(fresh);
  if (fresh.next != nullptr) fresh.next->previous = std::addressof(fresh);
  r.place.order.move(e, fresh);
  // (18) release: pairs with acquire (17)
  fresh.meta.store(m, std::memory_order_release);
  if (is_indexed(fresh)) r.index.replace(e, fresh, hash_of(fresh.key()));
  if (d.before == std::addressof(e)) d.before = std::addressof(fresh);
  if (d.newest == std::addressof(e)) show_newest(r, d, fresh);

  if (!peeked) {
    detail::zero_block(e, index);
    r.money.small.give(reinterpret_cast<std::byte*>(std::addressof(e)), index);
    return;
  }
  // Somebody may be peeking: what was left behind is counted until nobody is, and is of no device.
  e.owner = nullptr;
  e.limbo = true;
  e.moved = true;
  e.meta.store(0, std::memory_order_relaxed);
  r.charged.store(r.charged.load(std::memory_order_relaxed) + e.charge(), std::memory_order_relaxed);
  r.loose.add(e);
  r.limbo.store(r.limbo.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
}

// Takes a device out of its room: its frames, its word. What is held of it is dead from now on.
inline void house::end_device(room& r, device_state& d, graveyard& dead) noexcept {
  for (entry* e = d.first; e != nullptr; e = e->next) e->dead = true;
  unlink_all(d, dead);
  for (entry* e = r.loose.first; e != nullptr; e = e->next) {
    if (e->owner != std::addressof(d) && !is_left_of(*e, d)) continue;
    e->owner = nullptr;
    e->dead = true;
    r.dead_pinned += e->charge();
  }
  devices_.remove(d.id.value());
  (d.previous != nullptr ? d.previous->next : r.devices) = d.next;
  if (d.next != nullptr) d.next->previous = d.previous;
  --r.device_count;
}

// Whoever waited for it is told. Requires: no lock held.
inline void house::let_go_of(room& r, device_state& gone) noexcept {
  fire_all(gone.waiters);
  land(r, gone.loads);
  free_record(r, gone);
}
// The words that readers see are zeroed by stores that one who is late may race with.
inline void house::free_record(room& r, device_state& gone) noexcept {
  auto& words = words_of(gone);
  words.label.store(0, std::memory_order_relaxed);
  words.live.store(0, std::memory_order_relaxed);
  std::destroy_at(std::addressof(gone));
  memory::wipe<sizeof gone>(reinterpret_cast<std::byte*>(std::addressof(gone)));
  r.money.small.give(reinterpret_cast<std::byte*>(std::addressof(words)), memory::record_class);
}

// Bytes of a device that has ended which are still held, or looked at.
inline std::uint64_t house::dead_of(room& r, device_id device) noexcept {
  std::uint64_t sum = 0;
  for (entry const* e = r.loose.first; e != nullptr; e = e->next) {
    bool const its = e->dead && e->device.load(std::memory_order_relaxed) == device.value();
    // Whoever took it out and has no use for it any more is about to free it.
    if (its && (e->limbo || meta::pins(e->meta.load(std::memory_order_relaxed)) != 0)) sum += e->charge();
  }
  return sum;
}

// Takes a device out of service: nothing of it is found any more, and what nobody holds is wiped. Returns the bytes that this call
// wiped; `pinned` gets those that are still under a handle, a draft or a peek. Another thread may have seen the device's end and have
// dropped it before: what is held of it is no less held for that, and what it left free is wiped when this returns.
inline std::uint64_t house::drop_device(room& r, device_id device, std::uint64_t& pinned) noexcept {
  graveyard dead;
  device_state* gone = nullptr;
  std::uint64_t label = 0;
  std::uint64_t all = 0;
  {
    base::mutex_lock const lock(r.place.lock);
    label = r.label;
    if (auto* const d = device_for(r, device)) {
      all = d->charged + drop_spares(r, *d);
      end_device(r, *d, dead);
      gone = d;
    }
  }
  bury(dead);
  static_cast<void>(reap(r));
  auto const free = r.money.blocks.purge(label, device.value());
  if (gone != nullptr) let_go_of(r, *gone);
  base::mutex_lock const lock(r.place.lock);
  pinned = dead_of(r, device);
  auto const wiped = all - std::min(all, pinned) + free;
  r.counters.wiped += wiped;
  return wiped;
}

// Carries out what another cache of the same registry was told: devices that were retired there are dropped here.
[[gnu::noinline]] inline void house::catch_up_with(std::uint64_t word, core::scope const& who, room& r) noexcept {
  auto const now = who.retirements();
  while (r.retirements.load(std::memory_order_relaxed) != now) {
    std::optional<device_id> lost;
    {
      base::mutex_lock const lock(r.place.lock);
      if (r.label != who.label()) return;
      for (device_state const* d = r.devices; d != nullptr; d = d->next) {
        if (!who.owns(d->id)) lost = d->id;
      }
    }
    std::uint64_t pinned = 0;
    if (lost) {
      static_cast<void>(drop_device(r, *lost, pinned));
    } else {
      r.retirements.store(now, std::memory_order_relaxed);
    }
  }
  r.caught_up.store(word, std::memory_order_relaxed);
}

// Begins a new epoch of a room: everything of the old one is unlinked under the lock and wiped outside it (I7).
inline revocation house::sweep(room& r, std::uint64_t label) noexcept {
  graveyard dead;
  device_state* gone = nullptr;
  std::uint64_t old = 0;
  std::uint64_t all = 0;
  std::uint64_t dead_before = 0;
  {
    base::mutex_lock const lock(r.place.lock);
    // Swept already, by somebody who saw a newer one.
    if (label <= r.label) return {order_status::done, 0, r.dead_pinned};
    old = r.label;
    dead_before = r.dead_pinned;
    all = r.charged.load(std::memory_order_relaxed) - dead_before + drop_spares(r);
    while (r.devices != nullptr) {
      auto* const d = r.devices;
      end_device(r, *d, dead);
      d->next = gone;
      gone = d;
    }
    r.label = label;
  }
  bury(dead);
  static_cast<void>(reap(r));
  auto const free = r.money.blocks.purge(old, std::nullopt);
  while (gone != nullptr) {
    auto* const next = gone->next;
    let_go_of(r, *gone);
    gone = next;
  }
  base::mutex_lock const lock(r.place.lock);
  auto const pinned = r.dead_pinned - std::min(r.dead_pinned, dead_before);
  auto const wiped = all - std::min(all, pinned) + free;
  r.counters.wiped += wiped;
  return {order_status::done, wiped, r.dead_pinned};
}

}  // namespace engine
}  // namespace v0
}  // namespace framecache

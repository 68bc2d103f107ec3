// SPDX-License-Identifier: Apache-2.0
//
// The invariants, seen from inside: walks rooms under their locks and says the first thing that is not as it must be. For tests,
// for debug builds after each operation (config.audit_each_operation), and for an operator's doubt.
#pragma once

#include <framecache/base/fatal.hpp>
#include <framecache/engine/command.hpp>
#include <framecache/engine/house.hpp>
#include <framecache/version.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace framecache {
inline namespace v0 {
namespace engine {

namespace detail {

// What can be wrong with one linked frame, on its own.
[[nodiscard]] inline char const* broken_frame(entry const& e, std::uint64_t label) noexcept {
  auto const k = e.key();
  if (k.label_word() == 0 || k.device().value() == 0 || k.generation().value() == 0 || k.rendition_word() == 0) {
    return "I2: a key has an empty word";
  }
  if (k.label_word() != label) return "I7: a frame of a former epoch can be found";
  if (!meta::is_linked(e.meta.load(std::memory_order_relaxed)) || e.owner == nullptr) {
    return "I4: a frame in the index is not linked";
  }
  if (e.dead || e.erased || e.limbo || e.spare || e.replaced) return "I4: a frame that is gone can be found";
  if (e.is_foreign()) return nullptr;
  if (e.size() + padding > e.room_for_payload()) return "I3: a frame is longer than its memory";
  auto const* const after = e.payload() + e.size();
  if (std::any_of(after, after + padding, [](std::byte b) { return b != std::byte{0}; })) {
    return "I3: the bytes after a frame are not zero";
  }
  return nullptr;
}

// Free memory that is kept for a device. Adds up its bytes.
[[nodiscard]] inline char const* broken_keeper(device_state const& d, std::uint64_t& bytes) noexcept {
  auto const look = [&](entry const& e) -> char const* {
    if (!e.spare || e.meta.load(std::memory_order_relaxed) != 0) return "I4: free memory is pinned";
    if (e.label.load(std::memory_order_relaxed) != 0) return "I1: free memory bears a key";
    if (e.owner != std::addressof(d)) return "I5: free memory is kept for another";
    bytes += e.charge();
    return nullptr;
  };
  for (entry const* e = d.spare; e != nullptr; e = e->next) {
    if (auto const* const broken = look(*e)) return broken;
  }
  return d.spare_apart == nullptr ? nullptr : look(*d.spare_apart);
}

}  // namespace detail

inline char const* house::broken_device(room& r, device_state const& d, std::uint64_t& frames) noexcept {
  if (device_for(r, d.id) != std::addressof(d)) return "I2: a device is not what its number finds";
  auto const& words = words_of(d);
  if (words.live.load(std::memory_order_relaxed) != d.generation ||
      words.label.load(std::memory_order_relaxed) != r.label ||
      device_word::newest(devices_.word_of(d.id.value())) != d.newest) {
    return "I6: readers see another generation of a device than there is";
  }
  std::uint64_t charged = 0;
  for (entry const* e = d.first; e != nullptr; e = e->next) {
    if (auto const* const broken = detail::broken_frame(*e, r.label)) return broken;
    bool const kept = settings_.mark_stale && e == d.before;
    if (kept && e == d.newest) return "I6: what is kept of a superseded stream can be found";
    if (!kept && linked_of(r, d, e->key()) != e) return "I1: a frame is not what its whole key finds";
    if (e->owner != std::addressof(d) || e->home.load(std::memory_order_relaxed) != std::addressof(r))
      return "I2: a frame hangs on another device";
    if (e->generation.load(std::memory_order_relaxed) != d.generation && !kept) {
      return "I6: a superseded frame can be found";
    }
    if (e->sequence > d.sequence) return "I4: a frame has a sequence that its device has not reached";
    charged += e->charge();
    ++frames;
  }
  for (flight const* f = d.loads.first(); f != nullptr; f = f->next.get()) {
    if (f->lead == 0 || f->lead > r.last_lead) return "I8: a load is led by nobody";
    if (d.loads.of(f->rendition) != f) return "I8: two load one key";
  }
  for (entry const* e = r.loose.first; e != nullptr; e = e->next)
    charged += e->owner == std::addressof(d) ? e->charge() : 0;
  return charged > d.charged ? "I10: a device is charged less than its frames have" : nullptr;
}

inline bool house::is_overdrawn(purse const& p) noexcept {
  base::mutex_lock const lock(limit_lock_);
  return p.account.left() > p.account.limit();
}

inline char const* house::broken_in(room& r, std::uint64_t& frames) noexcept {
  base::mutex_lock const lock(r.place.lock);
  std::uint64_t seen = 0;
  std::uint64_t indexed = 0;
  std::uint64_t devices = 0;
  std::uint64_t bytes = 0;
  for (device_state const* d = r.devices; d != nullptr; d = d->next) {
    if (auto const* const broken = broken_device(r, *d, seen)) return broken;
    for (entry const* e = d->first; e != nullptr; e = e->next) {
      bytes += e->charge();
      indexed += is_indexed(*e) ? 1 : 0;
    }
    ++devices;
  }
  std::uint64_t dead = 0;
  std::uint64_t spare = 0;
  std::uint64_t limbo = 0;
  for (entry const* e = r.loose.first; e != nullptr; e = e->next) {
    if (meta::is_linked(e->meta.load(std::memory_order_relaxed)) || e->spare)
      return "I4: a frame is held and free at once";
    bytes += e->charge();
    dead += e->dead ? e->charge() : 0;
    limbo += e->limbo ? 1 : 0;
  }
  for (device_state const* d = r.keepers; d != nullptr; d = d->next_keeper) {
    if (auto const* const broken = detail::broken_keeper(*d, spare)) return broken;
  }
  if (entry const* const e = r.at_hand;
      e != nullptr && (!e->spare || e->is_apart() || e->owner == nullptr || !e->owner->is_keeping)) {
    return "I5: what is at hand is kept for nobody";
  }
  if (spare != r.spare_bytes.load(std::memory_order_relaxed)) return "I10: free memory is not what is counted";
  if (indexed != r.index.count()) return "I1: the index finds something that no device has";
  if (devices != r.device_count || seen != r.frames) return "I1: a room counts other frames than it has";
  if (dead != r.dead_pinned || limbo != r.limbo.load(std::memory_order_relaxed))
    return "I7: what is held of the dead is not what is counted";
  if (!shared_lane_ && r.place.order.count() != seen) return "I11: the order of use holds what the index does not";
  if (auto const* const broken = r.place.order.broken()) return broken;
  if (bytes > r.charged.load(std::memory_order_relaxed)) return "I10: a room is charged less than its frames have";
  if (is_overdrawn(r.money)) return "I10: more was given back than was taken";
  frames += seen;
  return nullptr;
}

inline audit_report house::audit() noexcept {
  audit_report report;
  if (is_overdrawn(main_)) return {false, "I10: more was given back than was taken", 0, 0};
  for (std::size_t i = 0; room* const r = room_at(i); ++i) {
    ++report.rooms;
    if (auto const* const broken = broken_in(*r, report.frames)) {
      report.ok = false;
      report.broken = broken;
      return report;
    }
  }
  return report;
}

inline void house::after_operation([[maybe_unused]] room& r) noexcept {
#if !defined(NDEBUG)
  if (!config_.audit_each_operation) return;
  std::uint64_t frames = 0;
  if (auto const* const broken = broken_in(r, frames)) base::fatal(broken);
#endif
}

}  // namespace engine
}  // namespace v0
}  // namespace framecache

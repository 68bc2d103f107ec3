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
[[nodiscard]] inline char const* broken_frame(frame const& f, std::uint64_t label) noexcept {
  if (f.key.label_word() == 0 || f.key.device().value() == 0 || f.key.generation().value() == 0 ||
      f.key.rendition_word() == 0) {
    return "I2: a key has an empty word";
  }
  if (f.key.label_word() != label) return "I7: a frame of a former epoch can be found";
  if (!f.linked || f.device == nullptr) return "I4: a frame in the index is not linked";
  if (f.foreign) return nullptr;
  if (f.size > f.staged || f.own.size() != f.size || f.own.data() != f.payload()) {
    return "I3: a frame shows other bytes than were recorded";
  }
  auto const* const after = f.payload() + f.size;
  if (std::any_of(after, after + padding, [](std::byte b) { return b != std::byte{0}; })) {
    return "I3: the bytes after a frame are not zero";
  }
  return nullptr;
}

}  // namespace detail

inline char const* house::broken_in(room& r, std::uint64_t& frames) noexcept {
  base::mutex_lock const lock(r.place.lock);
  std::uint64_t seen = 0;
  std::uint64_t bytes = 0;
  for (auto const& [id, d] : r.devices) {
    std::uint64_t of_device = 0;
    for (frame const* f = d->first; f != nullptr; f = f->next_of_device) {
      if (auto const* const broken = detail::broken_frame(*f, r.label)) return broken;
      auto const entry = r.index.find(f->key);
      if (entry == r.index.end() || entry->second != f) return "I1: a frame is not what its whole key finds";
      if (f->device != d.get() || f->key.device() != d->id) return "I2: a frame hangs on another device";
      bool const kept = settings_.mark_stale && f == d->before;
      if (f->key.generation().value() != d->generation && !kept) return "I6: a superseded frame can be found";
      if (f->sequence > d->sequence) return "I4: a frame has a sequence that its device has not reached";
      of_device += f->charge;
      ++seen;
    }
    for (flight const* f = d->loads.first(); f != nullptr; f = f->next.get()) {
      if (f->lead == 0 || f->lead > r.last_lead) return "I8: a load is led by nobody";
      if (d->loads.of(f->rendition) != f) return "I8: two load one key";
    }
    if (of_device > d->charged) return "I10: a device is charged less than its frames have";
    bytes += of_device;
  }
  if (seen != r.index.size()) return "I1: the index finds something that no device has";
  if (!shared_lane_ && r.place.order.count() != seen) return "I11: the order of use holds what the index does not";
  if (bytes > r.charged.load(std::memory_order_relaxed)) return "I10: a room is charged less than its frames have";
  if (r.money.account.used() > r.money.account.limit()) return "I10: the bound is exceeded";
  frames += seen;
  return nullptr;
}

inline audit_report house::audit() noexcept {
  audit_report report;
  if (main_.account.used() > main_.account.limit()) return {false, "I10: capacity is exceeded", 0, 0};
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

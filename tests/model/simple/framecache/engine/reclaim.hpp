// SPDX-License-Identifier: Apache-2.0
//
// How frames leave: unlinked, and freed when nobody holds them; and which of them may leave first.
//
// Who may: an unpinned frame whose last use may be of the oldest tick. With a last use known to the tick that is exactly "the
// oldest tick, any frame of it"; where a handle has blurred it, whatever order of uses is possible is allowed.
#pragma once

#include "model/simple/framecache/engine/house.hpp"

#include <algorithm>

namespace simple_framecache {
namespace engine {

inline void house::used(frame& f, core::word ahead, core::word ahead_of_all) noexcept {
  auto const now = f.home.tick + ahead;
  auto const now_of_all = tick_ + ahead_of_all;
  f.in_tenant = {now, now};
  f.in_all = {now_of_all, now_of_all};
}
inline void house::found(frame& f, core::word ahead, core::word ahead_of_all) noexcept {
  used(f, ahead, ahead_of_all);
  if (f.home.order) f.home.order->use(f.number);
}
inline void house::perhaps_used(frame& f) noexcept {
  f.in_tenant.latest = f.home.tick;
  f.in_all.latest = tick_;
}

inline void house::repin(frame& f) noexcept {
  ++f.pins;
  ++f.home.handles;
}
inline void house::unpin(frame& f) noexcept {
  if (f.pins == 1) perhaps_used(f);
  unstage(f);
}
// A writer's hold is no use.
inline void house::unstage(frame& f) noexcept {
  --f.home.handles;
  if (--f.pins == 0 && !f.linked) forget(f);
}

inline void house::forget(frame const& f) {
  std::erase_if(f.home.frames, [&](auto const& each) { return each.get() == &f; });
}

// Takes the frame out of everything a lookup goes through, and out of the order.
inline void house::unlink(frame& f) {
  if (f.home.order) f.home.order->erase(f.number);
  take_out(f);
}
inline void house::take_out(frame& f) {
  room& r = f.home;
  auto* const d = r.device(f.key.device);
  if (d->newest == &f) d->newest = nullptr;
  if (d->before == &f) d->before = nullptr;
  std::erase(r.index, &f);
  f.linked = false;
  if (f.pins == 0) forget(f);
}
inline void house::unlink_device(room& r, core::word device) {
  auto const all = r.index;
  for (frame* const f : all) {
    if (f->key.device == device) unlink(*f);
  }
}

inline std::vector<frame*> house::oldest(core::word tenant, std::optional<core::word> device, bool among_all,
                                         std::vector<frame*> const& gone) const {
  auto const use_of = [&](frame const& f) { return among_all ? f.in_all : f.in_tenant; };
  std::vector<frame*> unheld;
  for (auto const& [whose, r] : rooms_) {
    for (frame* const f : r->index) {
      bool const counts = (among_all || whose == tenant) && (!device || f->key.device == *device);
      if (counts && f->pins == 0 && std::find(gone.begin(), gone.end(), f) == gone.end()) unheld.push_back(f);
    }
  }
  auto limit = ~core::word{0};
  for (frame const* const f : unheld) limit = std::min(limit, use_of(*f).latest);
  std::erase_if(unheld, [&](frame const* f) { return f->home.tenant != tenant || use_of(*f).earliest > limit; });
  std::sort(unheld.begin(), unheld.end(),
            [&](frame const* a, frame const* b) { return use_of(*a).earliest < use_of(*b).earliest; });
  return unheld;
}

inline void house::evict(frame& f) {
  ++f.home.counters.evictions;
  unlink(f);
}

inline std::optional<std::vector<frame*>> house::left_in_order(core::word tenant, core::word count,
                                                               says_of_frame const& is_gone,
                                                               says_of_frames const& are_all) {
  room const& r = *room_of(tenant);
  auto const frames_of = [&](std::vector<core::word> const& numbers) {
    std::vector<frame*> all;
    all.reserve(numbers.size());
    for (auto const each : numbers) all.push_back(r.numbered(each));
    return all;
  };
  auto const left = r.order->leave(
      static_cast<std::size_t>(count), [&](core::word number) { return r.numbered(number)->pins != 0; },
      [&](core::word number) { return is_gone(*r.numbered(number)); },
      [&](std::vector<core::word> const& numbers) { return are_all(frames_of(numbers)); });
  if (!left) return std::nullopt;
  return frames_of(*left);
}
inline void house::perhaps_searched(core::word tenant) {
  room const& r = *room_of(tenant);
  if (r.order) r.order->perhaps_searched([&](core::word number) { return r.numbered(number)->pins != 0; });
}

// Of an epoch that was revoked, or of a device that was retired.
inline bool house::dead(frame const& f) const noexcept {
  return f.key.label != f.home.label || f.home.device(f.key.device) == nullptr;
}

}  // namespace engine
}  // namespace simple_framecache

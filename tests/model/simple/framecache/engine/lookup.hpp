// SPDX-License-Identifier: Apache-2.0
//
// How frames are found: by the whole key, in the room of the scope's own tenant; and the check where bytes are read.
#pragma once

#include "model/simple/framecache/engine/house.hpp"

namespace simple_framecache {
namespace engine {

// `suspended` and `refused` speak of the viewer itself; `hit` here: go on.
inline lookup_status house::gate(core::scope const& who) noexcept {
  auto const why = who.check(role::viewer);
  if (why == refusal::none) return lookup_status::hit;
  return why == refusal::suspended ? lookup_status::suspended : lookup_status::refused;
}

inline void house::count(room& r, lookup_status what) noexcept {
  switch (what) {
    case lookup_status::hit: ++r.counters.hits; break;
    case lookup_status::absent: ++r.counters.absent; break;
    case lookup_status::superseded: ++r.counters.superseded; break;
    case lookup_status::too_old: ++r.counters.too_old; break;
    case lookup_status::suspended:
    case lookup_status::refused: break;
  }
}

// The frame of exactly these words, counted as a hit or a miss, and not yet as a use.
inline frame* house::look(core::scope const& who, core::key const& words, lookup_status& why) noexcept {
  why = gate(who);
  if (why != lookup_status::hit) return nullptr;
  room& r = *room_of(who.tenant());
  auto const* const d = r.device(words.device);
  frame* found = nullptr;
  why = lookup_status::absent;
  if (d != nullptr && words.generation < d->generation) {
    why = lookup_status::superseded;  // fenced off, whether or not something of it is still held
  } else if (d != nullptr && words.generation == d->generation) {
    found = r.find({who.label(), words.device, words.generation, words.rendition});
    if (found != nullptr) why = lookup_status::hit;
  }
  count(r, why);
  return found;
}

inline pin house::find(core::scope const& who, core::key const& words, lookup_status& why) noexcept {
  frame* const f = look(who, words, why);
  if (f == nullptr) return {};
  found(*f);
  repin(*f);
  return {f, false};
}

inline pin house::peek(core::scope const& who, core::key const& words, lookup_status& why) noexcept {
  frame* const f = look(who, words, why);
  if (f == nullptr) return {};
  settings_.peek_is_a_use ? found(*f) : perhaps_used(*f);
  repin(*f);
  return {f, false};
}

inline pin house::latest(core::scope const& who, core::word device, core::word rendition,
                         std::optional<std::chrono::nanoseconds> limit, lookup_status& why) noexcept {
  why = gate(who);
  if (why != lookup_status::hit) return {};
  room& r = *room_of(who.tenant());
  why = lookup_status::absent;
  auto const* const d = r.device(device);
  frame* f = d == nullptr ? nullptr : r.find({who.label(), device, d->generation, rendition});
  bool stale = false;
  // The generation before, marked, while the live one has nothing.
  if (f == nullptr && d != nullptr && settings_.mark_stale && rendition == core::source_rendition) {
    f = d->before;
    stale = f != nullptr;
  }
  if (f != nullptr && limit && age(*f) > *limit) {
    stale = settings_.mark_stale;
    if (!stale) {
      why = lookup_status::too_old;
      f = nullptr;
    }
  }
  if (f != nullptr) why = lookup_status::hit;
  count(r, why);
  if (f == nullptr) return {};
  found(*f);
  repin(*f);
  return {f, stale};
}

inline lookup_status house::read(core::scope const& who, pin const& held) noexcept {
  if (held.held == nullptr) return lookup_status::absent;
  auto const why = gate(who);
  if (why != lookup_status::hit) return why;
  // The label stands for registry, tenant and epoch at once.
  if (held.held->key.label == who.label()) return lookup_status::hit;
  ++crossings_;
  return lookup_status::refused;
}

inline std::optional<core::word> house::current(core::scope const& who, core::word device) const noexcept {
  if (gate(who) != lookup_status::hit) return std::nullopt;
  auto const* const d = room_of(who.tenant())->device(device);
  if (d == nullptr || d->generation == 0) return std::nullopt;
  return d->generation;
}

}  // namespace engine
}  // namespace simple_framecache

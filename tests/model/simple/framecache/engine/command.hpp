// SPDX-License-Identifier: Apache-2.0
//
// Orders of stewards and admins: revoke, retire, counts, and whether what is dead is still held. None of them yields a frame.
#pragma once

#include "model/simple/framecache/engine/house.hpp"

#include <algorithm>

namespace simple_framecache {
namespace engine {

inline order_status house::retire(core::scope const& steward, core::word device) {
  auto const answer = core::registry::forget(steward, device);
  if (answer != order_status::done) return answer;
  auto& r = *room_of(steward.tenant());
  unlink_device(r, device);
  std::erase_if(r.devices, [&](auto const& d) { return d->id == device; });
  return answer;
}

// Begins a new epoch of a room: everything of the old one is unlinked.
inline void house::sweep(core::word tenant, core::word label) {
  auto& r = *room_of(tenant);
  auto const all = r.index;
  for (frame* const f : all) unlink(*f);
  r.devices.clear();
  r.label = label;
}

inline bool house::drained(core::word tenant) const noexcept {
  auto const& all = room_of(tenant)->frames;
  return std::none_of(all.begin(), all.end(), [&](auto const& f) { return f->pins != 0 && dead(*f); });
}

inline bool house::has_unheld(core::word tenant, std::optional<core::word> device) const noexcept {
  auto const& all = room_of(tenant)->index;
  return std::any_of(all.begin(), all.end(),
                     [&](frame const* f) { return f->pins == 0 && (!device || f->key.device == *device); });
}

inline counts house::count(core::word tenant) const noexcept {
  auto const& r = *room_of(tenant);
  return {r.counters, r.index.size(), r.devices.size(), r.handles};
}

}  // namespace engine
}  // namespace simple_framecache

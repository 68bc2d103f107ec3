// SPDX-License-Identifier: Apache-2.0
//
// The simple engine: rooms by tenant, an index of whole keys, order of use. It was the product's first engine; without locks,
// arenas, byte accounts, loads and watches it is what the real one is compared with.
//
// It does not know how many bytes the real one needs for what it keeps. So it evicts nothing by itself: it is told how many
// frames of a tenant had to leave, says which might, and is told which did.
//
//   lookup.hpp   find, latest, read         publish.hpp   begin, stage, publish, erase
//   reclaim.hpp  unlink, unpin, who leaves  command.hpp   revoke, retire, counts
#pragma once

#include "model/simple/framecache/base/clock.hpp"
#include "model/simple/framecache/engine/room.hpp"
#include "model/simple/framecache/identity/status.hpp"
#include "model/simple/framecache/tenancy/registry.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace simple_framecache {
namespace engine {

// What the promise of an order leaves open, and how this run settles it.
struct settings final {
  bool mark_stale = false;
  bool put_begins_a_tick = true;  // false: a put ends one, and is of one tick with the uses before it
  bool peek_is_a_use = true;      // false: it may be one
  core::word generation_floor = 0;
  std::unique_ptr<testing::simple_room_order> (*make_order)() = nullptr;  // of each room; nullptr: by last use
};

// A hold on a frame: a reader's, or a writer's on what it has staged.
struct pin final {
  frame* held = nullptr;
  bool stale = false;
};

// The stream of a device, as somebody who writes.
struct writing final {
  core::word device = 0;
  core::word generation = 0;
};

struct counts final {
  room_counters of;
  core::word frames = 0;
  core::word devices = 0;
  core::word handles = 0;
};

class house final {
 public:
  explicit house(settings how) noexcept : settings_(how) {}

  void admit(core::scope const& who);
  void advance(std::chrono::nanoseconds by) noexcept { clock_.advance(by); }

  // lookup.hpp
  [[nodiscard]] pin find(core::scope const& who, core::key const& words, lookup_status& why) noexcept;
  [[nodiscard]] pin latest(core::scope const& who, core::word device, core::word rendition,
                           std::optional<std::chrono::nanoseconds> limit, lookup_status& why) noexcept;
  [[nodiscard]] pin peek(core::scope const& who, core::key const& words, lookup_status& why) noexcept;
  [[nodiscard]] lookup_status read(core::scope const& who, pin const& held) noexcept;
  [[nodiscard]] std::optional<core::word> current(core::scope const& who, core::word device) const noexcept;
  [[nodiscard]] std::chrono::nanoseconds age(frame const& f) const noexcept {
    return clock_.steady_now() - f.committed_at;
  }

  // publish.hpp; `room`: whether there was memory for it
  [[nodiscard]] begin_status begin(core::scope const& who, writing& by, bool room);
  [[nodiscard]] frame* stage(core::scope const& who, writing const& by, core::word rendition, core::word bytes,
                             bool room, commit_status& why);
  [[nodiscard]] commit_status publish(core::scope const& who, frame& f, bool room);
  [[nodiscard]] order_status erase(core::scope const& who, writing const& by);

  // reclaim.hpp
  void repin(frame& f) noexcept;
  void unpin(frame& f) noexcept;
  void unstage(frame& f) noexcept;
  // The unpinned frames of the room (of one device of it) that may be the least recently used one, the likeliest first.
  // `gone`: those that have left already; `among_all`: of all rooms together.
  [[nodiscard]] std::vector<frame*> oldest(core::word tenant, std::optional<core::word> device, bool among_all,
                                           std::vector<frame*> const& gone) const;
  void evict(frame& f);
  // With an order of the room's own: so many frames of it have left. Returns which, or nothing: it did not let them go.
  using says_of_frame = std::function<bool(frame&)>;
  using says_of_frames = std::function<bool(std::vector<frame*> const&)>;
  [[nodiscard]] std::optional<std::vector<frame*>> left_in_order(core::word tenant, core::word count,
                                                                 says_of_frame const& is_gone,
                                                                 says_of_frames const& are_all);
  void perhaps_searched(core::word tenant);

  // command.hpp
  [[nodiscard]] order_status retire(core::scope const& steward, core::word device);
  void sweep(core::word tenant, core::word label);
  // Whether nothing of dead epochs and retired devices is pinned any more.
  [[nodiscard]] bool drained(core::word tenant) const noexcept;
  // Whether anything of the tenant is linked that nobody holds.
  [[nodiscard]] bool has_unheld(core::word tenant, std::optional<core::word> device) const noexcept;
  [[nodiscard]] counts count(core::word tenant) const noexcept;
  [[nodiscard]] core::word crossings() const noexcept { return crossings_; }
  [[nodiscard]] core::word rooms() const noexcept { return rooms_.size(); }

  [[nodiscard]] room* room_of(core::word tenant) const noexcept {
    auto const found = rooms_.find(tenant);
    return found == rooms_.end() ? nullptr : found->second.get();
  }
  // `ahead`: ticks that the put has moved of which the house is told next, of its tenant and of all.
  void used(frame& f, core::word ahead = 0, core::word ahead_of_all = 0) noexcept;
  // The same, of a frame that was looked up.
  void found(frame& f, core::word ahead = 0, core::word ahead_of_all = 0) noexcept;
  void count(room& r, lookup_status what) noexcept;

 private:
  // lookup.hpp
  [[nodiscard]] static lookup_status gate(core::scope const& who) noexcept;
  [[nodiscard]] frame* look(core::scope const& who, core::key const& words, lookup_status& why) noexcept;

  // publish.hpp
  [[nodiscard]] commit_status may_publish(core::scope const& who, core::key const& k, device_state*& state) noexcept;
  void fence(room& r, device_state& d);
  void link(frame& f, device_state& d);

  // reclaim.hpp
  void perhaps_used(frame& f) noexcept;
  void unlink(frame& f);
  void take_out(frame& f);
  void unlink_device(room& r, core::word device);
  void forget(frame const& f);
  [[nodiscard]] bool dead(frame const& f) const noexcept;

  settings const settings_;
  base::clock clock_;
  std::map<core::word, std::unique_ptr<room>> rooms_;
  core::word tick_ = 0;  // of all tenants together
  core::word crossings_ = 0;
};

inline void house::admit(core::scope const& who) {
  auto& at = rooms_[who.tenant()];
  if (!at)
    at = std::make_unique<room>(who.tenant(), who.label(),
                                settings_.make_order == nullptr ? nullptr : settings_.make_order());
}

}  // namespace engine
}  // namespace simple_framecache

#include "model/simple/framecache/engine/reclaim.hpp"

#include "model/simple/framecache/engine/command.hpp"
#include "model/simple/framecache/engine/lookup.hpp"
#include "model/simple/framecache/engine/publish.hpp"

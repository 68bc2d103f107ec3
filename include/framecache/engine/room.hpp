// SPDX-License-Identifier: Apache-2.0
//
// A tenant's room: its index, its devices, its counters. A lookup can reach only the room of its own scope's tenant.
//
// A lane is one lock with one order of use. With fair and strict isolation each room has its own lane, so that a tenant's LRU is
// exact and nobody else's; with shared isolation all rooms are in one lane, so that the oldest of all tenants leaves first.
//
// Everything marked "lane" is guarded by the lock of the room's lane.
#pragma once

#include <absl/container/flat_hash_map.h>

#include <framecache/base/atomic.hpp>
#include <framecache/base/clock.hpp>
#include <framecache/base/mutex.hpp>
#include <framecache/engine/config.hpp>
#include <framecache/engine/flight.hpp>
#include <framecache/engine/frame.hpp>
#include <framecache/engine/hash.hpp>
#include <framecache/engine/waiter.hpp>
#include <framecache/memory/ledger.hpp>
#include <framecache/memory/pool.hpp>
#include <framecache/version.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

namespace framecache {
inline namespace v0 {
namespace engine {

class house;

struct lane final {
  explicit lane(base::sharing s) noexcept : lock(s) {}
  base::mutex lock;
  use_order order ABSL_GUARDED_BY(lock);
};

// Memory and its bound: the cache's, or with strict isolation the tenant's own partition.
struct purse final {
  purse(std::uint64_t limit, block_source& source, bool zeroed, base::sharing s) noexcept
      : account(limit), blocks(account, source, zeroed, s) {}
  memory::ledger account;
  memory::pool blocks;
  // Bytes of frames and of what is reserved for them: what eviction could free.
  base::atomic<std::uint64_t> frames{0};
};

// One camera of the room, from its first stream to its retirement. Guarded by the room's lane.
struct device_state final {
  explicit device_state(device_id which) noexcept : id(which) {}
  device_id const id;
  std::uint64_t generation = 0;            // the live one; 0: none yet
  std::uint64_t publisher = 0;             // principal of the live stream
  std::optional<base::steady_time> until;  // when the live stream's credential expires
  bool streaming = false;                  // the live generation's stream has not ended
  std::uint64_t sequence = 0;              // of the last commit
  std::uint64_t charged = 0;               // bytes of its frames, linked or held, and of its drafts
  std::uint64_t pinned = 0;                // bytes of those that are pinned
  std::uint64_t woken = 0;                 // the last round of waking that came by
  frame* first = nullptr;                  // every linked frame of the device, of any rendition
  frame* newest = nullptr;                 // the source rendition of the live generation
  frame* before = nullptr;  // under stale<mark>: the last of the generation before, until the live one has its first
  waiter_list waiters;
  flight_list loads;  // of the live generation
};

// Bytes to charge for one device of a room: its state and its part of the table.
inline constexpr std::uint64_t device_charge = sizeof(device_state) + 96;

struct room_counters final {
  std::uint64_t hits = 0;
  std::uint64_t absent = 0;
  std::uint64_t superseded = 0;
  std::uint64_t too_old = 0;
  std::uint64_t commits = 0;
  std::uint64_t commits_refused = 0;
  std::uint64_t evictions = 0;
  std::uint64_t generations = 0;
  std::uint64_t wiped = 0;
  std::uint64_t loads = 0;
  std::uint64_t loads_shared = 0;
};

struct room final {
  using index_table = absl::flat_hash_map<core::key, frame*, key_hash, key_equal>;
  using device_table = absl::flat_hash_map<std::uint64_t, std::unique_ptr<device_state>>;

  room(house& in, tenant_id whose, lane& l, purse& p, std::size_t pays, std::uint64_t epoch, budget limits,
       key_hash hash) noexcept
      : home(in), tenant(whose), place(l), money(p), account(pays), label(epoch), bounds(limits), index(0, hash) {}
  room(room const&) = delete;
  room& operator=(room const&) = delete;
  ~room() = default;

  house& home;
  tenant_id const tenant;
  lane& place;
  purse& money;
  std::size_t const account;  // in the registry: whom the tenant's names are charged to

  // Bytes of frames, linked or held, and of drafts, with what is reserved for one. Read without the lock when a victim is looked for.
  base::atomic<std::uint64_t> charged{0};

  // bounds.floor for whoever looks for a victim; no_floor: the equal share.
  static constexpr std::uint64_t no_floor = ~std::uint64_t{0};
  base::atomic<std::uint64_t> floor{no_floor};

  // The tenant's retirements that this room has carried out.
  base::atomic<std::uint64_t> retirements{0};

  // Loads under way. Goes up under the lane's lock, so that the bound on it holds; down when they have left it.
  base::atomic<std::uint64_t> flights{0};

  // lane:
  std::uint64_t label ABSL_GUARDED_BY(place.lock);
  budget bounds ABSL_GUARDED_BY(place.lock);
  index_table index ABSL_GUARDED_BY(place.lock);
  device_table devices ABSL_GUARDED_BY(place.lock);
  std::uint64_t table_charge ABSL_GUARDED_BY(place.lock) = 0;
  std::uint64_t pinned ABSL_GUARDED_BY(place.lock) = 0;       // bytes, of this epoch
  std::uint64_t dead_pinned ABSL_GUARDED_BY(place.lock) = 0;  // bytes, of epochs that were revoked and devices retired
  std::uint64_t wake_round ABSL_GUARDED_BY(place.lock) = 0;
  std::uint64_t handles ABSL_GUARDED_BY(place.lock) = 0;  // pins that are out, of any epoch
  std::uint64_t last_lead ABSL_GUARDED_BY(place.lock) = 0;
  negatives nothing ABSL_GUARDED_BY(place.lock);
  room_counters counters ABSL_GUARDED_BY(place.lock);
  base::condition released;  // a dead pin was let go of
};

// Bytes of a table of that many slots, with what the container adds to each and at its ends.
[[nodiscard]] constexpr std::uint64_t table_bytes(std::size_t slots, std::size_t slot_size) noexcept {
  return slots == 0 ? 0 : slots * (slot_size + 1) + 48;
}

}  // namespace engine
}  // namespace v0
}  // namespace framecache

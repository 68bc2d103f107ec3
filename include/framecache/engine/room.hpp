// SPDX-License-Identifier: Apache-2.0
//
// A tenant's room: its index, its devices, its frames that are held though nobody can find them, its counters. A lookup can reach
// only the room of its own scope's tenant.
//
// A lane is one lock with one order of use. With fair and strict isolation each room has its own lane, so that a tenant's LRU is
// exact and nobody else's; with shared isolation all rooms are in one lane, so that the oldest of all tenants leaves first.
//
// A hit reads the first line of a room, and of a derived picture one line of its index; it writes neither. Everything marked "lane" is
// guarded by the lock of the room's lane.
#pragma once

#include <framecache/base/atomic.hpp>
#include <framecache/base/clock.hpp>
#include <framecache/base/mutex.hpp>
#include <framecache/engine/changes.hpp>
#include <framecache/engine/config.hpp>
#include <framecache/engine/device_directory.hpp>
#include <framecache/engine/entry.hpp>
#include <framecache/engine/flight.hpp>
#include <framecache/engine/index.hpp>
#include <framecache/engine/order.hpp>
#include <framecache/engine/peek_counts.hpp>
#include <framecache/engine/waiter.hpp>
#include <framecache/memory/ledger.hpp>
#include <framecache/memory/pool.hpp>
#include <framecache/memory/slab.hpp>
#include <framecache/policy/settings.hpp>
#include <framecache/version.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

namespace framecache {
inline namespace v0 {
namespace engine {

class house;

// What stamps of use count in: moves with each put, with each look at the tenant's counts, and after 4 ms when somebody reads the
// clock anyway. With an order that counts none it stands still.
class lane_clock final {
 public:
  explicit lane_clock(policy::eviction how) noexcept
      : tick_(first_tick(how)), step_(how == policy::eviction::lru ? 1 : 0) {}
  [[nodiscard, gnu::always_inline]] std::uint64_t tick() const noexcept {
    return tick_.load(std::memory_order_relaxed);
  }
  std::uint64_t next_tick() noexcept { return tick_.fetch_add(step_, std::memory_order_relaxed) + step_; }
  void pass_time(base::steady_time now) noexcept {
    constexpr base::steady_time::rep so_long =
        std::chrono::duration_cast<base::steady_time::duration>(std::chrono::milliseconds{4}).count();
    auto const at = now.time_since_epoch().count();
    auto before = ticked_at_.load(std::memory_order_relaxed);
    if (at - before < so_long) return;
    if (ticked_at_.compare_exchange_strong(before, at, std::memory_order_relaxed)) static_cast<void>(next_tick());
  }

 private:
  base::atomic<std::uint64_t> tick_;
  std::uint64_t const step_;
  base::atomic<base::steady_time::rep> ticked_at_{0};
};

struct lane final {
  lane(policy::eviction how, memory::ledger& account, lane_clock& counts, base::sharing s) noexcept
      : lock(s), clock(counts), order(how, account) {}
  base::mutex lock;
  lane_clock& clock;  // of a room's own lane, beside what a hit reads of the room
  use_order order ABSL_GUARDED_BY(lock);
};

// Memory and its bound: the cache's, or with strict isolation the tenant's own partition. `most`: what the bound may be raised to.
// NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding): what is made from what decides the order
struct purse final {
  purse(std::uint64_t limit, std::uint64_t most, block_source& source, bool zeroed, bool huge_pages, base::sharing s)
      : account(limit),
        blocks(account, source, zeroed, s),
        small(account, most, huge_pages, s),
        tables(account, small, most, huge_pages, s) {}
  // Whether they were asked for and the kernel agreed, for all but the blocks, which are their source's.
  [[nodiscard]] bool has_huge_pages() const noexcept { return small.has_huge_pages() && tables.has_huge_pages(); }
  memory::ledger account;
  memory::pool blocks;
  memory::slab small;
  table_memory tables;
};

// One camera of the room, from its first stream to its retirement: what follows upon the words that readers see, in one block of the
// slab. Guarded by the room's lane. What a put asks for comes first.
struct device_state final {
  explicit device_state(device_id which) noexcept : id(which) {}
  device_id const id;
  std::uint64_t generation = 0;  // the live one; 0: none yet
  std::uint64_t sequence = 0;    // of the last commit
  std::uint64_t charged = 0;     // bytes of its frames, linked or held, and of its drafts
  entry* newest = nullptr;       // the source rendition of the live generation
  entry* first = nullptr;        // every linked frame of the device, of any rendition
  entry* spare = nullptr;        // free memory of the slab that this device left, the last first: by next and previous
  entry* before = nullptr;  // under stale<mark>: the last of the generation before, until the live one has its first

  entry* spare_apart = nullptr;  // the same of the pool, with its header
  waiter_list waiters;
  flight_list loads;        // of the live generation
  bool streaming = false;   // the live generation's stream has not ended
  bool is_keeping = false;  // among its room's keepers

  std::uint64_t woken = 0;                 // the last round of waking that came by
  std::uint64_t publisher = 0;             // principal of the live stream
  std::optional<base::steady_time> until;  // when the live stream's credential expires
  device_state* next = nullptr;            // in its room
  device_state* previous = nullptr;
  device_state* next_keeper = nullptr;
  device_state* previous_keeper = nullptr;
};
// The lines of it that a put and an eviction look at.
inline constexpr std::size_t record_head = 128;
static_assert(sizeof(device_words) + sizeof(device_state) == memory::slab_sizes[memory::record_class]);
static_assert(sizeof(device_words) % alignof(device_state) == 0);

[[nodiscard]] inline device_words& words_of(device_state const& d) noexcept {
  auto* const at = const_cast<std::byte*>(reinterpret_cast<std::byte const*>(std::addressof(d)));
  return *base::object_in_zeroed_pages<device_words>(at - sizeof(device_words));
}
[[nodiscard]] inline device_state& state_of(device_words& w) noexcept {
  return *std::launder(reinterpret_cast<device_state*>(reinterpret_cast<std::byte*>(std::addressof(w)) + sizeof w));
}

struct room_counters final {
  std::uint64_t commits = 0;
  std::uint64_t hits = 0;  // of frames that are gone; those that can be found count their own
  std::uint64_t commits_refused = 0;
  std::uint64_t evictions = 0;
  std::uint64_t generations = 0;
  std::uint64_t wiped = 0;
  std::uint64_t loads = 0;
  std::uint64_t loads_shared = 0;
};

// A list of entries by their own links.
struct entry_list final {
  entry* first = nullptr;
  std::size_t count = 0;

  void add(entry& e) noexcept {
    e.previous = nullptr;
    e.next = first;
    if (first != nullptr) first->previous = std::addressof(e);
    first = std::addressof(e);
    ++count;
  }
  void remove(entry& e) noexcept {
    (e.previous != nullptr ? e.previous->next : first) = e.next;
    if (e.next != nullptr) e.next->previous = e.previous;
    e.next = e.previous = nullptr;
    --count;
  }
};

// NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding): what is asked for together stands together
struct alignas(64) room final {
  room(house& in, tenant_id whose, lane* shared, policy::eviction how, purse& p, std::size_t pays, std::uint64_t epoch,
       budget limits, base::sharing s) noexcept
      : home(in),
        clock(shared != nullptr ? shared->clock : own_clock),
        own_clock(how),
        label(epoch),
        place(shared != nullptr ? *shared : own_lane),
        own_lane(how, p.account, own_clock, s),
        account(pays),
        tenant(whose),
        index(own_bucket, changed),
        money(p),
        bounds(limits) {}
  room(room const&) = delete;
  room& operator=(room const&) = delete;
  ~room() = default;

  [[nodiscard]] std::uint64_t misses() const noexcept {
    return absent.load(std::memory_order_relaxed) + superseded.load(std::memory_order_relaxed) +
           too_old.load(std::memory_order_relaxed);
  }

  // A hit reads the first line. A put goes on with the lane's own, what is charged, and what is loose.
  house& home;
  lane_clock& clock;  // of its lane
  lane_clock own_clock;
  // The registry's word at which this room had carried out what other caches were told.
  base::atomic<std::uint64_t> caught_up{0};
  std::uint64_t label ABSL_GUARDED_BY(place.lock);
  lane& place;

  alignas(64) lane own_lane;

  // Lookups in vain, by what they were answered; whoever looks adds to them.
  base::atomic<std::uint64_t> absent{0};
  base::atomic<std::uint64_t> superseded{0};
  base::atomic<std::uint64_t> too_old{0};
  // The tenant's retirements that this room has carried out.
  base::atomic<std::uint64_t> retirements{0};
  // Loads under way. Goes up under the lane's lock, so that the bound on it holds; down when they have left it.
  base::atomic<std::uint64_t> flights{0};
  // Hits of peeks of threads that had no memory for a count of their own.
  base::atomic<std::uint64_t> shared_peeks{0};
  std::size_t const account;  // in the registry: whom the tenant's names are charged to
  tenant_id const tenant;
  bucket own_bucket{};
  engine::index index;
  device_state* devices ABSL_GUARDED_BY(place.lock) = nullptr;
  std::size_t device_count ABSL_GUARDED_BY(place.lock) = 0;
  std::uint64_t dead_pinned ABSL_GUARDED_BY(place.lock) = 0;  // bytes, of epochs that were revoked and devices retired
  std::uint64_t wake_round ABSL_GUARDED_BY(place.lock) = 0;
  std::uint64_t last_lead ABSL_GUARDED_BY(place.lock) = 0;
  base::condition released;  // something loose was let go of
  // Hits of peeks by thread, and which of them are this room's. Written before anybody finds the room.
  peek_counts* peeks = nullptr;
  std::size_t in_peeks = 0;

  // On one line what is asked of each tenant when a victim is looked for; a put reads it and the two that follow.
  //
  // Bytes of frames, linked or held, and of drafts, with what is reserved for one. Written under the lane's lock; read without it when
  // a victim is looked for.
  alignas(64) base::atomic<std::uint64_t> charged{0};
  // Free blocks that it keeps for its devices, likewise.
  base::atomic<std::uint64_t> spare_bytes{0};
  // bounds.floor for whoever looks for a victim; no_floor: the equal share.
  static constexpr std::uint64_t no_floor = ~std::uint64_t{0};
  base::atomic<std::uint64_t> floor{no_floor};
  // Of the loose frames, those that nobody pins and somebody may be peeking at. Written under the lane's lock.
  base::atomic<std::uint64_t> limbo{0};

  // lane:
  entry_list loose ABSL_GUARDED_BY(place.lock);  // drafts, held frames that cannot be found, and those in limbo
  // Devices for which free memory is kept, and some that had any: whoever takes the last leaves the device here, so that a camera
  // that publishes again and again touches none of its neighbours.
  device_state* keepers ABSL_GUARDED_BY(place.lock) = nullptr;
  entry* at_hand ABSL_GUARDED_BY(place.lock) = nullptr;  // what was kept last of the slab, if it still is

  std::size_t frames ABSL_GUARDED_BY(place.lock) = 0;  // that can be found
  changes changed;                                     // of the index and of its devices' words
  purse& money;
  budget bounds ABSL_GUARDED_BY(place.lock);

  negatives nothing ABSL_GUARDED_BY(place.lock);
  room_counters counters ABSL_GUARDED_BY(place.lock);
};
static_assert(sizeof(lane_clock) + 5 * sizeof(void*) <= 64, "a hit reads one line of the room");

}  // namespace engine
}  // namespace v0
}  // namespace framecache

// SPDX-License-Identifier: Apache-2.0
//
// The engine: rooms by tenant, each with an index that readers search without a lock, an exact order of use, the byte bound.
//
// Every function that yields or takes a frame asks for a core::scope (P1) and finds the room by it, so that no caller names a
// tenant. Not a template. A house is reached only through the word inside a store, see store.hpp and base/word.hpp; nothing else
// of ours yields a reference to one.
//
// A hit takes no lock and writes the one line that its frame's key lies on; a peek writes none that others read. A miss takes none
// either, but where something changes just then: that is looked up again under the lane's lock, where nothing moves.
//
// Locks, in the order in which they may be held together: rooms_lock_; a room's lane; a cell's, the guards', the directory of
// devices'; a pool's, a slab's or the arena's. Two lanes are never held at once. No user code runs under any of them (I9): blocks come
// from the source, foreign memory goes back, callbacks and the tripwire are called with none held.
//
//   house.hpp     what there is           stage.hpp     memory for a frame
//                                         publish.hpp   begin, publish, adopt, erase
//   reclaim.hpp   unlink, unpin, free     command.hpp   revoke, retire, suspend, counts
//   space.hpp     evict, charge           load.hpp      who loads what is not there, and who waits
//   lookup.hpp    find, latest, peek      audit.hpp     the invariants, seen from inside
//   wait.hpp      wait for a frame
#pragma once

#include <framecache/base/atomic.hpp>
#include <framecache/base/attempt.hpp>
#include <framecache/base/clock.hpp>
#include <framecache/base/mutex.hpp>
#include <framecache/base/word.hpp>
#include <framecache/engine/config.hpp>
#include <framecache/engine/config_check.hpp>
#include <framecache/engine/device_directory.hpp>
#include <framecache/engine/entry.hpp>
#include <framecache/engine/guard.hpp>
#include <framecache/engine/hash.hpp>
#include <framecache/engine/pin.hpp>
#include <framecache/engine/room.hpp>
#include <framecache/engine/room_directory.hpp>
#include <framecache/engine/staged.hpp>
#include <framecache/identity/age_limit.hpp>
#include <framecache/identity/place.hpp>
#include <framecache/memory/arena.hpp>
#include <framecache/policy/settings.hpp>
#include <framecache/tenancy/registry.hpp>
#include <framecache/version.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <new>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

namespace framecache {
inline namespace v0 {
namespace engine {

// NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding): what is made from what decides the order, and there is one house
class house final {
 public:
  // Errors: throws std::invalid_argument for a capacity or partition that cannot hold anything.
  // `proof`: see vault.hpp; a store has it.
  house(core::registry& who, config how, policy::settings what, hash_function hash, std::uint64_t proof);
  house(house const&) = delete;
  house& operator=(house const&) = delete;
  ~house();

  // Makes the tenant's room, and with strict isolation its partition, when it is first seen. Returns why a scope cannot act.
  [[nodiscard]] refusal admit(core::scope const& who) noexcept;
  // Frees some bytes for what the registry is about to remember. Call before a scope is made or a name interned.
  void make_headroom() noexcept;

  // lookup.hpp. Each needs a viewer's scope; every miss says why in `why`.
  [[nodiscard]] pin find(core::scope const& who, device_id device, stream_generation generation, rendition which,
                         lookup_status& why) noexcept;
  [[nodiscard]] pin latest(core::scope const& who, device_id device, age_limit limit, rendition which,
                           lookup_status& why) noexcept;
  // Up to `most_in_batch` lookups whose cache misses overlap: begin_batch() for all of them, then find() for each.
  static constexpr std::size_t most_in_batch = 16;
  void begin_batch(core::scope const& who, std::span<place const> places) noexcept;
  // Holds the frame for the calling thread, as long as the answer lives.
  [[nodiscard]] glance peek(core::scope const& who, device_id device, stream_generation generation,
                            lookup_status& why) noexcept;
  [[nodiscard]] std::optional<stream_generation> current(core::scope const& who, device_id device) noexcept;
  // Registers `w` for the first frame beyond `than`, unless there is one or there will be none.
  enum class awaited : std::uint8_t { armed, newer, never };
  [[nodiscard]] awaited await(core::scope const& who, device_id device, frame_sequence than,
                              std::shared_ptr<waiter> const& w) noexcept;
  void forget(core::scope const& who, device_id device, std::shared_ptr<waiter> const& w) noexcept;

  // publish.hpp. Each needs a publisher's scope.
  struct begun final {
    begin_status status;
    stream_generation generation{std::uint64_t{0}};
    trail ahead{};
  };
  [[nodiscard]] core::registry::name_answer intern(core::scope const& who, std::string_view name) noexcept;
  [[nodiscard]] begun begin(core::scope const& who, device_id device) noexcept;
  void end(core::scope const& who, device_id device, stream_generation generation) noexcept;
  // Returns memory that is pinned once for its draft, or none and why.
  [[nodiscard]] staged stage(core::scope const& who, writing const& by, rendition which, byte_count size,
                             commit_status& why) noexcept;
  // Takes the memory over, unless the answer is too_long.
  [[nodiscard]] commit_status publish(core::scope const& who, writing const& by, staged&& memory,
                                      frame_facts const& facts, std::uint64_t size) noexcept;
  // `memory` is taken only when the answer is `committed`.
  [[nodiscard]] commit_status adopt(core::scope const& who, writing const& by, rendition which,
                                    std::unique_ptr<foreign_memory>& memory, byte_count cost,
                                    frame_facts const& facts) noexcept;
  // Takes everything that the live stream has published out of reach and wipes it. Loads begun before publish nothing.
  [[nodiscard]] revocation erase(core::scope const& who, writing const& by) noexcept;

  // load.hpp. Each needs a viewer's scope.
  // What to do about a frame that was not found. `may_lead`: whether the caller would load it. `w`, which may be none, is told
  // when that changes.
  struct load_answer final {
    enum class advice : std::uint8_t { look_again, lead, follow, give_up };
    advice what;
    lookup_status why = lookup_status::absent;  // of giving up
    std::uint64_t lead = 0;
    base::steady_time until{};  // when the leader's time is up
  };
  [[nodiscard]] load_answer load(core::scope const& who, load_wish const& wish, bool may_lead,
                                 std::shared_ptr<waiter> const& w) noexcept;
  // The holder of a ticket publishes nothing: whoever waits may lead now.
  void give_up(core::scope const& who, writing const& by, rendition which) noexcept;
  // The holder of a ticket knows that there is nothing to load before `until`.
  [[nodiscard]] commit_status deny(core::scope const& who, writing const& by, rendition which,
                                   base::steady_time until) noexcept;

  // command.hpp. Each needs a steward's or an admin's scope.
  [[nodiscard]] revocation revoke(core::scope const& admin, tenant_id tenant) noexcept;
  [[nodiscard]] order_status revoke(core::scope const& by, tenant_id tenant, principal_id principal) noexcept;
  [[nodiscard]] order_status reinstate(core::scope const& by, tenant_id tenant, principal_id principal) noexcept;
  [[nodiscard]] revocation retire(core::scope const& steward, device_id device) noexcept;
  [[nodiscard]] order_status suspend(core::scope const& admin, tenant_id tenant, bool off) noexcept;
  [[nodiscard]] order_status suspend(core::scope const& admin, std::uint64_t capabilities, bool off) noexcept;
  [[nodiscard]] order_status suspend(core::scope const& admin, std::string_view audience, std::uint64_t capabilities,
                                     bool off) noexcept;
  [[nodiscard]] order_status set_budget(core::scope const& admin, tenant_id tenant, budget bounds) noexcept;
  // Changes the bound while the cache runs, up to config.most_capacity. A lower one evicts; `no_room`, and the bound stays, when what
  // is held does not fit. `refused` also for a size that a cache could not be made with.
  [[nodiscard]] order_status resize(core::scope const& admin, byte_count capacity) noexcept;
  // Returns whether nothing of dead epochs and retired devices is pinned any more.
  [[nodiscard]] bool drain(core::scope const& by, tenant_id tenant, base::steady_time deadline) noexcept;
  [[nodiscard]] tenant_counts counts(core::scope const& by, tenant_id tenant) noexcept;
  [[nodiscard]] cache_stats stats() noexcept;
  [[nodiscard]] audit_report audit() noexcept;
  // Waits until no handle, draft or peek is out. Returns how many are at the deadline.
  [[nodiscard]] std::uint64_t close(base::steady_time deadline) noexcept;

  // Handles are still out and this house will never be destroyed: its accounts leave the registry.
  void abandon() noexcept;

  [[nodiscard]] core::registry& registry() noexcept { return registry_; }
  [[nodiscard]] base::sharing sharing() const noexcept { return sharing_; }
  [[nodiscard]] base::seal_secret const& secret() const noexcept { return seal_; }
  // Whom a scope's names are charged to: its own partition, where it has one.
  [[nodiscard]] std::size_t account_of(core::scope const& who) const noexcept;
  [[nodiscard]] std::size_t account() const noexcept { return account_; }
  void unpin(entry& held) noexcept;
  void repin(entry& held) noexcept;
  void look_away(entry& held, std::size_t guard) noexcept;
  void report(crossing_kind kind, core::scope const& who) noexcept;

 private:
  // A room with the partition that is its own, where isolation gives it any.
  struct suite final {
    std::unique_ptr<memory::arena> own_arena;  // no tenant's holes in the address space are another's
    std::unique_ptr<purse> own_purse;
    std::unique_ptr<room> at;
  };

  // What a hash is of, and which one it is.
  [[nodiscard, gnu::always_inline]] std::uint64_t hash_of(core::key const& k) const noexcept {
    auto const words = k.words();
    // The usual one is inlined.
    return hash_ == &hash_with_xxh3 ? hash_with_xxh3(words, secret_) : hash_(words, secret_);
  }
  [[nodiscard]] bool alone() const noexcept { return sharing_ == base::sharing::one_thread; }

  // lookup.hpp
  [[nodiscard]] static lookup_status gate(core::scope const& who, capability what) noexcept;
  [[nodiscard]] room* room_of(core::scope const& who) const noexcept;
  [[nodiscard]] std::uint64_t clear_to(core::scope const& who, role as) const noexcept;
  static void clear(core::scope const& who, room const& r, std::uint64_t at, std::uint64_t as) noexcept;
  [[nodiscard]] std::uint64_t enter(core::scope const& who, lookup_status& why) noexcept;
  [[nodiscard]] pin find_slowly(core::scope const& who, place const& at, lookup_status& why) noexcept;
  [[nodiscard]] entry* look(room& r, core::key const& k) noexcept;
  [[nodiscard]] entry* look_at_newest(core::key const& k) const noexcept;
  [[nodiscard]] entry* look_in_index(room& r, core::key const& k) noexcept;
  [[nodiscard]] entry* linked_of(room& r, device_state const& d, core::key const& k) noexcept
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(r.place.lock);
  [[nodiscard]] entry* guard_found(entry* e, core::key const& k, std::size_t thread) noexcept;
  void count_peek(std::size_t thread, room& r) noexcept;
  void go_on_with(std::size_t thread, room& r) noexcept;
  [[nodiscard]] glance peek_slowly(core::scope const& who, place const& at, lookup_status& why) noexcept;
  [[nodiscard]] entry* pin_found(entry* e, core::key const& k, std::uint64_t what = pin_and_hit) noexcept;
  void count_hits(entry& e, std::uint64_t how_many) noexcept;
  [[nodiscard]] entry* pin_newest(room& r, std::uint64_t label, device_id device, rendition which,
                                  std::uint64_t what) noexcept;
  [[nodiscard]] entry* pin_locked(room& r, core::key const& k, lookup_status& why) noexcept;
  [[nodiscard]] static core::key key_for(core::grant& g, place const& at) noexcept;
  [[nodiscard]] entry* latest_locked(room& r, std::uint64_t label, device_id device, rendition which, age_limit limit,
                                     bool& stale, lookup_status& why) noexcept;
  [[gnu::always_inline]] void use(room& r, entry& e) noexcept { mark_used(e, settings_.evict, r.clock.tick()); }
  [[nodiscard]] bool pin_by_lock(room& r, entry& e) noexcept ABSL_EXCLUSIVE_LOCKS_REQUIRED(r.place.lock);
  static void count(room& r, lookup_status what) noexcept;
  struct liveness final {
    std::uint64_t generation;  // that is live; 0: no stream has begun, or there is no such device
    bool has_source;           // it has a source frame
  };
  [[nodiscard]] std::optional<liveness> live_of(room const& r, std::uint64_t label, device_id device) const noexcept;
  [[nodiscard]] lookup_status missed(room& r, core::key const& k) noexcept;
  [[nodiscard]] bool missed_newest(room& r, std::uint64_t label, device_id device, rendition which) noexcept;
  [[nodiscard]] device_state* device_for(room& r, device_id device) noexcept
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(r.place.lock);

  // reclaim.hpp
  void unlink(entry& e, graveyard& dead, bool keep_memory = true) noexcept;
  // Source frames are found by their device alone. Requires: linked, and the lock of its lane.
  [[nodiscard]] static bool is_indexed(entry const& e) noexcept { return !e.replaced && !e.key().is_source(); }
  void show_newest(room& r, device_state& d, entry& e) noexcept ABSL_EXCLUSIVE_LOCKS_REQUIRED(r.place.lock);
  void hide_newest(room& r, device_state& d) noexcept ABSL_EXCLUSIVE_LOCKS_REQUIRED(r.place.lock);
  void unlink_all(device_state& d, graveyard& dead) noexcept;
  void put_away(room& r, entry& e, graveyard& dead, bool keep_memory) noexcept
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(r.place.lock);
  void recycle(room& r, entry& e, graveyard& dead, bool keep_memory) noexcept
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(r.place.lock);
  static void take_spare(room& r, entry& e) noexcept ABSL_EXCLUSIVE_LOCKS_REQUIRED(r.place.lock);
  static void add_keeper(room& r, device_state& d) noexcept ABSL_EXCLUSIVE_LOCKS_REQUIRED(r.place.lock);
  static void remove_keeper(room& r, device_state& d) noexcept ABSL_EXCLUSIVE_LOCKS_REQUIRED(r.place.lock);
  void settle(room& r, entry& e) noexcept ABSL_EXCLUSIVE_LOCKS_REQUIRED(r.place.lock);
  void bury(graveyard& dead) noexcept;
  void last_out(entry& e) noexcept;
  [[nodiscard]] bool reap(room& r, bool keep_memory = true) noexcept;
  void free_spare(room& r, entry& e) noexcept ABSL_EXCLUSIVE_LOCKS_REQUIRED(r.place.lock);
  [[nodiscard]] static bool is_left_of(entry const& e, device_state const& d) noexcept;
  void move_away(entry& e) noexcept;
  bool free_spare_of(room& r, device_state const& d) noexcept ABSL_EXCLUSIVE_LOCKS_REQUIRED(r.place.lock);
  std::uint64_t drop_spares(room& r, device_state& of) noexcept ABSL_EXCLUSIVE_LOCKS_REQUIRED(r.place.lock);
  std::uint64_t drop_spares(room& r) noexcept ABSL_EXCLUSIVE_LOCKS_REQUIRED(r.place.lock);
  void end_device(room& r, device_state& d, graveyard& dead) noexcept ABSL_EXCLUSIVE_LOCKS_REQUIRED(r.place.lock);
  void let_go_of(room& r, device_state& gone) noexcept;
  static void free_record(room& r, device_state& gone) noexcept;
  void catch_up(core::scope const& who, room& r) noexcept {
    // (4) acquire: pairs with release (3). Costs a load and a compare while no switch has turned.
    auto const word = FRAMECACHE_DETAIL_AT(core::vault, registry_.vault_)->word.load(std::memory_order_acquire);
    if (r.caught_up.load(std::memory_order_relaxed) != word) [[unlikely]]
      catch_up_with(word, who, r);
  }
  void catch_up_with(std::uint64_t word, core::scope const& who, room& r) noexcept;
  [[nodiscard]] static std::uint64_t dead_of(room& r, device_id device) noexcept
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(r.place.lock);
  std::uint64_t drop_device(room& r, device_id device, std::uint64_t& pinned) noexcept;
  revocation sweep(room& r, std::uint64_t label) noexcept;

  // space.hpp
  [[nodiscard]] std::uint64_t evict_oldest(lane& l, room const* for_whom, std::uint64_t keep = 0,
                                           std::size_t most = 1) noexcept;
  [[nodiscard]] static bool was_used_before(entry const& e, entry const& other) noexcept;
  template <class Which>
  [[nodiscard]] bool evict_where(room& r, Which const& which) noexcept;
  [[nodiscard]] bool evict_own(room& r) noexcept;
  [[nodiscard]] std::uint64_t share_of(room const& r) const noexcept;
  [[nodiscard]] bool may_take_from(room const& from, std::uint64_t wants, bool within_share) const noexcept;
  // Frames that leave together.
  static constexpr std::size_t most_at_once = 8;
  [[nodiscard]] std::uint64_t early_part() const noexcept;
  [[nodiscard]] std::size_t at_once(std::uint64_t bytes) const noexcept;
  void prefetch_victims(std::span<room* const> of) noexcept;
  void prefetch_ties(entry const& e) const noexcept;
  [[nodiscard]] bool evict_borrower(room const* except, std::uint64_t bytes, std::size_t most) noexcept;
  [[nodiscard]] bool compact(purse& p) noexcept;
  [[nodiscard]] bool release_spare(room& r) noexcept;
  [[nodiscard]] bool free_unused_of_any(std::size_t most) noexcept;
  static constexpr auto everybody = ~std::size_t{0};
  template <class F>
  [[nodiscard]] bool any_room(std::size_t most, F const& f) noexcept;
  [[nodiscard]] bool make_space(room& r, std::uint64_t bytes) noexcept;
  [[nodiscard]] bool charge(room& r, std::uint64_t bytes) noexcept;
  [[nodiscard]] bool charge_main(std::uint64_t bytes) noexcept;
  [[nodiscard]] std::uint64_t most_evictable(room& r) noexcept;
  enum class lack : std::uint8_t { none, of_device, of_tenant, for_ever };
  [[nodiscard]] static lack lacks(room& r, device_state const& d, std::uint64_t bytes) noexcept
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(r.place.lock);
  [[nodiscard]] bool make_up_for(room& r, lack what, device_id device, std::uint64_t bytes) noexcept;
  void charge_frame(room& r, device_state& d, std::uint64_t bytes) noexcept ABSL_EXCLUSIVE_LOCKS_REQUIRED(r.place.lock);
  void credit_frame(room& r, device_state* d, std::uint64_t bytes) noexcept ABSL_EXCLUSIVE_LOCKS_REQUIRED(r.place.lock);

  // publish.hpp
  [[nodiscard]] commit_status may_publish(core::scope const& who, room& r, core::key const& k, std::uint64_t lead,
                                          device_state*& state) noexcept ABSL_EXCLUSIVE_LOCKS_REQUIRED(r.place.lock);
  void count_refusal(room& r) noexcept;
  [[nodiscard]] room* room_to_write(core::scope const& who) noexcept;
  [[nodiscard]] bool reserve_device(core::scope const& who, room& r, device_id device) noexcept;
  [[nodiscard]] std::uint64_t add_device(core::scope const& who, room& r, device_id device) noexcept
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(r.place.lock);
  [[nodiscard]] std::uint64_t reserve_index(room& r) noexcept ABSL_EXCLUSIVE_LOCKS_REQUIRED(r.place.lock);
  void move_index(room& r) noexcept ABSL_EXCLUSIVE_LOCKS_REQUIRED(r.place.lock);
  [[nodiscard]] entry* take_small(room& r, device_state& d, std::size_t index) noexcept
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(r.place.lock);
  static void make_draft(room& r, device_state& d, entry& e, core::key const& k, std::size_t index,
                         std::uint64_t shape) noexcept ABSL_EXCLUSIVE_LOCKS_REQUIRED(r.place.lock);
  [[nodiscard]] entry* stage_small(core::scope const& who, room& r, core::key const& k, std::uint64_t lead,
                                   std::size_t index, std::uint64_t size, commit_status& why) noexcept;
  [[nodiscard]] entry* take_own(core::scope const& who, room& r, core::key const& k, std::uint64_t lead,
                                std::uint64_t size, std::uint64_t bytes) noexcept;
  [[nodiscard]] entry* stage_apart(core::scope const& who, room& r, core::key const& k, std::uint64_t lead,
                                   std::uint64_t size, commit_status& why) noexcept;
  [[nodiscard]] commit_status reserve(core::scope const& who, room& r, core::key const& k, std::uint64_t lead,
                                      std::uint64_t bytes) noexcept;
  void unreserve(room& r, core::key const& k, std::uint64_t bytes) noexcept;
  [[nodiscard]] entry* take_header(room& r) noexcept;
  [[nodiscard]] commit_status link(core::scope const& who, entry& e, std::uint64_t size, std::uint64_t lead,
                                   waiter_list& woken, flight_list& ended, graveyard& dead) noexcept;
  [[nodiscard]] static std::uint64_t erased_of(room& r, device_id device) noexcept
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(r.place.lock);
  void fence(room& r, device_state& d, graveyard& dead) noexcept ABSL_EXCLUSIVE_LOCKS_REQUIRED(r.place.lock);
  [[nodiscard]] std::uint64_t next_generation(std::uint64_t last) const noexcept;

  [[nodiscard]] bool make_room(core::scope const& who, std::uint64_t slot, std::uint64_t partition) noexcept
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(rooms_lock_);
  void remember_room(core::scope const& who, room& r) const noexcept;

  // load.hpp
  void land(room& r, flight_list& ended) noexcept;
  [[nodiscard]] static commit_status may_load(device_state const& d, core::key const& k, std::uint64_t lead) noexcept;
  [[nodiscard]] bool reserve_negatives(room& r) noexcept;

  // command.hpp
  [[nodiscard]] room* room_for_order(core::scope const& by, tenant_id tenant) noexcept;
  void wake(room& r) noexcept;
  void wake_all() noexcept;
  [[nodiscard]] room* room_at(std::size_t i) noexcept;
  struct sums final {
    std::uint64_t pinned = 0;
    std::uint64_t handles = 0;
    std::uint64_t leaving = 0;  // nobody holds them, and somebody is freeing them
    std::uint64_t hits = 0;
  };
  [[nodiscard]] static std::uint64_t hits_of_peeks(room const& r) noexcept;
  [[nodiscard]] sums sum_up(room& r) noexcept ABSL_EXCLUSIVE_LOCKS_REQUIRED(r.place.lock);
  [[nodiscard]] std::uint64_t handles_out(room*& some) noexcept;
  [[nodiscard]] bool evict_largest() noexcept;
  [[nodiscard]] bool move_limit(std::uint64_t limit) noexcept;

  // audit.hpp
  [[nodiscard]] bool is_overdrawn(purse const& p) noexcept;
  [[nodiscard]] char const* broken_in(room& r, std::uint64_t& frames) noexcept;
  [[nodiscard]] char const* broken_device(room& r, device_state const& d, std::uint64_t& frames) noexcept
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(r.place.lock);
  void after_operation(room& r) noexcept;

  core::registry& registry_;
  config const config_;
  policy::settings const settings_;
  base::sharing const sharing_;
  hash_function const hash_;
  base::seal_secret const seal_{base::random_word(), base::random_word()};
  hash_secret const secret_ = fresh_secret();

  std::unique_ptr<memory::arena> arena_;
  purse main_;
  base::mutex limit_lock_;  // while main_'s limit moves; the last to be taken
  lane_clock shared_clock_;
  std::unique_ptr<lane> shared_lane_;
  std::size_t account_ = 0;
  engine::guards guards_;
  memory::ledger for_peeks_;  // charged to main_ as a whole

  device_directory devices_;
  room_directory directory_;
  base::mutex rooms_lock_;
  std::deque<suite> rooms_ ABSL_GUARDED_BY(rooms_lock_);  // which grows without moving them
  base::atomic<std::uint64_t> hand_{0};                   // where any_room() goes on
  base::atomic<std::uint64_t> rooms_with_frames_{0};
  base::atomic<std::uint64_t> crossings_{0};
  base::atomic<bool> has_huge_pages_{false};  // everywhere where they were asked for
};

inline house::house(core::registry& who, config how, policy::settings what, hash_function hash, std::uint64_t proof)
    : registry_(who),
      config_(detail::checked(std::move(how), what)),
      settings_(what),
      sharing_(what.one_thread ? base::sharing::one_thread : base::sharing::many_threads),
      hash_(hash),
      arena_(config_.source == nullptr
                 ? std::make_unique<memory::arena>(detail::most_of(config_), config_.huge_pages, sharing_)
                 : nullptr),
      main_(config_.capacity.value(), detail::most_of(config_),
            config_.source == nullptr ? static_cast<block_source&>(*arena_) : *config_.source,
            config_.source == nullptr, config_.huge_pages, sharing_),
      limit_lock_(sharing_),
      shared_clock_(what.evict),
      shared_lane_(what.isolate == policy::isolation::shared
                       ? std::make_unique<lane>(what.evict, main_.account, shared_clock_, sharing_)
                       : nullptr),
      guards_(sharing_),
      for_peeks_(detail::set_aside_for_peeks(config_)),
      devices_(main_.account, config_.huge_pages, sharing_),
      rooms_lock_(sharing_) {
  if (proof != FRAMECACHE_DETAIL_AT(core::vault, who.vault_)->proof) base::fatal("an engine was built without a store");
  auto const most = detail::most_of(config_);
  auto const fixed =
      sizeof(house) + (arena_ ? memory::arena::overhead(most) : 0) + table_memory::overhead(most) + for_peeks_.limit();
  if (!main_.account.try_charge(fixed)) {
    base::raise("framecache: config.capacity does not hold the cache's own tables; write a larger one");
  }
  auto const account = registry_.open_account(main_.account);
  if (!account) base::out_of_memory();
  account_ = *account;
  has_huge_pages_.store(devices_.has_huge_pages() && main_.has_huge_pages() && (!arena_ || arena_->has_huge_pages()),
                        std::memory_order_relaxed);
}

inline void house::abandon() noexcept {
  registry_.close_account(account_);
  for (std::size_t i = 0; room* const r = room_at(i); ++i) registry_.close_account(r->account);
}

inline house::~house() {
  abandon();
  for (std::size_t i = 0; room* const r = room_at(i); ++i) {
    graveyard dead;
    for (device_state* gone = nullptr;; gone = nullptr) {
      {
        base::mutex_lock const lock(r->place.lock);
        // Free memory names the device that left it: it goes before the devices do.
        static_cast<void>(drop_spares(*r));
        if (r->devices != nullptr) {
          gone = r->devices;
          end_device(*r, *gone, dead);
        }
      }
      bury(dead);
      static_cast<void>(reap(*r));  // nobody peeks any more, but a guard may still be armed
      if (gone == nullptr) break;
      free_record(*r, *gone);
    }
  }
}

inline std::size_t house::account_of(core::scope const& who) const noexcept {
  room const* const r = room_of(who);
  return r == nullptr ? account_ : r->account;
}

inline refusal house::admit(core::scope const& who) noexcept {
  if (auto const why = who.check(capability::view); !who.opened()) return why;
  auto const slot = who.slot();
  if (!slot) return refusal::refused;
  if (!who.of(registry_)) {
    report(crossing_kind::foreign_registry, who);
    return refusal::refused;
  }
  // An admin keeps no frames: it needs no room, and with strict isolation no partition.
  if (who.is(role::admin)) return refusal::none;
  if (room* const known = directory_.find(*slot)) {
    remember_room(who, *known);
    return refusal::none;
  }
  if (*slot >= room_directory::most_rooms) return refusal::no_room;

  bool const strict = settings_.isolate == policy::isolation::strict;
  auto const partition = strict ? config_.tenant_partition->value() : 0;
  auto const cost = sizeof(room) + (strict ? sizeof(purse) : 0) + sizeof(suite) * 2 + 64 + room_directory::leaf_bytes;
  if (!charge_main(cost + partition)) return refusal::no_room;

  base::mutex_lock const lock(rooms_lock_);
  bool const fresh_leaf = directory_.needs_leaf(*slot);
  room* const known = directory_.find(*slot);
  if (known == nullptr && make_room(who, *slot, partition)) {
    if (!fresh_leaf) main_.account.credit(room_directory::leaf_bytes);
    return refusal::none;
  }
  // Another thread made it meanwhile, or there was no memory for it.
  main_.account.credit(cost + partition);
  if (known == nullptr) return refusal::no_room;
  remember_room(who, *known);
  return refusal::none;
}

// So that no lookup has to ask the directory.
inline void house::remember_room(core::scope const& who, room& r) const noexcept {
  if (!who.sound()) return;
  auto& g = *FRAMECACHE_DETAIL_AT(core::grant, who.grant_);
  if (g.room.load(std::memory_order_relaxed) == 0) g.room.store(FRAMECACHE_DETAIL_WORD(r), std::memory_order_relaxed);
}

inline bool house::make_room(core::scope const& who, std::uint64_t slot, std::uint64_t partition) noexcept {
  bool made = false;
  auto account = account_;
  bool const stored = base::attempt([&]() ABSL_NO_THREAD_SAFETY_ANALYSIS {
    suite s;
    if (partition != 0) {
      if (arena_) s.own_arena = std::make_unique<memory::arena>(partition, config_.huge_pages, sharing_);
      auto& source = arena_ ? static_cast<block_source&>(*s.own_arena) : *config_.source;
      s.own_purse =
          std::make_unique<purse>(partition, partition, source, arena_ != nullptr, config_.huge_pages, sharing_);
      if (!s.own_purse->has_huge_pages() || (s.own_arena && !s.own_arena->has_huge_pages())) {
        has_huge_pages_.store(false, std::memory_order_relaxed);
      }
      auto const own = registry_.open_account(s.own_purse->account);
      if (!own) return;
      account = *own;
      auto const fixed = (arena_ ? memory::arena::overhead(partition) : 0) + table_memory::overhead(partition);
      if (!s.own_purse->account.try_charge(fixed)) return;
    }
    budget const bounds{config_.tenant_floor, config_.tenant_cap, config_.device_cap};
    s.at = std::make_unique<room>(*this, *who.tenant(), shared_lane_.get(), settings_.evict,
                                  s.own_purse ? *s.own_purse : main_, account, who.label(), bounds, sharing_);
    if (bounds.floor) s.at->floor.store(bounds.floor->value(), std::memory_order_relaxed);
    auto& r = *s.at;
    rooms_.push_back(std::move(s));
    made = directory_.place(slot, r);
    if (!made) rooms_.pop_back();
  });
  if (stored && made) {
    remember_room(who, *directory_.find(slot));
    return true;
  }
  if (account != account_) registry_.close_account(account);
  return false;
}

inline base::seal_secret const& secret_of(house const& in) noexcept { return in.secret(); }
[[gnu::always_inline]] inline void unpin(house& in, entry& held) noexcept { in.unpin(held); }
inline void repin(house& in, entry& held) noexcept { in.repin(held); }
inline void look_away(house& in, entry& held, std::size_t guard) noexcept { in.look_away(held, guard); }
inline void report_crossing(house& in, entry const& held, core::scope const& who) noexcept {
  bool const same_tenant = held.label.load(std::memory_order_relaxed) == who.label();
  in.report(same_tenant ? crossing_kind::foreign_audience : crossing_kind::foreign_frame, who);
}

inline void house::report(crossing_kind kind, core::scope const& who) noexcept {
  crossings_.fetch_add(1, std::memory_order_relaxed);
  auto const tenant = who.tenant();
  if (config_.tripwire && tenant) config_.tripwire({kind, *tenant, principal_id{who.principal_word()}});
}

}  // namespace engine
}  // namespace v0
}  // namespace framecache

// SPDX-License-Identifier: Apache-2.0
//
// The engine: rooms by tenant behind a lock each, an index of whole keys, exact least recently used order, the byte bound.
//
// Simple before fast. Every function that yields or takes a frame asks for a core::scope (P1) and finds the room by it, so that
// no caller names a tenant. Not a template. A house is reached only through the word inside a store, see store.hpp and
// base/word.hpp; nothing else of ours yields a reference to one.
//
// Locks, in the order in which they may be held together: rooms_lock_; a room's lane; a cell's; a pool's or the arena's. Two
// lanes are never held at once. No user code runs under any of them (I9): blocks come from the source, foreign memory goes
// back, callbacks and the tripwire are called with none held.
//
//   house.hpp     what there is           publish.hpp   begin, stage, publish, adopt
//   reclaim.hpp   unlink, unpin, evict    command.hpp   revoke, retire, suspend, counts
//   lookup.hpp    find, latest, wait      load.hpp      who loads what is not there, and who waits
//   audit.hpp     the invariants, seen from inside
#pragma once

#include <framecache/base/attempt.hpp>
#include <framecache/base/clock.hpp>
#include <framecache/base/mutex.hpp>
#include <framecache/base/word.hpp>
#include <framecache/engine/config.hpp>
#include <framecache/engine/frame.hpp>
#include <framecache/engine/pin.hpp>
#include <framecache/engine/room.hpp>
#include <framecache/engine/room_directory.hpp>
#include <framecache/identity/age_limit.hpp>
#include <framecache/memory/arena.hpp>
#include <framecache/policy/settings.hpp>
#include <framecache/tenancy/registry.hpp>
#include <framecache/version.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace framecache {
inline namespace v0 {
namespace engine {

// Frames that nobody can reach any more, waiting for the lock to be given up before they are wiped and freed. Each is pinned by
// being here, so that drain() waits for it. Our own memory comes first: it is wiped before any foreign owner's code runs.
class graveyard final {
 public:
  void add(frame& f) noexcept {
    frame*& first = f.foreign ? foreign_ : own_;
    f.older = first;
    first = std::addressof(f);
  }
  [[nodiscard]] frame* take() noexcept {
    frame*& first = own_ != nullptr ? own_ : foreign_;
    frame* const f = first;
    if (f != nullptr) first = f->older;
    return f;
  }

 private:
  frame* own_ = nullptr;
  frame* foreign_ = nullptr;
};

class house;

// Memory that a publisher is writing into, on its way to become a frame. Move-only, sealed like a pin: whoever makes one up has
// nothing that the engine takes. Befriends house, which is defined below.
// As what somebody writes: the stream of a device, or (lead is not 0) the holder of a ticket to load for it.
struct writing final {
  device_id device;
  stream_generation generation;
  std::uint64_t lead = 0;
};

// What somebody would have loaded, and by when.
struct load_wish final {
  device_id device;
  stream_generation generation;
  rendition which;
  age_limit limit;
  base::steady_time deadline;
  base::steady_time asked = base::steady_now();

  // What was committed after the question is never too old for it, however short the limit.
  [[nodiscard]] bool admits(base::steady_time committed_at) const noexcept {
    return !limit.bounded() || committed_at >= asked || limit.admits(base::steady_now() - committed_at);
  }
};

class staged final {
 public:
  staged() noexcept = default;
  // Takes over the one pin of a frame that is not linked yet.
  explicit staged(frame& held) noexcept : frame_(FRAMECACHE_DETAIL_WORD(held)) { seal_ = seal_here(); }
  staged(staged&& other) noexcept { take(other); }
  staged& operator=(staged&& other) noexcept {
    if (this != std::addressof(other)) {
      drop();
      take(other);
    }
    return *this;
  }
  staged(staged const&) = delete;
  staged& operator=(staged const&) = delete;
  ~staged() { drop(); }

  [[nodiscard]] explicit operator bool() const noexcept { return frame_ != 0 && seal_ == seal_here(); }
  // All the bytes that were asked for.
  [[nodiscard]] std::span<std::byte> bytes() const noexcept {
    if (!*this) return {};
    auto const* const f = FRAMECACHE_DETAIL_AT(frame const, frame_);
    return {f->payload(), static_cast<std::size_t>(f->staged)};
  }

 private:
  friend class house;

  [[nodiscard]] std::uint64_t seal_here() const noexcept {
    if (frame_ == 0) return 0;
    return base::sealed(secret_of(*FRAMECACHE_DETAIL_AT(frame const, frame_)), FRAMECACHE_DETAIL_WORD(*this), frame_,
                        0);
  }
  void take(staged& other) noexcept {
    frame_ = other ? std::uint64_t{other.frame_} : 0;
    other.frame_ = 0;
    other.seal_ = 0;
    seal_ = seal_here();
  }
  void drop() noexcept {
    if (*this) unpin(*FRAMECACHE_DETAIL_AT(frame, frame_));
    frame_ = 0;
    seal_ = 0;
  }

  std::uint64_t frame_ : 64 = 0;
  std::uint64_t seal_ : 64 = 0;
};

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
  };
  [[nodiscard]] begun begin(core::scope const& who, device_id device) noexcept;
  void end(core::scope const& who, device_id device, stream_generation generation) noexcept;
  // Returns memory that is pinned once for its draft, or none and why.
  [[nodiscard]] staged stage(core::scope const& who, writing const& by, rendition which, byte_count size,
                             commit_status& why) noexcept;
  // Takes the memory over, whatever the answer.
  [[nodiscard]] commit_status publish(core::scope const& who, writing const& by, staged memory,
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
  void unpin(frame& held) noexcept;
  void repin(frame& held) noexcept;
  void report(crossing_kind kind, core::scope const& who) noexcept;

 private:
  // A room with the lane and partition that are its own, where isolation gives it any.
  struct suite final {
    std::unique_ptr<lane> own_lane;
    std::unique_ptr<memory::arena> own_arena;  // no tenant's holes in the address space are another's
    std::unique_ptr<purse> own_purse;
    std::unique_ptr<room> at;
  };

  // reclaim.hpp
  void unlink(frame& f, graveyard& dead) noexcept;
  void unlink_all(device_state& d, graveyard& dead) noexcept;
  void bury(graveyard& dead) noexcept;
  void destroy(frame& f, bool wipe_now) noexcept;
  void count_pin(room& r, frame& f) noexcept ABSL_EXCLUSIVE_LOCKS_REQUIRED(r.place.lock);
  void uncount_pin(room& r, core::key const& k, std::uint64_t bytes) noexcept
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(r.place.lock);
  void settle(room& r, core::key const& k, std::uint64_t cost) noexcept ABSL_EXCLUSIVE_LOCKS_REQUIRED(r.place.lock);
  [[nodiscard]] device_state* owner_of(room& r, core::key const& k) noexcept
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(r.place.lock);
  [[nodiscard]] bool evict_oldest(lane& l, std::uint64_t keep = 0) noexcept;
  template <class Which>
  [[nodiscard]] bool evict_where(room& r, Which const& which) noexcept;
  [[nodiscard]] bool evict_own(room& r) noexcept;
  [[nodiscard]] std::uint64_t share_of(room const& r) const noexcept;
  [[nodiscard]] bool may_take_from(room const& from, std::uint64_t wants, bool within_share) const noexcept;
  [[nodiscard]] bool evict_borrower(room const* except, std::uint64_t bytes) noexcept;
  [[nodiscard]] bool make_space(room& r, std::uint64_t bytes) noexcept;
  [[nodiscard]] bool charge(room& r, std::uint64_t bytes) noexcept;
  [[nodiscard]] bool charge_main(std::uint64_t bytes) noexcept;
  [[nodiscard]] commit_status reserve(core::scope const& who, room& r, core::key const& k, std::uint64_t lead,
                                      std::uint64_t bytes) noexcept;
  [[nodiscard]] std::uint64_t most_evictable(room& r) noexcept;
  void unreserve(room& r, core::key const& k, std::uint64_t bytes) noexcept;
  void catch_up(core::scope const& who, room& r) noexcept;
  std::uint64_t drop_device(room& r, device_id device, std::uint64_t& pinned) noexcept;
  void charge_room(room& r, std::uint64_t bytes) noexcept;
  void credit_room(room& r, std::uint64_t bytes) noexcept;
  revocation sweep(room& r, std::uint64_t label) noexcept;

  // lookup.hpp
  [[nodiscard]] static lookup_status gate(core::scope const& who, capability what) noexcept;
  [[nodiscard]] room* room_of(core::scope const& who) const noexcept;
  [[nodiscard]] frame* look(room& r, core::key const& k, lookup_status& why) noexcept
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(r.place.lock);
  void count(room& r, lookup_status what) noexcept ABSL_EXCLUSIVE_LOCKS_REQUIRED(r.place.lock);

  // publish.hpp
  [[nodiscard]] commit_status may_publish(core::scope const& who, room& r, core::key const& k, std::uint64_t lead,
                                          device_state*& state) noexcept ABSL_EXCLUSIVE_LOCKS_REQUIRED(r.place.lock);
  void count_refusal(room& r) noexcept;
  [[nodiscard]] device_state* device_for(room& r, device_id device) noexcept
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(r.place.lock);
  [[nodiscard]] bool reserve_device(core::scope const& who, room& r, device_id device) noexcept;
  [[nodiscard]] bool reserve_index(room& r) noexcept;
  [[nodiscard]] static std::size_t next_slots(room& r) noexcept ABSL_EXCLUSIVE_LOCKS_REQUIRED(r.place.lock);
  [[nodiscard]] static std::uint64_t next_table_bytes(room& r) noexcept ABSL_EXCLUSIVE_LOCKS_REQUIRED(r.place.lock);
  [[nodiscard]] bool index_is_full(room& r) noexcept ABSL_EXCLUSIVE_LOCKS_REQUIRED(r.place.lock);
  [[nodiscard]] commit_status link(core::scope const& who, frame& f, std::uint64_t lead, waiter_list& woken,
                                   flight_list& ended, graveyard& dead) noexcept;
  void fence(room& r, device_state& d, graveyard& dead) noexcept ABSL_EXCLUSIVE_LOCKS_REQUIRED(r.place.lock);
  [[nodiscard]] std::uint64_t next_generation(std::uint64_t last) const noexcept;

  [[nodiscard]] bool make_room(core::scope const& who, std::uint64_t slot, std::uint64_t partition) noexcept
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(rooms_lock_);

  // load.hpp
  void land(room& r, flight_list& ended) noexcept;
  [[nodiscard]] static commit_status may_load(device_state const& d, core::key const& k, std::uint64_t lead) noexcept;
  [[nodiscard]] bool reserve_negatives(room& r) noexcept;

  // command.hpp
  [[nodiscard]] room* room_for_order(core::scope const& by, tenant_id tenant) noexcept;
  void wake(room& r) noexcept;
  void wake_all() noexcept;
  [[nodiscard]] room* room_at(std::size_t i) noexcept;

  // audit.hpp
  [[nodiscard]] char const* broken_in(room& r, std::uint64_t& frames) noexcept;
  void after_operation(room& r) noexcept;

  core::registry& registry_;
  config const config_;
  policy::settings const settings_;
  base::sharing const sharing_;
  hash_function const hash_;
  hash_secret const secret_ = fresh_secret();
  base::seal_secret const seal_{base::random_word(), base::random_word(), base::random_word(), base::random_word()};

  std::unique_ptr<memory::arena> arena_;
  purse main_;
  std::unique_ptr<lane> shared_lane_;
  std::size_t account_ = 0;

  room_directory directory_;
  base::mutex rooms_lock_;
  std::vector<suite> rooms_ ABSL_GUARDED_BY(rooms_lock_);
  std::size_t hand_ ABSL_GUARDED_BY(rooms_lock_) = 0;
  base::atomic<std::uint64_t> rooms_with_frames_{0};
  base::atomic<std::uint64_t> crossings_{0};
};

namespace detail {

// What a store maps in before the first tenant comes.
inline constexpr std::uint64_t headroom = 4096;
inline constexpr std::uint64_t least_capacity = 256 * 1024;
inline constexpr std::size_t most_negatives = 4096;

[[nodiscard]] inline config checked(config how, policy::settings what) {
  if (how.capacity.value() < least_capacity) {
    base::raise("framecache: config.capacity is below 256 KiB, which holds no frame; write fc::mebibytes{512}");
  }
  // 4 TiB: what one bit a page can still be asked for.
  if (how.capacity.value() > (std::uint64_t{1} << 42)) {
    base::raise("framecache: config.capacity is above 4 TiB; write what this machine has, such as fc::gibibytes{64}");
  }
  if (how.tenant_partition && how.tenant_partition->value() > how.capacity.value()) {
    base::raise(
        "framecache: config.tenant_partition is larger than config.capacity, so nobody could be admitted; write a "
        "smaller partition");
  }
  bool const partitioned = what.isolate == policy::isolation::strict;
  if (partitioned && (!how.tenant_partition || how.tenant_partition->value() < least_capacity / 2)) {
    base::raise(
        "framecache: isolate<strict> needs config.tenant_partition of at least 128 KiB; write .tenant_partition = "
        "fc::mebibytes{8}");
  }
  if (!partitioned && how.tenant_partition) {
    base::raise("framecache: config.tenant_partition has no meaning without isolate<fc::strict>; leave it out or write "
                "isolate<fc::strict>");
  }
  if (how.generation_floor && how.generation_floor->value() > (std::uint64_t{1} << 63)) {
    base::raise(
        "framecache: config.generation_floor leaves no generations above it; write the largest one that was minted");
  }
  if (how.load_lease <= std::chrono::milliseconds::zero()) {
    base::raise("framecache: config.load_lease leaves a loader no time; write .load_lease = std::chrono::seconds{10}");
  }
  if (how.loads_per_tenant == 0) {
    base::raise("framecache: config.loads_per_tenant is 0, so nothing could be loaded; write 256");
  }
  if (how.negatives_per_tenant > most_negatives) {
    base::raise("framecache: config.negatives_per_tenant is above 4096; write 64");
  }
  if (what.isolate != policy::isolation::fair && how.tenant_floor) {
    base::raise("framecache: config.tenant_floor has no meaning without isolate<fc::fair>; leave it out or write "
                "isolate<fc::fair>");
  }
  return how;
}

}  // namespace detail

inline house::house(core::registry& who, config how, policy::settings what, hash_function hash, std::uint64_t proof)
    : registry_(who),
      config_(detail::checked(std::move(how), what)),
      settings_(what),
      sharing_(what.one_thread ? base::sharing::one_thread : base::sharing::many_threads),
      hash_(hash),
      arena_(config_.source == nullptr ? std::make_unique<memory::arena>(config_.capacity.value(), sharing_) : nullptr),
      main_(config_.capacity.value(), config_.source == nullptr ? *arena_ : *config_.source, config_.source == nullptr,
            sharing_),
      shared_lane_(what.isolate == policy::isolation::shared ? std::make_unique<lane>(sharing_) : nullptr),
      rooms_lock_(sharing_) {
  if (proof != FRAMECACHE_DETAIL_AT(core::vault, who.vault_)->proof) base::fatal("an engine was built without a store");
  auto const fixed = sizeof(house) + (arena_ ? memory::arena::overhead(config_.capacity.value()) : 0);
  auto const account = registry_.open_account(main_.account);
  if (!main_.account.try_charge(fixed) || !account) {
    base::raise("framecache: config.capacity does not hold the cache's own tables; write a larger one");
  }
  account_ = *account;
}

inline void house::abandon() noexcept {
  registry_.close_account(account_);
  for (std::size_t i = 0; room* const r = room_at(i); ++i) registry_.close_account(r->account);
}

inline house::~house() {
  abandon();
  for (std::size_t i = 0; room* const r = room_at(i); ++i) {
    graveyard dead;
    {
      base::mutex_lock const lock(r->place.lock);
      for (auto& [id, d] : r->devices) unlink_all(*d, dead);
    }
    bury(dead);
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
  if (directory_.find(*slot) != nullptr || who.is(role::admin)) return refusal::none;
  if (*slot >= room_directory::most_rooms) return refusal::no_room;

  bool const strict = settings_.isolate == policy::isolation::strict;
  auto const partition = strict ? config_.tenant_partition->value() : 0;
  auto const cost = sizeof(room) + sizeof(lane) + sizeof(purse) + sizeof(suite) * 2 + 64 + room_directory::leaf_bytes;
  if (!charge_main(cost + partition)) return refusal::no_room;

  base::mutex_lock const lock(rooms_lock_);
  bool const fresh_leaf = directory_.needs_leaf(*slot);
  bool const known = directory_.find(*slot) != nullptr;
  if (!known && make_room(who, *slot, partition)) {
    if (!fresh_leaf) main_.account.credit(room_directory::leaf_bytes);
    return refusal::none;
  }
  // Another thread made it meanwhile, or there was no memory for it.
  main_.account.credit(cost + partition);
  return known ? refusal::none : refusal::no_room;
}

inline bool house::make_room(core::scope const& who, std::uint64_t slot, std::uint64_t partition) noexcept {
  bool made = false;
  auto account = account_;
  bool const stored = base::attempt([&]() ABSL_NO_THREAD_SAFETY_ANALYSIS {
    suite s;
    if (!shared_lane_) s.own_lane = std::make_unique<lane>(sharing_);
    if (partition != 0) {
      if (arena_) s.own_arena = std::make_unique<memory::arena>(partition, sharing_);
      auto& source = arena_ ? static_cast<block_source&>(*s.own_arena) : *config_.source;
      s.own_purse = std::make_unique<purse>(partition, source, arena_ != nullptr, sharing_);
      auto const own = registry_.open_account(s.own_purse->account);
      if (!own) return;
      account = *own;
      if (arena_ && !s.own_purse->account.try_charge(memory::arena::overhead(partition))) return;
    }
    budget const bounds{config_.tenant_floor, config_.tenant_cap, config_.device_cap};
    s.at = std::make_unique<room>(*this, *who.tenant(), shared_lane_ ? *shared_lane_ : *s.own_lane,
                                  s.own_purse ? *s.own_purse : main_, account, who.label(), bounds,
                                  key_hash{hash_, &secret_});
    if (bounds.floor) s.at->floor.store(bounds.floor->value(), std::memory_order_relaxed);
    auto& r = *s.at;
    rooms_.push_back(std::move(s));
    made = directory_.place(slot, r);
    if (!made) rooms_.pop_back();
  });
  if (stored && made) return true;
  if (account != account_) registry_.close_account(account);
  return false;
}

inline base::seal_secret const& secret_of(frame const& held) noexcept { return held.home.home.secret(); }
inline void unpin(frame& held) noexcept { held.home.home.unpin(held); }
inline void repin(frame& held) noexcept { held.home.home.repin(held); }
inline void report_crossing(frame const& held, core::scope const& who) noexcept {
  bool const same_tenant = held.key.label_word() == who.label();
  held.home.home.report(same_tenant ? crossing_kind::foreign_audience : crossing_kind::foreign_frame, who);
}

inline void house::report(crossing_kind kind, core::scope const& who) noexcept {
  crossings_.fetch_add(1, std::memory_order_relaxed);
  auto const tenant = who.tenant();
  if (config_.tripwire && tenant) config_.tripwire({kind, *tenant, principal_id{who.principal_word()}});
}

}  // namespace engine
}  // namespace v0
}  // namespace framecache

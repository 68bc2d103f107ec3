// SPDX-License-Identifier: Apache-2.0
//
// How frames are found: by the whole key, in the room of the scope's own tenant. Neither a hit nor a miss takes a lock. What changes just
// then, so that it cannot be told, is looked up again under the lane's lock.
//
// Linearised where the pin is counted: at that moment the entry was linked, and its whole key, compared after it, was the one that
// was asked for. Whatever takes a frame out of reach (a newer stream, a revocation, an eviction) clears that link before it is done.
#pragma once

#include <framecache/base/prefetch.hpp>
#include <framecache/engine/house.hpp>
#include <framecache/engine/reclaim.hpp>
#include <framecache/version.hpp>

#include <algorithm>
#include <memory>
#include <optional>

namespace framecache {
inline namespace v0 {
namespace engine {

// `suspended` and `refused` speak of the viewer itself; `hit` here: go on.
inline lookup_status house::gate(core::scope const& who, capability what) noexcept {
  auto const why = who.check(role::viewer, what);
  if (why == refusal::none) return lookup_status::hit;
  return why == refusal::suspended ? lookup_status::suspended : lookup_status::refused;
}

inline room* house::room_of(core::scope const& who) const noexcept {
  if (!who.sound()) return nullptr;
  auto const& g = *FRAMECACHE_DETAIL_AT(core::grant const, who.grant_);
  room* const known = FRAMECACHE_DETAIL_AT(room, g.room.load(std::memory_order_relaxed));
  if (known != nullptr && std::addressof(known->home) == this) return known;
  auto const slot = who.slot();
  return slot && who.of(registry_) ? directory_.find(*slot) : nullptr;
}

// Returns the word of the room in which `who` may act as a viewer or a publisher without another question, or 0. One compare stands
// for all of them, because nothing has changed since they were asked.
[[gnu::always_inline]] inline std::uint64_t house::clear_to(core::scope const& who, role as) const noexcept {
  if (!who.sound()) [[unlikely]]
    return 0;
  auto const& g = *FRAMECACHE_DETAIL_AT(core::grant const, who.grant_);
  if (g.clear_at.load(std::memory_order_relaxed) != (as == role::viewer ? who.word() : ~who.word())) [[unlikely]]
    return 0;
  auto const word = g.room.load(std::memory_order_relaxed);  // there is one: it is cleared for that
  if (std::addressof(FRAMECACHE_DETAIL_AT(room, word)->home) != this) [[unlikely]]
    return 0;
  return word;
}

// Returns the word of the room that `who` may look into now, or 0 and why not. Asks everything once: the seal, the role, whether
// the scope is live, whether this is its cache.
[[gnu::noinline]] inline std::uint64_t house::enter(core::scope const& who, lookup_status& why) noexcept {
  why = lookup_status::refused;
  if (!who.sound()) return 0;
  auto const at = who.word();
  auto& g = *FRAMECACHE_DETAIL_AT(core::grant, who.grant_);
  if (static_cast<std::uint8_t>(g.role) != static_cast<std::uint8_t>(role::viewer)) return 0;
  if (auto const live = g.check(capability::view); live != refusal::none) [[unlikely]] {
    if (live == refusal::suspended) why = lookup_status::suspended;
    return 0;
  }
  why = lookup_status::absent;
  room* const r = room_of(who);
  if (r == nullptr) return 0;
  catch_up(who, *r);
  clear(who, *r, at, at);
  return FRAMECACHE_DETAIL_WORD(*r);
}
// Has the next who asks at this word ask nothing more, if that is enough. A grant is cleared for one room: the one that its scopes
// remember. Requires: at that word or later it was found live in its role, and the room had caught up.
inline void house::clear(core::scope const& who, room const& r, std::uint64_t at, std::uint64_t as) noexcept {
  auto& g = *FRAMECACHE_DETAIL_AT(core::grant, who.grant_);
  if (!g.is_clear(at) || r.caught_up.load(std::memory_order_relaxed) != at) return;
  if (g.room.load(std::memory_order_relaxed) == FRAMECACHE_DETAIL_WORD(r))
    g.clear_at.store(as, std::memory_order_relaxed);
}

inline void house::count(room& r, lookup_status what) noexcept {
  switch (what) {
    case lookup_status::absent: r.absent.fetch_add(1, std::memory_order_relaxed); break;
    case lookup_status::superseded: r.superseded.fetch_add(1, std::memory_order_relaxed); break;
    case lookup_status::too_old: r.too_old.fetch_add(1, std::memory_order_relaxed); break;
    case lookup_status::hit:  // counted where the pin is
    case lookup_status::suspended:
    case lookup_status::refused:
    case lookup_status::loading:
    case lookup_status::timed_out:
    case lookup_status::failed: break;
  }
}

// Its record, by way of its newest frame where it has one. What is of another label is another lane's, and may be changing: of that
// nothing is looked at but the label.
inline device_state* house::device_for(room& r, device_id device) noexcept {
  auto const word = devices_.word_of(device.value());
  if (entry const* const e = device_word::newest_of(word, r.label)) {
    return e->label.load(std::memory_order_relaxed) == r.label ? e->owner : nullptr;
  }
  auto* const words = device_word::record_of(word, r.label);
  if (words == nullptr || words->label.load(std::memory_order_relaxed) != r.label) return nullptr;
  return std::addressof(state_of(*words));
}

// Where the frame of that key may lie. Of the source frames a device has one: what an older stream published is fenced off.
[[gnu::always_inline]] inline entry* house::look(room& r, core::key const& k) noexcept {
  return k.is_source() ? look_at_newest(k) : look_in_index(r, k);
}
// The frame of a key of the live generation, under the lane's lock.
inline entry* house::linked_of(room& r, device_state const& d, core::key const& k) noexcept {
  return k.is_source() ? d.newest : look_in_index(r, k);
}
// The newest frame of the device, whatever its generation.
[[gnu::always_inline]] inline entry* house::look_at_newest(core::key const& k) const noexcept {
  return device_word::newest_of(devices_.word_of(k.device().value()), k.label_word());
}
[[gnu::noinline]] inline entry* house::look_in_index(room& r, core::key const& k) noexcept {
  return r.index.find(k, hash_of(k));
}

// The whole key decides (I1): it was compared when the entry was found, and is again when it is pinned.
[[gnu::always_inline]] inline entry* house::pin_found(entry* e, core::key const& k, std::uint64_t what) noexcept {
  if (e == nullptr) [[unlikely]]
    return nullptr;
  __builtin_prefetch(reinterpret_cast<std::byte const*>(e) + entry_bytes);  // whoever finds it will look at its bytes
  if (!try_pin(*e, alone(), what)) [[unlikely]]
    return nullptr;
  if (e->has(k)) [[likely]]
    return e;
  if (what == pin_and_hit) count_hits(*e, ~std::uint64_t{0});
  unpin(*e);
  return nullptr;
}
// Counts a hit, or one less, of what is pinned. Of what was taken out meanwhile the hits have been taken in.
[[gnu::always_inline]] inline void house::count_hits(entry& e, std::uint64_t how_many) noexcept {
  auto const m = e.meta.fetch_add(how_many * meta::one_hit, std::memory_order_relaxed);
  if (meta::is_linked(m)) [[likely]]
    return;
  room& r = *e.home.load(std::memory_order_relaxed);
  base::mutex_lock const lock(r.place.lock);
  r.counters.hits += how_many;
}

// Pins what is linked, also when its count of hits has to be taken in first.
inline bool house::pin_by_lock(room& r, entry& e) noexcept {
  auto const m = e.meta.load(std::memory_order_relaxed);
  if ((m & meta::many_hits) != 0) {
    r.counters.hits += meta::hits(m);
    e.meta.fetch_sub(meta::hits(m) * meta::one_hit, std::memory_order_relaxed);
  }
  if (!try_pin(e, alone())) return false;
  use(r, e);
  return true;
}

// What is so of a device, at one moment if nothing of the room was changed meanwhile (changes.hpp); nothing where it ended meanwhile.
// Wait-free. Of a device of another home the room's changes tell nothing: what bears another label is not this home's, if the device's
// word has not changed since.
inline std::optional<house::liveness> house::live_of(room const& r, std::uint64_t label,
                                                     device_id device) const noexcept {
  auto const before = r.changed.seen();
  auto const word = devices_.word_of(device.value());
  if (auto const* const e = device_word::newest_of(word, label)) {
    bool const is_its = e->label.load(std::memory_order_relaxed) == label;
    auto const live = e->generation.load(std::memory_order_relaxed);
    if (!r.changed.none_since(before) || !devices_.still_says(device.value(), word)) return std::nullopt;
    return is_its ? liveness{live, true} : liveness{0, false};
  }
  auto const* const words = device_word::record_of(word, label);
  if (words == nullptr) return liveness{0, false};                  // no device of that label has the number
  base::prefetch<record_head>(words);                               // whoever misses a frame often publishes it next
  auto const whose = words->label.load(std::memory_order_acquire);  // (49) acquire: pairs with release (48)
  // The word that names no frame was read first: of the generation that is live now there was none then, or when it had begun.
  auto const live = words->live.load(std::memory_order_acquire);  // (34) acquire: pairs with release (35)
  // Where the device has ended, and its record is another's, what was read may be that one's.
  if (!devices_.still_says(device.value(), word)) return std::nullopt;
  if (whose != label) return liveness{0, false};
  // None is live yet, or one is beginning.
  if (live == 0 && !r.changed.none_since(before)) return std::nullopt;
  return liveness{live, false};
}

// What a lookup of a frame that was not found is told without the lane's lock; `hit`: only that lock can tell.
inline lookup_status house::missed(room& r, core::key const& k) noexcept {
  auto const before = r.changed.seen();
  if (!k.is_source() && r.index.find(k, hash_of(k)) != nullptr) return lookup_status::hit;
  auto const now = live_of(r, k.label_word(), k.device());
  if (!now || (!k.is_source() && !r.changed.none_since(before))) return lookup_status::hit;
  if (k.generation().value() < now->generation) return lookup_status::superseded;
  // The newest frame is of just that key: somebody published it meanwhile.
  if (k.is_source() && now->has_source && k.generation().value() == now->generation) return lookup_status::hit;
  return lookup_status::absent;
}
// The same of the newest frame of a device: whether it is absent.
inline bool house::missed_newest(room& r, std::uint64_t label, device_id device, rendition which) noexcept {
  auto const before = r.changed.seen();
  auto const now = live_of(r, label, device);
  if (!now) return false;
  if (now->generation == 0) return true;
  if (which.is_source()) return !now->has_source && !settings_.mark_stale;
  core::key const k{label, device, stream_generation{std::uint64_t{now->generation}}, which};
  return r.index.find(k, hash_of(k)) == nullptr && r.changed.none_since(before);
}

// The last word on a lookup, under the lane's lock where nothing less tells. Requires: of a device that is not listed, `k` names none, so
// that it takes no longer to be absent than one that does not exist.
[[gnu::noinline]] inline entry* house::pin_locked(room& r, core::key const& k, lookup_status& why) noexcept {
  if (why = missed(r, k); why != lookup_status::hit) {
    count(r, why);
    return nullptr;
  }
  entry* held = nullptr;
  why = lookup_status::absent;
  base::mutex_lock const lock(r.place.lock);
  auto* const d = r.label == k.label_word() ? device_for(r, k.device()) : nullptr;
  if (d != nullptr) {
    if (k.generation().value() < d->generation) {
      why = lookup_status::superseded;  // fenced off (I6), whether or not something of it is still held
    } else if (k.generation().value() == d->generation) {
      auto* const e = linked_of(r, *d, k);
      if (e != nullptr && pin_by_lock(r, *e)) {
        held = e;
        why = lookup_status::hit;
      }
    }
  }
  count(r, why);
  return held;
}

// What a scope asks for, as a whole key. One that it does not list becomes the key of nothing.
[[nodiscard, gnu::always_inline]] inline core::key house::key_for(core::grant& g, place const& at) noexcept {
  if (g.lists_all || g.lists(at.device)) [[likely]]
    return core::key{g.label, at.device, at.generation, at.rendition};
  return core::key{g.label, device_id{std::uint64_t{0}}, at.generation, at.rendition};
}

// The usual lookup, of which as many are under way at once as fit into the processor's window: it is kept short for that.
[[gnu::always_inline]] inline pin house::find(core::scope const& who, device_id device, stream_generation generation,
                                              rendition which, lookup_status& why) noexcept {
  if (auto const word = clear_to(who, role::viewer); word != 0) [[likely]] {
    auto& r = *FRAMECACHE_DETAIL_AT(room, word);
    auto const& g = *FRAMECACHE_DETAIL_AT(core::grant const, who.grant_);
    core::key const k{g.label, device, generation, which};
    if (auto* const e = pin_found(look(r, k), k); e != nullptr) [[likely]] {
      why = lookup_status::hit;
      use(r, *e);
      after_operation(r);
      return pin{*this, *e, g.audience_number, false};
    }
  }
  return find_slowly(who, {device, generation, which}, why);
}

[[gnu::noinline]] inline pin house::find_slowly(core::scope const& who, place const& at, lookup_status& why) noexcept {
  auto const word = enter(who, why);
  if (word == 0) return {};
  auto& r = *FRAMECACHE_DETAIL_AT(room, word);
  auto& g = *FRAMECACHE_DETAIL_AT(core::grant, who.grant_);
  auto const k = key_for(g, at);
  why = lookup_status::hit;
  auto* e = pin_found(look(r, k), k);
  if (e != nullptr) {
    use(r, *e);
  } else {
    e = pin_locked(r, k, why);
  }
  after_operation(r);
  if (e == nullptr) return {};
  return pin{*this, *e, g.audience_number, false};
}

// All words are under way before the first is looked at, then all entries; of derived pictures the lines of the index, and then theirs.
inline void house::begin_batch(core::scope const& who, std::span<place const> places) noexcept {
  auto const label = who.label();
  auto const word = clear_to(who, role::viewer);
  room const* const r = word == 0 ? nullptr : FRAMECACHE_DETAIL_AT(room, word);
  auto const count = std::min(places.size(), most_in_batch);
  std::array<std::uint64_t, most_in_batch> hashes;
  std::uint64_t derived = 0;  // a bit each
  for (std::size_t i = 0; i != count; ++i) {
    auto const& at = places[i];
    if (at.rendition.is_source()) [[likely]] {
      devices_.prefetch(at.device.value());
    } else if (r != nullptr) {
      derived |= std::uint64_t{1} << i;
      hashes[i] = hash_of(core::key{label, at.device, at.generation, at.rendition});
      r->index.prefetch(hashes[i]);
    }
  }
  for (std::size_t i = 0; i != count; ++i) {
    if ((derived >> i & 1) != 0) {
      r->index.prefetch_entries(hashes[i]);
      continue;
    }
    auto const* const e = device_word::newest_of(devices_.word_of(places[i].device.value()), label);
    if (e == nullptr) continue;
    __builtin_prefetch(e, 1);
    __builtin_prefetch(reinterpret_cast<std::byte const*>(e) + entry_bytes);
  }
}

[[gnu::always_inline]] inline glance house::peek(core::scope const& who, device_id device, stream_generation generation,
                                                 lookup_status& why) noexcept {
  if (auto const word = clear_to(who, role::viewer); word != 0) [[likely]] {
    auto& r = *FRAMECACHE_DETAIL_AT(room, word);
    auto const& g = *FRAMECACHE_DETAIL_AT(core::grant const, who.grant_);
    core::key const k{g.label, device, generation, rendition::source()};
    auto const thread = base::thread_number();
    if (auto* const e = guard_found(look_at_newest(k), k, thread); e != nullptr) [[likely]] {
      why = lookup_status::hit;
      use(r, *e);
      count_peek(thread, r);
      after_operation(r);
      return glance{*this, *e, g.audience_number, thread};
    }
  }
  return peek_slowly(who, {device, generation}, why);
}

// On lines that no other thread uses, whichever tenants this one goes between, as long as there is memory for such lines.
[[gnu::always_inline]] inline void house::count_peek(std::size_t thread, room& r) noexcept {
  if (!guards_.counts_for(thread, r)) [[unlikely]]
    go_on_with(thread, r);
  if (!guards_.count_hit(thread)) [[unlikely]]
    r.shared_peeks.fetch_add(1, std::memory_order_relaxed);
}
// The thread goes from one tenant to another. For each block of rooms it asks once for the memory to count in; where all that was set
// aside for that is used up, it adds to what all add to.
[[gnu::noinline]] inline void house::go_on_with(std::size_t thread, room& r) noexcept {
  auto* own = r.peeks->own(thread, r.in_peeks);
  if (own == nullptr && for_peeks_.try_charge(peek_counts::table_bytes)) {
    if (r.peeks->add_table(thread)) {
      own = r.peeks->own(thread, r.in_peeks);
    } else {
      for_peeks_.credit(peek_counts::table_bytes);
    }
  }
  guards_.go_on_with(thread, r, own);
}

// Says that this thread looks at what was found, if that is linked and of that whole key (I1).
[[gnu::always_inline]] inline entry* house::guard_found(entry* e, core::key const& k, std::size_t thread) noexcept {
  if (e == nullptr) [[unlikely]]
    return nullptr;
  __builtin_prefetch(reinterpret_cast<std::byte const*>(e) + entry_bytes);
  room* in = nullptr;
  if (guards_.enter(thread, *e)) [[likely]] {
    // (17) acquire: pairs with release (18). Linked now, and guarded before: whoever unlinks it from here on sees the guard.
    if (meta::is_linked(e->meta.load(std::memory_order_acquire)) && e->has(k)) [[likely]]
      return e;
    in = e->home.load(std::memory_order_relaxed);
    guards_.leave(thread);
  } else {
    in = e->home.load(std::memory_order_relaxed);
  }
  // Whoever took it out just then may have left it to this guard, also to one that was disarmed as it was raised.
  if (in != nullptr && !meta::is_linked(e->meta.load(std::memory_order_relaxed))) static_cast<void>(reap(*in));
  return nullptr;
}

[[gnu::noinline]] inline glance house::peek_slowly(core::scope const& who, place const& at,
                                                   lookup_status& why) noexcept {
  auto const word = enter(who, why);
  if (word == 0) return {};
  auto& r = *FRAMECACHE_DETAIL_AT(room, word);
  auto& g = *FRAMECACHE_DETAIL_AT(core::grant, who.grant_);
  auto const k = key_for(g, at);
  auto const thread = base::thread_number();
  why = lookup_status::hit;
  if (auto* const e = guard_found(look(r, k), k, thread); e != nullptr) {
    use(r, *e);
    count_peek(thread, r);
    after_operation(r);
    return glance{*this, *e, g.audience_number, thread};
  }
  auto* const held = pin_locked(r, k, why);
  after_operation(r);
  if (held == nullptr) return {};
  return glance{*this, *held, g.audience_number, static_cast<std::size_t>(glance::pinned)};
}

// The frame of the live generation, by the whole key. Wait-free but for the pin. That generation is the newest frame's, for a
// device's word names none of an older one; of a device without one its words say it. Whose words they are does not matter: what is
// found by a generation that was another's is no frame of that key.
inline entry* house::pin_newest(room& r, std::uint64_t label, device_id device, rendition which,
                                std::uint64_t what) noexcept {
  auto const word = devices_.word_of(device.value());
  std::uint64_t live = 0;
  if (entry const* const e = device_word::newest_of(word, label)) {
    live = e->generation.load(std::memory_order_relaxed);
  } else if (auto const* const words = device_word::record_of(word, label)) {
    live = words->live.load(std::memory_order_acquire);  // (34) acquire: pairs with release (35)
  }
  if (live == 0) return nullptr;
  core::key const k{label, device, stream_generation{std::uint64_t{live}}, which};
  return pin_found(look(r, k), k, what);
}

[[gnu::noinline]] inline entry* house::latest_locked(room& r, std::uint64_t label, device_id device, rendition which,
                                                     age_limit limit, bool& stale, lookup_status& why) noexcept {
  why = lookup_status::absent;
  base::mutex_lock const lock(r.place.lock);
  auto* const d = r.label == label ? device_for(r, device) : nullptr;
  entry* e = nullptr;
  if (d != nullptr) {
    core::key const k{label, device, stream_generation{std::uint64_t{d->generation}}, which};
    e = linked_of(r, *d, k);
    // I6's one exception: the generation before, same label, marked.
    if (e == nullptr && settings_.mark_stale && which.is_source()) {
      e = d->before;
      stale = e != nullptr;
    }
    if (e != nullptr && limit.bounded() && !limit.admits(base::steady_now() - e->committed_at)) {
      if (settings_.mark_stale) {
        stale = true;
      } else {
        why = lookup_status::too_old;
        e = nullptr;
      }
    }
    if (e != nullptr && !pin_by_lock(r, *e)) e = nullptr;
    if (e != nullptr) why = lookup_status::hit;
  }
  count(r, why);
  return e;
}

inline pin house::latest(core::scope const& who, device_id device, age_limit limit, rendition which,
                         lookup_status& why) noexcept {
  auto const word = enter(who, why);
  if (word == 0) return {};
  auto& r = *FRAMECACHE_DETAIL_AT(room, word);
  auto& g = *FRAMECACHE_DETAIL_AT(core::grant, who.grant_);
  bool const listed = g.lists_all || g.lists(device);
  auto const asked = listed ? device : device_id{std::uint64_t{0}};
  bool stale = false;
  why = lookup_status::hit;
  // Whether it is young enough is seen when it is pinned; before that it is no hit.
  auto* e = pin_newest(r, g.label, asked, which, limit.bounded() ? meta::one_pin : pin_and_hit);
  if (e != nullptr && limit.bounded()) {
    auto const now = base::steady_now();
    r.clock.pass_time(now);
    stale = !limit.admits(now - e->committed_at);
    if (!stale) count_hits(*e, 1);
  }
  if (e != nullptr && !stale) [[likely]] {
    use(r, *e);
  } else if (e != nullptr) {
    // Too old when the clock was read. It was the newest then if it is linked still, which no stale value says; or with marks, while its
    // stream's successor has none.
    bool const is_marked = settings_.mark_stale;
    auto const m = e->meta.fetch_add(is_marked ? meta::one_hit : 0, std::memory_order_relaxed);
    if (is_marked && meta::is_linked(m)) {
      use(r, *e);
    } else {
      unpin(*e);
      e = nullptr;
      stale = false;
      why = lookup_status::too_old;
      if (meta::is_linked(m)) {
        count(r, why);
      } else {
        e = latest_locked(r, g.label, asked, which, limit, stale, why);
      }
    }
  } else if (missed_newest(r, g.label, asked, which)) {
    why = lookup_status::absent;
    count(r, why);
  } else {
    e = latest_locked(r, g.label, asked, which, limit, stale, why);
  }
  after_operation(r);
  if (e == nullptr) return {};
  return pin{*this, *e, g.audience_number, stale};
}

inline std::optional<stream_generation> house::current(core::scope const& who, device_id device) noexcept {
  lookup_status why{};
  auto const word = enter(who, why);
  if (word == 0) return std::nullopt;
  auto& g = *FRAMECACHE_DETAIL_AT(core::grant, who.grant_);
  if (!g.lists(device)) return std::nullopt;
  auto& r = *FRAMECACHE_DETAIL_AT(room, word);
  std::uint64_t live = 0;
  if (auto const now = live_of(r, g.label, device)) {
    live = now->generation;
  } else {
    base::mutex_lock const lock(r.place.lock);
    auto const* const d = r.label == g.label ? device_for(r, device) : nullptr;
    if (d != nullptr) live = d->generation;
  }
  if (live == 0) return std::nullopt;
  return stream_generation{std::uint64_t{live}};
}

}  // namespace engine
}  // namespace v0
}  // namespace framecache

// SPDX-License-Identifier: Apache-2.0
//
// How memory is given to whoever publishes: charged first, zeroed unless the same device left it (I5), pinned once as a draft.
//
// A steady stream allocates nothing: a camera's next small frame is written over its last but one, and of larger ones the pool gives
// the device's own block back first.
#pragma once

#include <framecache/base/prefetch.hpp>
#include <framecache/engine/house.hpp>
#include <framecache/engine/reclaim.hpp>
#include <framecache/engine/space.hpp>
#include <framecache/version.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>

namespace framecache {
inline namespace v0 {
namespace engine {

// Asked before memory is spent, and again inside the lock that publishes.
inline commit_status house::may_publish(core::scope const& who, room& r, core::key const& k, std::uint64_t lead,
                                        device_state*& state) noexcept {
  bool const clear = lead == 0 && clear_to(who, role::publisher) != 0;
  if (!clear) {
    auto const at = who.sound() ? who.word() : 0;
    auto const why =
        lead == 0 ? who.check(role::publisher, capability::publish) : who.check(role::viewer, capability::view);
    if (why != refusal::none) return why == refusal::suspended ? commit_status::suspended : commit_status::refused;
    if (lead == 0) this->clear(who, r, at, ~at);
  }
  // Memory that was staged in a former epoch is not published in a later one.
  auto& g = *FRAMECACHE_DETAIL_AT(core::grant, who.grant_);
  if (r.label != g.label || k.label_word() != g.label) return commit_status::refused;
  state = device_for(r, k.device());
  if (state == nullptr) return commit_status::retired;
  if (!g.lists(k.device())) return commit_status::refused;
  if (state->generation != k.generation().value()) return commit_status::superseded;
  return lead == 0 ? commit_status::committed : may_load(*state, k, lead);
}

inline void house::count_refusal(room& r) noexcept {
  base::mutex_lock const lock(r.place.lock);
  ++r.counters.commits_refused;
}

// Memory for a small frame: what the device left, then what another of the room has just left, then the slab's. Zeroed unless the device
// itself left it there (I5).
inline entry* house::take_small(room& r, device_state& d, std::size_t index) noexcept {
  constexpr int search_depth = 8;
  entry* e = d.spare;
  if (e != nullptr) {
    auto const* const at = reinterpret_cast<std::byte const*>(e);
    for (std::size_t line = 0; line < memory::slab_sizes[index] && line != 512; line += 64)
      __builtin_prefetch(at + line, 1);
  }
  for (int depth = 0; e != nullptr && e->slab_class != index; ++depth) e = depth != search_depth ? e->next : nullptr;
  if (e == nullptr && r.at_hand != nullptr && r.at_hand->slab_class == index) e = r.at_hand;
  if (e != nullptr) {
    bool const own = e->owner == std::addressof(d);
    take_spare(r, *e);
    if (!own) {
      auto* const at = reinterpret_cast<std::byte*>(e) + entry_bytes;
      memory::wipe(at, memory::slab_sizes[index] - entry_bytes);
    }
    return e;
  }
  auto* at = r.money.small.take(index);
  // With the bound reached, a free block of the next larger classes will do, unless caps count every byte.
  for (auto larger = index + 1;
       at == nullptr && larger != memory::slab_class_count && !r.bounds.cap && !r.bounds.device_cap; ++larger) {
    if (memory::slab_sizes[larger] > 2 * memory::slab_sizes[index]) break;
    at = r.money.small.take_free(larger);
    if (at != nullptr) index = larger;
  }
  if (at == nullptr) return nullptr;
  e = base::object_in_zeroed_pages<entry>(at);
  e->slab_class = static_cast<std::uint8_t>(index);
  return e;
}

// From free memory to a draft: named, pinned once, charged, among the room's loose ones.
inline void house::make_draft(room& r, device_state& d, entry& e, core::key const& k, std::size_t index,
                              std::uint64_t shape) noexcept {
  e.name(k);
  e.stamp.store(0, std::memory_order_relaxed);
  e.home.store(std::addressof(r), std::memory_order_relaxed);
  e.shape.set(shape);
  e.owner = std::addressof(d);
  e.slab_class = static_cast<std::uint8_t>(index);
  e.erased = e.dead = e.limbo = e.spare = e.in_main = e.moved = e.replaced = false;
  r.loose.add(e);
  e.meta.store(meta::one_pin, std::memory_order_relaxed);
}

inline entry* house::stage_small(core::scope const& who, room& r, core::key const& k, std::uint64_t lead,
                                 std::size_t index, std::uint64_t size, commit_status& why) noexcept {
  auto const bytes = std::uint64_t{memory::slab_sizes[index]};
  for (;;) {
    auto what = lack::none;
    {
      base::mutex_lock const lock(r.place.lock);
      device_state* d = nullptr;
      why = may_publish(who, r, k, lead, d);
      if (why != commit_status::committed) return nullptr;
      what = lacks(r, *d, bytes);
      if (what == lack::none) {
        if (entry* const e = take_small(r, *d, index)) {
          if (d->newest != nullptr) r.place.order.prefetch(*d->newest);
          make_draft(r, *d, *e, k, e->slab_class, size);
          charge_frame(r, *d, e->charge());
          return e;
        }
      }
    }
    if (make_up_for(r, what, k.device(), bytes)) continue;
    why = commit_status::no_room;
    return nullptr;
  }
}

// Reserves `bytes` within the tenant's and the device's cap, evicting their own frames for it. The caps are kept here, under the
// lane's lock, for drafts and held frames alike. What could never fit is refused before anything is evicted.
inline commit_status house::reserve(core::scope const& who, room& r, core::key const& k, std::uint64_t lead,
                                    std::uint64_t bytes) noexcept {
  if (bytes == 0) return commit_status::no_room;
  if (bytes > r.money.account.limit() / 16 && bytes > most_evictable(r)) return commit_status::no_room;
  for (;;) {
    auto what = lack::none;
    {
      base::mutex_lock const lock(r.place.lock);
      device_state* d = nullptr;
      auto const why = may_publish(who, r, k, lead, d);
      if (why != commit_status::committed) return why;
      what = lacks(r, *d, bytes);
      if (what == lack::none) {
        charge_frame(r, *d, bytes);
        return commit_status::committed;
      }
    }
    if (!make_up_for(r, what, k.device(), bytes)) return commit_status::no_room;
  }
}
inline void house::unreserve(room& r, core::key const& k, std::uint64_t bytes) noexcept {
  base::mutex_lock const lock(r.place.lock);
  credit_frame(r, r.label == k.label_word() ? device_for(r, k.device()) : nullptr, bytes);
}

inline entry* house::take_header(room& r) noexcept {
  for (;;) {
    if (auto* const at = r.money.small.take(memory::header_class)) return base::object_in_zeroed_pages<entry>(at);
    if (!make_space(r, 0)) return nullptr;
  }
}

// The block of the pool that the device keeps, if it is large enough, not far too large, and nothing stands in the way.
inline entry* house::take_own(core::scope const& who, room& r, core::key const& k, std::uint64_t lead,
                              std::uint64_t size, std::uint64_t bytes) noexcept {
  base::mutex_lock const lock(r.place.lock);
  device_state* d = nullptr;
  if (may_publish(who, r, k, lead, d) != commit_status::committed) return nullptr;
  entry* const e = d->spare_apart;
  if (e == nullptr || apart(*e).bytes < bytes || apart(*e).bytes > 2 * bytes) return nullptr;
  if (lacks(r, *d, apart(*e).bytes) != lack::none) return nullptr;
  take_spare(r, *e);
  make_draft(r, *d, *e, k, memory::header_class, size | entry::apart_bit);
  charge_frame(r, *d, e->charge());
  return e;
}

inline entry* house::stage_apart(core::scope const& who, room& r, core::key const& k, std::uint64_t lead,
                                 std::uint64_t size, commit_status& why) noexcept {
  auto const wanted = padded(size);
  auto const bytes = std::uint64_t{memory::class_for(wanted).bytes};
  if (entry* const e = take_own(who, r, k, lead, size, bytes)) {
    why = commit_status::committed;
    return e;
  }
  why = reserve(who, r, k, lead, bytes);
  if (why != commit_status::committed) return nullptr;
  memory::raw_block block;
  for (;;) {
    block = r.money.blocks.take(wanted, {k.label_word(), k.device().value()});
    if (block || !make_space(r, 0)) break;
  }
  entry* const e = block ? take_header(r) : nullptr;
  if (e != nullptr) {
    base::mutex_lock const lock(r.place.lock);
    device_state* d = nullptr;
    why = may_publish(who, r, k, lead, d);
    if (why == commit_status::committed) {
      apart(*e) = {block.at, block.bytes, nullptr};
      make_draft(r, *d, *e, k, memory::header_class, size | entry::apart_bit);
      return e;
    }
    r.money.small.give(reinterpret_cast<std::byte*>(e), memory::header_class);
  } else {
    why = commit_status::no_room;
  }
  if (block) r.money.blocks.give({block.at, block.bytes, block.bytes}, {k.label_word(), k.device().value()}, true);
  unreserve(r, k, bytes);
  return nullptr;
}

// Among many cameras each of these lines is a miss.
[[gnu::always_inline]] inline void trail::fetch() const noexcept {
  base::prefetch<record_head>(FRAMECACHE_DETAIL_AT(std::byte const, get(its_record)));
  base::prefetch<64>(FRAMECACHE_DETAIL_AT(std::byte const, get(its_word)));
  base::prefetch<entry_bytes>(FRAMECACHE_DETAIL_AT(std::byte const, get(newest)));
  base::prefetch<2 * entry_bytes>(FRAMECACHE_DETAIL_AT(std::byte const, get(free_block)));
  // With the lane's lock, and the beginning of its order.
  base::prefetch<256>(FRAMECACHE_DETAIL_AT(std::byte const, get(its_room)));
  base::prefetch<192>(FRAMECACHE_DETAIL_AT(std::byte const, get(its_charge)));
}

// The room of whoever publishes, which has carried out what other caches were told. Whether it may is asked under the lane's lock.
inline room* house::room_to_write(core::scope const& who) noexcept {
  if (auto const word = clear_to(who, role::publisher); word != 0) [[likely]]
    return FRAMECACHE_DETAIL_AT(room, word);
  room* const r = room_of(who);
  if (r != nullptr) catch_up(who, *r);
  return r;
}

inline staged house::stage(core::scope const& who, writing const& by, rendition which, byte_count size,
                           commit_status& why) noexcept {
  room* const r = room_to_write(who);
  why = commit_status::refused;
  if (r == nullptr) return {};
  core::key const k{FRAMECACHE_DETAIL_AT(core::grant, who.grant_)->label, by.device, by.generation, which};
  auto const whole = padded(size.value());
  auto const small = config_.source != nullptr || whole > r->money.small.largest()
                         ? memory::slab_class_count
                         : r->money.small.class_for_frame(whole + entry_bytes);
  entry* const e = small != memory::slab_class_count ? stage_small(who, *r, k, by.lead, small, size.value(), why)
                                                     : stage_apart(who, *r, k, by.lead, size.value(), why);
  after_operation(*r);
  if (e == nullptr) {
    count_refusal(*r);
    return {};
  }
  if (by.ahead != nullptr) by.ahead->step_to(FRAMECACHE_DETAIL_WORD(*e));
  return staged{*this, *e};
}

}  // namespace engine
}  // namespace v0
}  // namespace framecache

// SPDX-License-Identifier: Apache-2.0
//
// What a stream or a ticket, its drafts and watches share: the authority they act under and the store they act on. On the
// heap, counted; immutable once shared. Its address is kept in bit-fields only, to which no pointer-to-member can be formed.
#pragma once

#include <framecache/base/atomic.hpp>
#include <framecache/base/clock.hpp>
#include <framecache/engine/store.hpp>
#include <framecache/identity/rendition.hpp>
#include <framecache/identity/strong_id.hpp>
#include <framecache/tenancy/registry.hpp>
#include <framecache/version.hpp>

#include <cstdint>

namespace framecache {
inline namespace v0 {
namespace engine {

struct seat final {
  seat(core::scope const& as, store& in, device_id of, stream_generation live) noexcept
      : seat(as, in, of, live, framecache::rendition::source()) {}
  seat(core::scope const& as, store& in, device_id of, stream_generation live, framecache::rendition one) noexcept
      : who(as, core::same_authority), where(in), device(of), generation(live), rendition(one) {}
  seat(seat const&) = delete;
  seat& operator=(seat const&) = delete;
  ~seat() = default;

  core::scope const who;
  store& where;
  device_id const device;
  stream_generation const generation;
  // Of a ticket: its number, and the one rendition that it may complete. A stream's seat has no number.
  std::uint64_t lead = 0;
  base::atomic<std::uint64_t> owners{1};
  framecache::rendition const rendition;
  base::steady_time until{};

  void share() noexcept { owners.fetch_add(1, std::memory_order_relaxed); }
  void drop() noexcept {
    // Pairs with itself, so that the last owner sees what the others did.
    auto const before = owners.fetch_sub(1, std::memory_order_acq_rel);  // (10) acq_rel: pairs with (10)
    if (before != 1) return;
    // A ticket that nobody holds any more completes nothing: whoever waits may lead.
    if (lead != 0) where.give_up(who, as_writer(), rendition);
    delete this;
  }
  [[nodiscard]] writing as_writer() const noexcept { return {device, generation, lead}; }
  [[nodiscard]] writing as_writer(trail& ahead) const noexcept {
    return {device, generation, lead, std::addressof(ahead)};
  }
};

}  // namespace engine
}  // namespace v0
}  // namespace framecache

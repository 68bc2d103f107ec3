// SPDX-License-Identifier: Apache-2.0
//
// What an accepted credential opened, as the core remembers it: cell and label, principal, role, audience, devices, expiry.
//
// A grant lives on the heap, is never copied or changed once made, and is counted by the scopes that act under it. Only scope
// reaches one; the address is kept in a bit-field there, to which no pointer-to-member can be formed.
#pragma once

#include <framecache/base/atomic.hpp>
#include <framecache/base/attempt.hpp>
#include <framecache/base/clock.hpp>
#include <framecache/base/mutex.hpp>
#include <framecache/identity/key.hpp>
#include <framecache/identity/status.hpp>
#include <framecache/tenancy/authenticator.hpp>
#include <framecache/tenancy/vault.hpp>
#include <framecache/version.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_set>
#include <utility>

namespace framecache {
inline namespace v0 {
namespace core {

// What every lookup asks lies in the first cache line.
class alignas(64) grant final {
 public:
  grant(vault& where, cell& whose, admission&& accepted, std::uint64_t epoch_of_principal, std::size_t audience,
        std::optional<base::steady_time> until) noexcept
      : home(where),
        tenant(whose),
        label(whose.label.load(std::memory_order_relaxed)),
        audience_number(audience),
        role(accepted.role),
        lists_all(accepted.devices.is_all()),
        deadline(until),
        principal(accepted.principal),
        principal_epoch(epoch_of_principal),
        devices(std::move(accepted.devices)) {}
  grant(grant const&) = delete;
  grant& operator=(grant const&) = delete;
  ~grant() = default;

  vault& home;
  cell& tenant;
  std::uint64_t const label;

  // The word at which nothing more need be asked of this grant: it is live, for all devices, without an expiry, what its role does is
  // not switched off, and the room of its scopes had carried out what other caches were told. A viewer's is the word itself, a publisher's its
  // complement, so that neither passes for the other. Written by the engine; 0: never.
  base::atomic<std::uint64_t> clear_at{0};
  std::size_t const audience_number;
  // The word of the tenant's room where these scopes were admitted. Written by that engine, before anybody looks anything up.
  base::atomic<std::uint64_t> room{0};

 private:
  // The last word for which this grant was live, above the capabilities that were open then.
  base::atomic<std::uint64_t> seen_{0};

 public:
  framecache::role const role;
  bool const lists_all;

  std::optional<base::steady_time> const deadline;
  principal_id const principal;
  std::uint64_t const principal_epoch;
  device_list const devices;
  base::atomic<std::uint64_t> scopes{1};

  // Whether the grant opens `what` now: one load and one compare while no switch has turned. Reads the clock only if it expires.
  [[nodiscard, gnu::always_inline]] refusal check(capability what) noexcept {
    auto const open = capabilities();
    if ((open & alive) == 0) return static_cast<refusal>(open);
    return (open & capability_bit(what)) != 0 ? refusal::none : refusal::suspended;
  }
  // Whether nothing about it can change before the word does. Requires: check() said none.
  [[nodiscard]] bool is_clear(std::uint64_t at) const noexcept {
    return lists_all && !deadline && (seen_.load(std::memory_order_relaxed) >> seen_shift) == at;
  }
  // Whether it is live at all, whatever capabilities are switched off.
  [[nodiscard]] refusal check() noexcept {
    auto const open = capabilities();
    return (open & alive) != 0 ? refusal::none : static_cast<refusal>(open);
  }

  // Whether the device is one of those listed. Decided by numbers alone, so that a device of the same tenant that is not listed
  // takes exactly the way of one that does not exist. Locks: its own, and under it the cell's when a name has come or gone.
  [[nodiscard]] bool lists(device_id device) noexcept { return lists_all || lists_by_number(device); }

 private:
  [[nodiscard, gnu::noinline]] bool lists_by_number(device_id device) noexcept {
    base::mutex_lock const lock(listed_lock_);
    auto const now = tenant.names.load(std::memory_order_relaxed);
    if (now != listed_at_) {
      listed_.clear();
      listed_at_ = 0;
      bool const stored = base::attempt([&]() ABSL_NO_THREAD_SAFETY_ANALYSIS {
        tenant.numbers_of(devices.names(),
                          [&](std::uint64_t number) ABSL_NO_THREAD_SAFETY_ANALYSIS { listed_.insert(number); });
      });
      if (!stored) return false;
      listed_at_ = now;
    }
    return listed_.contains(device.value());
  }

  base::mutex listed_lock_;
  std::unordered_set<std::uint64_t> listed_ ABSL_GUARDED_BY(listed_lock_);
  std::uint64_t listed_at_ ABSL_GUARDED_BY(listed_lock_) = 0;

  static constexpr std::uint64_t alive = std::uint64_t{1} << capability_count;
  static constexpr unsigned seen_shift = capability_count + 1;

  // Returns the open capabilities with the bit `alive`, or else a refusal.
  [[nodiscard, gnu::always_inline]] std::uint64_t capabilities() noexcept {
    if (deadline && base::steady_now() >= *deadline) return static_cast<std::uint64_t>(refusal::refused);
    auto const now = home.word.load(std::memory_order_acquire);  // (4) acquire: pairs with release (3)
    auto const seen = seen_.load(std::memory_order_relaxed);
    if ((seen >> seen_shift) == now) [[likely]]
      return seen & (alive | every_capability);
    return ask(now);
  }
  // The word was read before the switches: if one turns in between, the next check finds another word and asks again.
  [[nodiscard, gnu::noinline]] std::uint64_t ask(std::uint64_t now) noexcept {
    bool const epoch_passed = tenant.label.load(std::memory_order_relaxed) != label;
    if (epoch_passed || tenant.epoch_of(principal) != principal_epoch)
      return static_cast<std::uint64_t>(refusal::refused);
    if (tenant.suspended.load(std::memory_order_relaxed)) return static_cast<std::uint64_t>(refusal::suspended);
    auto const off = home.off_everywhere.load(std::memory_order_relaxed) |
                     home.off_for[audience_number].load(std::memory_order_relaxed);
    auto const open = alive | (every_capability & ~off);
    seen_.store((now << seen_shift) | open, std::memory_order_relaxed);
    return open;
  }
};

}  // namespace core
}  // namespace v0
}  // namespace framecache

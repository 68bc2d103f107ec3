// SPDX-License-Identifier: Apache-2.0
//
// The engine as the skins see it: a house behind one word. Every function that yields or takes a frame asks for a scope, so that
// whoever gets hold of a store (a specialisation of one of our skins is handed one) can do with it what its own credentials open
// and no more.
#pragma once

#include <framecache/base/word.hpp>
#include <framecache/engine/audit.hpp>
#include <framecache/engine/house.hpp>
#include <framecache/engine/load.hpp>
#include <framecache/version.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

namespace framecache {
inline namespace v0 {
namespace engine {

// For what each function does, see the one of the same name in house.hpp.
class store final {
 public:
  store(core::registry& who, config how, policy::settings what, hash_function hash)
      : house_(FRAMECACHE_DETAIL_WORD(
            *new house(who, std::move(how), what, hash, FRAMECACHE_DETAIL_AT(core::vault, who.vault_)->proof))) {}
  store(store const&) = delete;
  store& operator=(store const&) = delete;
  // With handles still out the house is left standing, rather than freed under a reader.
  ~store() {
    if (close(base::steady_time{}) == 0) {
      delete FRAMECACHE_DETAIL_AT(house, house_);
    } else {
      FRAMECACHE_DETAIL_AT(house, house_)->abandon();
    }
  }

  [[nodiscard]] refusal admit(core::scope const& who) noexcept {
    return FRAMECACHE_DETAIL_AT(house, house_)->admit(who);
  }
  void make_headroom() noexcept { FRAMECACHE_DETAIL_AT(house, house_)->make_headroom(); }
  [[nodiscard]] core::registry& registry() const noexcept { return FRAMECACHE_DETAIL_AT(house, house_)->registry(); }
  [[nodiscard]] std::size_t account() const noexcept { return FRAMECACHE_DETAIL_AT(house, house_)->account(); }
  [[nodiscard]] base::sharing sharing() const noexcept { return FRAMECACHE_DETAIL_AT(house, house_)->sharing(); }
  [[nodiscard]] core::registry::name_answer intern(core::scope const& who, std::string_view name) noexcept {
    return FRAMECACHE_DETAIL_AT(house, house_)->intern(who, name);
  }

  [[nodiscard]] pin find(core::scope const& who, device_id device, stream_generation generation, rendition which,
                         lookup_status& why) noexcept {
    return FRAMECACHE_DETAIL_AT(house, house_)->find(who, device, generation, which, why);
  }
  [[nodiscard]] pin latest(core::scope const& who, device_id device, age_limit limit, rendition which,
                           lookup_status& why) noexcept {
    return FRAMECACHE_DETAIL_AT(house, house_)->latest(who, device, limit, which, why);
  }
  static constexpr std::size_t most_in_batch = house::most_in_batch;
  void begin_batch(core::scope const& who, std::span<place const> places) noexcept {
    FRAMECACHE_DETAIL_AT(house, house_)->begin_batch(who, places);
  }
  [[nodiscard]] glance peek(core::scope const& who, device_id device, stream_generation generation,
                            lookup_status& why) noexcept {
    return FRAMECACHE_DETAIL_AT(house, house_)->peek(who, device, generation, why);
  }
  [[nodiscard]] std::optional<stream_generation> current(core::scope const& who, device_id device) noexcept {
    return FRAMECACHE_DETAIL_AT(house, house_)->current(who, device);
  }
  using awaited = house::awaited;
  [[nodiscard]] awaited await(core::scope const& who, device_id device, frame_sequence than,
                              std::shared_ptr<waiter> const& w) noexcept {
    return FRAMECACHE_DETAIL_AT(house, house_)->await(who, device, than, w);
  }
  void forget(core::scope const& who, device_id device, std::shared_ptr<waiter> const& w) noexcept {
    FRAMECACHE_DETAIL_AT(house, house_)->forget(who, device, w);
  }

  [[nodiscard]] house::begun begin(core::scope const& who, device_id device) noexcept {
    return FRAMECACHE_DETAIL_AT(house, house_)->begin(who, device);
  }
  void end(core::scope const& who, device_id device, stream_generation generation) noexcept {
    FRAMECACHE_DETAIL_AT(house, house_)->end(who, device, generation);
  }
  [[nodiscard]] staged stage(core::scope const& who, writing const& by, rendition which, byte_count size,
                             commit_status& why) noexcept {
    return FRAMECACHE_DETAIL_AT(house, house_)->stage(who, by, which, size, why);
  }
  [[nodiscard]] commit_status publish(core::scope const& who, writing const& by, staged&& memory,
                                      frame_facts const& facts, std::uint64_t size) noexcept {
    return FRAMECACHE_DETAIL_AT(house, house_)->publish(who, by, std::move(memory), facts, size);
  }
  [[nodiscard]] commit_status adopt(core::scope const& who, writing const& by, rendition which,
                                    std::unique_ptr<foreign_memory>& memory, byte_count cost,
                                    frame_facts const& facts) noexcept {
    return FRAMECACHE_DETAIL_AT(house, house_)->adopt(who, by, which, memory, cost, facts);
  }
  [[nodiscard]] revocation erase(core::scope const& who, writing const& by) noexcept {
    return FRAMECACHE_DETAIL_AT(house, house_)->erase(who, by);
  }

  using load_answer = house::load_answer;
  [[nodiscard]] load_answer load(core::scope const& who, load_wish const& wish, bool may_lead,
                                 std::shared_ptr<waiter> const& w) noexcept {
    return FRAMECACHE_DETAIL_AT(house, house_)->load(who, wish, may_lead, w);
  }
  void give_up(core::scope const& who, writing const& by, rendition which) noexcept {
    FRAMECACHE_DETAIL_AT(house, house_)->give_up(who, by, which);
  }
  [[nodiscard]] commit_status deny(core::scope const& who, writing const& by, rendition which,
                                   base::steady_time until) noexcept {
    return FRAMECACHE_DETAIL_AT(house, house_)->deny(who, by, which, until);
  }

  [[nodiscard]] revocation revoke(core::scope const& admin, tenant_id tenant) noexcept {
    return FRAMECACHE_DETAIL_AT(house, house_)->revoke(admin, tenant);
  }
  [[nodiscard]] order_status revoke(core::scope const& by, tenant_id tenant, principal_id principal) noexcept {
    return FRAMECACHE_DETAIL_AT(house, house_)->revoke(by, tenant, principal);
  }
  [[nodiscard]] order_status reinstate(core::scope const& by, tenant_id tenant, principal_id principal) noexcept {
    return FRAMECACHE_DETAIL_AT(house, house_)->reinstate(by, tenant, principal);
  }
  [[nodiscard]] revocation retire(core::scope const& steward, device_id device) noexcept {
    return FRAMECACHE_DETAIL_AT(house, house_)->retire(steward, device);
  }
  [[nodiscard]] order_status suspend(core::scope const& admin, tenant_id tenant, bool off) noexcept {
    return FRAMECACHE_DETAIL_AT(house, house_)->suspend(admin, tenant, off);
  }
  [[nodiscard]] order_status suspend(core::scope const& admin, std::uint64_t capabilities, bool off) noexcept {
    return FRAMECACHE_DETAIL_AT(house, house_)->suspend(admin, capabilities, off);
  }
  [[nodiscard]] order_status suspend(core::scope const& admin, std::string_view audience, std::uint64_t capabilities,
                                     bool off) noexcept {
    return FRAMECACHE_DETAIL_AT(house, house_)->suspend(admin, audience, capabilities, off);
  }
  [[nodiscard]] order_status set_budget(core::scope const& admin, tenant_id tenant, budget const& bounds) noexcept {
    return FRAMECACHE_DETAIL_AT(house, house_)->set_budget(admin, tenant, bounds);
  }
  [[nodiscard]] order_status resize(core::scope const& admin, byte_count capacity) noexcept {
    return FRAMECACHE_DETAIL_AT(house, house_)->resize(admin, capacity);
  }
  [[nodiscard]] bool drain(core::scope const& by, tenant_id tenant, base::steady_time deadline) noexcept {
    return FRAMECACHE_DETAIL_AT(house, house_)->drain(by, tenant, deadline);
  }
  [[nodiscard]] tenant_counts counts(core::scope const& by, tenant_id tenant) noexcept {
    return FRAMECACHE_DETAIL_AT(house, house_)->counts(by, tenant);
  }
  [[nodiscard]] cache_stats stats() const noexcept { return FRAMECACHE_DETAIL_AT(house, house_)->stats(); }
  [[nodiscard]] audit_report audit() const noexcept { return FRAMECACHE_DETAIL_AT(house, house_)->audit(); }
  [[nodiscard]] std::uint64_t close(base::steady_time deadline) const noexcept {
    return FRAMECACHE_DETAIL_AT(house, house_)->close(deadline);
  }

 private:
  std::uint64_t house_ : 64;
};

}  // namespace engine
}  // namespace v0
}  // namespace framecache

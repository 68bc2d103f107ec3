// SPDX-License-Identifier: Apache-2.0
//
// The role that switches, revokes and counts tenants and audiences. It names tenants because it cannot reach a frame.
#pragma once

#include <framecache/engine/store.hpp>
#include <framecache/identity/status.hpp>
#include <framecache/identity/strong_id.hpp>
#include <framecache/policy/tags.hpp>
#include <framecache/stream/stream.hpp>
#include <framecache/version.hpp>

#include <chrono>
#include <memory>
#include <string_view>

namespace framecache {
inline namespace v0 {

// Immovable; made by cache.admin(credential). May be used from several threads at once. Must not outlive the cache.
// `Audiences` is the cache's closed set: an audience that it does not list cannot be named here either.
template <class Audiences>
class [[nodiscard]] admin final {
 public:
  // Only a frame_cache has a store to give.
  admin(engine::store& in, std::string_view credential)
      : store_(in), scope_(enter(in, credential)), why_(in.admit(scope_)) {}
  admin(admin const&) = delete;
  admin(admin&&) = delete;
  admin& operator=(admin const&) = delete;
  admin& operator=(admin&&) = delete;
  ~admin() { delete std::addressof(scope_); }

  [[nodiscard]] explicit operator bool() const noexcept { return why() == refusal::none; }
  [[nodiscard]] refusal why() const noexcept {
    if (why_ != refusal::none && why_ != refusal::suspended) return why_;
    return scope_.commands(role::admin) ? refusal::none : refusal::refused;
  }

  // One audience off, or on again: its viewers answer `suspended`, everybody's frames stay.
  template <class Audience>
  [[nodiscard]] order_status suspend() const noexcept {
    return turn<Audience>(core::every_capability, true);
  }
  template <class Audience>
  [[nodiscard]] order_status resume() const noexcept {
    return turn<Audience>(core::every_capability, false);
  }
  // One capability of one audience.
  template <class Audience>
  [[nodiscard]] order_status suspend(capability what) const noexcept {
    return turn<Audience>(core::capability_bit(what), true);
  }
  template <class Audience>
  [[nodiscard]] order_status resume(capability what) const noexcept {
    return turn<Audience>(core::capability_bit(what), false);
  }
  // One capability of everybody.
  [[nodiscard]] order_status suspend(capability what) const noexcept {
    return store_.suspend(scope_, core::capability_bit(what), true);
  }
  [[nodiscard]] order_status resume(capability what) const noexcept {
    return store_.suspend(scope_, core::capability_bit(what), false);
  }
  // One tenant: its viewers and publishers answer `suspended`, its frames stay.
  [[nodiscard]] order_status suspend(tenant_id tenant) const noexcept { return store_.suspend(scope_, tenant, true); }
  [[nodiscard]] order_status resume(tenant_id tenant) const noexcept { return store_.suspend(scope_, tenant, false); }

  // Ends the tenant's epoch (I7): no lookup and no read that begins after this returns succeeds for a scope or handle of it. What
  // is still pinned stays charged and is wiped at its last release; drain() waits for that. Never waits for user code.
  [[nodiscard]] revocation revoke(tenant_id tenant) const noexcept { return store_.revoke(scope_, tenant); }
  // Ends every scope of one principal, and keeps it out until it is reinstated.
  [[nodiscard]] order_status revoke(tenant_id tenant, principal_id principal) const noexcept {
    return store_.revoke(scope_, tenant, principal);
  }
  [[nodiscard]] order_status reinstate(tenant_id tenant, principal_id principal) const noexcept {
    return store_.reinstate(scope_, tenant, principal);
  }
  // Returns whether nothing that was revoked or retired is pinned any more.
  [[nodiscard]] bool drain(tenant_id tenant, std::chrono::steady_clock::time_point deadline) const noexcept {
    return store_.drain(scope_, tenant, deadline);
  }

  // Replaces the tenant's budget; a lower cap binds at once.
  [[nodiscard]] order_status set_budget(tenant_id tenant, budget const& bounds) const noexcept {
    return store_.set_budget(scope_, tenant, bounds);
  }
  // Changes the cache's bound while it runs, up to config.most_capacity. Lowering it evicts; `no_room`, with the bound as it was, when
  // what is held does not fit below it. `refused` for a size that a cache could not be made with.
  [[nodiscard]] order_status resize(byte_count capacity) const noexcept { return store_.resize(scope_, capacity); }
  [[nodiscard]] tenant_counts counts(tenant_id tenant) const noexcept { return store_.counts(scope_, tenant); }
  [[nodiscard]] cache_stats stats() const noexcept {
    return scope_.commands(role::admin) ? store_.stats() : cache_stats{};
  }

 private:
  template <class Audience>
  [[nodiscard]] order_status turn(std::uint64_t capabilities, bool off) const noexcept {
    static_assert(Audiences::template lists<Audience>,
                  "framecache[P26]: this cache's policy does not list that audience; write fc::audiences<fc::anyone, "
                  "your_audience>");
    return store_.suspend(scope_, Audience::audience, capabilities, off);
  }
  static core::scope& enter(engine::store& in, std::string_view credential) {
    in.make_headroom();
    return *new core::scope(in.registry(), credential, role::admin, anyone::audience, in.account());
  }

  engine::store& store_;
  core::scope& scope_;
  refusal const why_;
};

}  // namespace v0
}  // namespace framecache

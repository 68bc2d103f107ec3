// SPDX-License-Identifier: Apache-2.0
//
// The role that manages its own tenant: revokes a principal, retires a device, sees counts. It cannot read a frame.
#pragma once

#include <framecache/engine/store.hpp>
#include <framecache/identity/status.hpp>
#include <framecache/identity/strong_id.hpp>
#include <framecache/policy/tags.hpp>
#include <framecache/version.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string_view>

namespace framecache {
inline namespace v0 {

// Immovable; made by cache.steward(credential). May be used from several threads at once. Must not outlive the cache.
class [[nodiscard]] steward final {
 public:
  // Only a frame_cache has a store to give.
  steward(engine::store& in, std::string_view credential)
      : store_(in), scope_(enter(in, credential)), why_(in.admit(scope_)) {}
  steward(steward const&) = delete;
  steward(steward&&) = delete;
  steward& operator=(steward const&) = delete;
  steward& operator=(steward&&) = delete;
  ~steward() { delete std::addressof(scope_); }

  [[nodiscard]] explicit operator bool() const noexcept { return why() == refusal::none; }
  [[nodiscard]] refusal why() const noexcept {
    if (why_ != refusal::none && why_ != refusal::suspended) return why_;
    if (scope_.commands(role::steward)) return refusal::none;
    auto const why = scope_.check(capability::view);
    return why == refusal::none ? refusal::refused : why;
  }

  [[nodiscard]] std::optional<device_id> device(std::string_view name) const noexcept {
    return store_.registry().device(scope_, name);
  }

  // Ends every scope of a principal of this tenant, and keeps it out until it is reinstated.
  [[nodiscard]] order_status revoke(principal_id principal) const noexcept {
    auto const own = scope_.tenant();
    return own ? store_.revoke(scope_, *own, principal) : order_status::refused;
  }
  [[nodiscard]] order_status reinstate(principal_id principal) const noexcept {
    auto const own = scope_.tenant();
    return own ? store_.reinstate(scope_, *own, principal) : order_status::refused;
  }

  // Takes a device out of service: its frames are unlinked and wiped, its name is forgotten, its number never used again. A camera
  // added later under the same name is another device.
  [[nodiscard]] revocation retire(device_id device) const noexcept { return store_.retire(scope_, device); }

  // Waits until nothing of retired devices is pinned. Returns whether that is so.
  [[nodiscard]] bool drain(std::chrono::steady_clock::time_point deadline) const noexcept {
    auto const own = scope_.tenant();
    return own && store_.drain(scope_, *own, deadline);
  }

  [[nodiscard]] tenant_counts counts() const noexcept {
    auto const own = scope_.tenant();
    return own ? store_.counts(scope_, *own) : tenant_counts{};
  }

 private:
  static core::scope& enter(engine::store& in, std::string_view credential) {
    in.make_headroom();
    return *new core::scope(in.registry(), credential, role::steward, anyone::audience, in.account());
  }

  engine::store& store_;
  core::scope& scope_;
  refusal const why_;
};

}  // namespace v0
}  // namespace framecache

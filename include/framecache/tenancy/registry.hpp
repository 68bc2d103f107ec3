// SPDX-License-Identifier: Apache-2.0
//
// The registry, which says who may enter, and the scope, which is the power to act.
//
// A scope is made by its constructor, from a credential that the registry's authenticator accepts, and in no other way (P3). It
// is what every function that yields or takes a frame asks for (P1). It cannot be copied, moved, assigned, compared or
// default-made; `scope(other, same_authority)` shares what `other` already is. Its fields are words in bit-fields, see
// base/word.hpp: nothing private here yields a reference, and no private function or constructor has power. A scope that was
// moved by memcpy, or made up by a cast, does not bear the seal of its own address and is refused everywhere.
//
// What the core compares, it compares as words: an operator== for one of our types, declared by somebody else first, could be
// the better match.
//
// Not templates. Nothing befriends a template, and both classes are defined in this one header, so that nobody else can define
// the friend.
//
// Locks: opening a scope takes the vault's lock and the cell's, one after the other, and calls the authenticator before both.
#pragma once

#include <framecache/base/clock.hpp>
#include <framecache/base/word.hpp>
#include <framecache/identity/key.hpp>
#include <framecache/identity/status.hpp>
#include <framecache/tenancy/authenticator.hpp>
#include <framecache/tenancy/grant.hpp>
#include <framecache/tenancy/vault.hpp>
#include <framecache/version.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <optional>
#include <string_view>
#include <utility>

namespace framecache {
inline namespace v0 {
namespace engine {
class store;
class house;
}  // namespace engine

namespace core {

class scope;

// Who may enter: an authenticator, and all that is remembered of tenants. Immovable; must outlive the caches bound to it and
// every scope. Thread-safe. Every function that changes something takes the scope of whoever orders it and checks its role.
class registry final {
 public:
  explicit registry(authenticator const& check, registry_config limits = {})
      : vault_(FRAMECACHE_DETAIL_WORD(*new vault(check, limits))) {}
  registry(authenticator const&&,
           registry_config = {}) = delete;  // a temporary authenticator would be gone at the first question
  registry(registry const&) = delete;
  registry& operator=(registry const&) = delete;
  ~registry() { delete FRAMECACHE_DETAIL_AT(vault, vault_); }

  // What the registry remembers on behalf of a cache is charged to that cache; see vault.hpp.
  [[nodiscard]] std::optional<std::size_t> open_account(memory::ledger& ledger) noexcept {
    return FRAMECACHE_DETAIL_AT(vault, vault_)->open_account(ledger);
  }
  void close_account(std::size_t account) noexcept { FRAMECACHE_DETAIL_AT(vault, vault_)->close_account(account); }

  [[nodiscard]] std::uint64_t tenants() const noexcept { return FRAMECACHE_DETAIL_AT(vault, vault_)->tenants(); }
  [[nodiscard]] std::uint64_t credentials_refused() const noexcept {
    return FRAMECACHE_DETAIL_AT(vault, vault_)->credentials_refused.load(std::memory_order_relaxed);
  }

  // A publisher's own device by name, made if new. Errors: see name_status.
  struct name_answer final {
    name_status status;
    std::optional<device_id> device = std::nullopt;
  };
  [[nodiscard]] name_answer intern(scope const& publisher, std::string_view name, std::size_t account) noexcept;

  // A device of the scope's tenant by name, if the scope lists it. Foreign, unlisted and unknown are alike nothing.
  [[nodiscard]] std::optional<device_id> device(scope const& anyone, std::string_view name) const noexcept;

  // Forgets a device of the steward's own tenant. Its number is never used again.
  [[nodiscard]] order_status forget(scope const& steward, device_id device) noexcept;

  // Orders of an admin. A tenant that was never admitted is `unknown`.
  [[nodiscard]] order_status suspend(scope const& admin, tenant_id tenant, bool off) noexcept;
  [[nodiscard]] order_status suspend(scope const& admin, std::uint64_t capabilities, bool off) noexcept;
  [[nodiscard]] order_status suspend(scope const& admin, std::string_view audience, std::uint64_t capabilities,
                                     bool off) noexcept;
  // Gives the tenant a new label: every scope of the old one is dead when this returns, and so is every name. The admin's own
  // among them, if it is of that tenant: hence everything that the engine needs afterwards is in the answer.
  struct epoch_answer final {
    order_status status;
    std::uint64_t slot = 0;
    std::uint64_t label = 0;
  };
  [[nodiscard]] epoch_answer revoke(scope const& admin, tenant_id tenant) noexcept;

  // Of an admin for any tenant, of a steward for its own. A revoked principal stays out until it is reinstated, and then needs
  // a new scope.
  [[nodiscard]] order_status revoke(scope const& by, tenant_id tenant, principal_id principal,
                                    std::size_t account) noexcept;
  [[nodiscard]] order_status reinstate(scope const& by, tenant_id tenant, principal_id principal) noexcept;

  // The number under which the engine keeps a tenant's room, for an admin's orders to it.
  [[nodiscard]] std::optional<std::uint64_t> slot_of(scope const& admin, tenant_id tenant) const noexcept;

 private:
  friend class scope;
  // Whoever else defined these two would get at a word, and need a cast to use it.
  friend class engine::store;
  friend class engine::house;
  std::uint64_t vault_ : 64;
};

struct same_authority_t final {
  explicit same_authority_t() = default;
};
inline constexpr same_authority_t same_authority{};

// The seal of a scope's words at its address. Not a function: see base/word.hpp. Requires: s.vault_ is not 0.
#define FRAMECACHE_DETAIL_SCOPE_SEAL(s) \
  (FRAMECACHE_DETAIL_AT(core::vault, (s).vault_)->secret.of(FRAMECACHE_DETAIL_WORD(s), (s).grant_))

class scope final {
 public:
  // Asks the authenticator. What is refused gives a scope that opens nothing and says why. What the authenticator throws
  // propagates, and nothing was opened. `account`: whom a tenant that is new to the registry is charged to.
  scope(registry& where, std::string_view credential, role wanted, std::string_view audience, std::size_t account = 0)
      : why_(static_cast<std::uint64_t>(refusal::refused)) {
    // All of it stands in this body, and in no private function: see base/word.hpp.
    vault& v = *FRAMECACHE_DETAIL_AT(vault, where.vault_);
    auto accepted = v.check.authenticate(credential);
    // Only what an admission lists takes a place in the table of audiences.
    bool const fits = accepted && acceptable(*accepted, wanted, audience);
    bool const looks = static_cast<std::uint8_t>(wanted) == static_cast<std::uint8_t>(role::viewer);
    auto const number = !fits ? std::nullopt : looks ? v.audience_number(audience) : std::optional{no_audience};
    if (number) {
      auto* const whose = v.admit(accepted->tenant, account);
      auto const until = deadline_of(accepted->expires);
      if (whose == nullptr) {
        why_ = static_cast<std::uint64_t>(refusal::no_room);
      } else if (auto const epoch = whose->epoch_of(accepted->principal)) {
        auto* const made = ::new (std::nothrow) grant(v, *whose, std::move(*accepted), *epoch, *number, until);
        why_ = static_cast<std::uint64_t>(made == nullptr ? refusal::no_room : refusal::none);
        if (made != nullptr) grant_ = FRAMECACHE_DETAIL_WORD(*made);
      }
    }
    vault_ = FRAMECACHE_DETAIL_WORD(v);
    if (grant_ != 0) seal_ = FRAMECACHE_DETAIL_SCOPE_SEAL(*this);
    if (why_ == static_cast<std::uint64_t>(refusal::refused))
      v.credentials_refused.fetch_add(1, std::memory_order_relaxed);
  }
  // The same authority once more, for what outlives the object it came from: still revoked, suspended and expired with it.
  scope(scope const& other, same_authority_t) noexcept
      : grant_(other.sound() ? std::uint64_t{other.grant_} : 0),
        vault_(std::uint64_t{other.vault_}),
        why_(static_cast<std::uint64_t>(grant_ != 0 ? refusal::none : refusal::refused)) {
    if (grant_ == 0) return;
    FRAMECACHE_DETAIL_AT(grant, grant_)->scopes.fetch_add(1, std::memory_order_relaxed);
    seal_ = FRAMECACHE_DETAIL_SCOPE_SEAL(*this);
  }
  scope(scope const&) = delete;
  scope(scope&&) = delete;
  scope& operator=(scope const&) = delete;
  scope& operator=(scope&&) = delete;
  ~scope() {
    if (!sound()) return;
    grant* const held = FRAMECACHE_DETAIL_AT(grant, grant_);
    // Pairs with itself, so that the last owner sees what the others did.
    auto const before = held->scopes.fetch_sub(1, std::memory_order_acq_rel);  // (5) acq_rel: pairs with (5)
    if (before == 1) delete held;
  }

  // Whether this scope opens `what` now, and if not, why not.
  [[nodiscard]] refusal check(capability what) const noexcept {
    if (!sound()) return why_not();
    return FRAMECACHE_DETAIL_AT(grant, grant_)->check(what);
  }
  [[nodiscard]] refusal check(role wanted, capability what) const noexcept {
    return is(wanted) ? check(what) : why_not();
  }
  // Live in that role, whatever capabilities are switched off: stewards and admins need none that could be turned under them. A
  // suspended tenant's admin still commands, so that it can resume.
  [[nodiscard]] bool commands(role wanted) const noexcept {
    if (!is(wanted)) return false;
    auto const why = static_cast<std::uint8_t>(FRAMECACHE_DETAIL_AT(grant, grant_)->check());
    auto const suspended = static_cast<std::uint8_t>(refusal::suspended);
    return why == 0 ||
           (why == suspended && static_cast<std::uint8_t>(wanted) == static_cast<std::uint8_t>(role::admin));
  }

  [[nodiscard]] bool is(role wanted) const noexcept {
    return sound() &&
           static_cast<std::uint8_t>(FRAMECACHE_DETAIL_AT(grant, grant_)->role) == static_cast<std::uint8_t>(wanted);
  }
  [[nodiscard]] bool of(registry const& where) const noexcept {
    return sound() && FRAMECACHE_DETAIL_WORD(FRAMECACHE_DETAIL_AT(grant, grant_)->home) == where.vault_;
  }
  [[nodiscard]] bool opened() const noexcept { return grant_ != 0; }

  // Names, not powers: no function takes any of these in place of the scope. Zero, or nothing, for a scope that opens nothing.
  [[nodiscard]] std::uint64_t label() const noexcept {
    return sound() ? FRAMECACHE_DETAIL_AT(grant, grant_)->label : std::uint64_t{0};
  }
  [[nodiscard]] std::optional<std::uint64_t> slot() const noexcept {
    if (!sound()) return std::nullopt;
    return FRAMECACHE_DETAIL_AT(grant, grant_)->tenant.slot;
  }
  [[nodiscard]] std::optional<tenant_id> tenant() const noexcept {
    if (!sound()) return std::nullopt;
    return FRAMECACHE_DETAIL_AT(grant, grant_)->tenant.tenant;
  }
  [[nodiscard]] bool is_of(tenant_id tenant) const noexcept {
    return sound() && FRAMECACHE_DETAIL_AT(grant, grant_)->tenant.tenant.value() == tenant.value();
  }
  [[nodiscard]] std::uint64_t principal_word() const noexcept {
    return sound() ? FRAMECACHE_DETAIL_AT(grant, grant_)->principal.value() : 0;
  }
  [[nodiscard]] std::uint64_t audience_number() const noexcept {
    return sound() ? FRAMECACHE_DETAIL_AT(grant, grant_)->audience_number : ~std::uint64_t{0};
  }

  [[nodiscard]] std::optional<base::steady_time> deadline() const noexcept {
    if (!sound()) return std::nullopt;
    return FRAMECACHE_DETAIL_AT(grant, grant_)->deadline;
  }
  // Whether this scope may see, now, what bears that label and was found for that audience. `foreign`: it is live and may not.
  enum class verdict : std::uint8_t { sees, suspended, refused, foreign };
  [[nodiscard, gnu::always_inline]] verdict judge(std::uint64_t label, std::uint64_t audience,
                                                  device_id device) const noexcept {
    if (!sound()) [[unlikely]]
      return verdict::refused;
    auto& g = *FRAMECACHE_DETAIL_AT(grant, grant_);
    if (g.clear_at.load(std::memory_order_relaxed) == word() && g.label == label && g.audience_number == audience)
        [[likely]]
      return verdict::sees;
    return judge_slowly(g, label, audience, device);
  }

  // How many devices of this tenant were retired so far.
  [[nodiscard]] std::uint64_t retirements() const noexcept {
    if (!sound()) return 0;
    auto const& of = FRAMECACHE_DETAIL_AT(grant, grant_)->tenant;
    return of.retirements.load(std::memory_order_relaxed);
  }

  // Whether this scope lists the device. A scope for all of its tenant's devices has nothing to ask: a lookup can reach no
  // other tenant's. A restricted one asks on every lookup.
  [[nodiscard]] bool lists(device_id device) const noexcept {
    if (!sound()) return false;
    return FRAMECACHE_DETAIL_AT(grant, grant_)->lists(device);
  }
  // Whether the device is one of this tenant's, now.
  [[nodiscard]] bool owns(device_id device) const noexcept {
    return sound() && FRAMECACHE_DETAIL_AT(grant, grant_)->tenant.owns(device);
  }

 private:
  friend class registry;
  // Whoever else defined it would get at words, and need a cast to use them.
  friend class engine::house;

  // The registry's word, to be compared with. Whoever asks something because it has moved reads it again with acquire (4). Requires: sound().
  [[nodiscard, gnu::always_inline]] std::uint64_t word() const noexcept {
    return FRAMECACHE_DETAIL_AT(vault, vault_)->word.load(std::memory_order_relaxed);
  }
  [[nodiscard, gnu::noinline]] static verdict judge_slowly(grant& g, std::uint64_t label, std::uint64_t audience,
                                                           device_id device) noexcept {
    if (static_cast<std::uint8_t>(g.role) != static_cast<std::uint8_t>(role::viewer)) return verdict::refused;
    auto const why = static_cast<std::uint8_t>(g.check(capability::view));
    if (why != 0) {
      return why == static_cast<std::uint8_t>(refusal::suspended) ? verdict::suspended : verdict::refused;
    }
    bool const own = g.label == label && g.audience_number == audience && g.lists(device);
    return own ? verdict::sees : verdict::foreign;
  }
  [[nodiscard]] static bool acceptable(admission const& accepted, role wanted, std::string_view audience) noexcept {
    if (accepted.tenant.value() == 0 || accepted.principal.value() == 0) return false;
    if (static_cast<std::uint8_t>(accepted.role) != static_cast<std::uint8_t>(wanted)) return false;
    bool const looks = static_cast<std::uint8_t>(wanted) == static_cast<std::uint8_t>(role::viewer);
    if (looks && !accepted.audiences.contains(audience)) return false;
    auto const when = accepted.expires.when();
    return !when || *when > base::wall_now();
  }
  // An expiry beyond what the steady clock can count is no expiry.
  [[nodiscard]] static std::optional<base::steady_time> deadline_of(expiry const& expires) noexcept {
    auto const when = expires.when();
    if (!when) return std::nullopt;
    auto const now = base::steady_now();
    auto const left = *when - base::wall_now();
    if (left >= base::steady_time::max() - now) return std::nullopt;
    return now + left;
  }

  [[nodiscard]] refusal why_not() const noexcept {
    return grant_ == 0 ? static_cast<refusal>(std::uint64_t{why_}) : refusal::refused;
  }
  // Whether this is a scope that its constructor made, where it made it. The seal is judged before the grant is looked at.
  [[nodiscard, gnu::always_inline]] bool sound() const noexcept {
    return grant_ != 0 && seal_ == FRAMECACHE_DETAIL_SCOPE_SEAL(*this);
  }

  std::uint64_t grant_ : 64 = 0;
  std::uint64_t vault_ : 64 = 0;
  std::uint64_t why_ : 64 = 0;
  std::uint64_t seal_ : 64 = 0;
};

inline registry::name_answer registry::intern(scope const& publisher, std::string_view name,
                                              std::size_t account) noexcept {
  vault& v = *FRAMECACHE_DETAIL_AT(vault, vault_);
  if (auto const why = publisher.check(role::publisher, capability::publish); why != refusal::none) {
    return {why == refusal::suspended ? name_status::suspended : name_status::refused};
  }
  if (!publisher.of(*this)) return {name_status::refused};
  if (name.empty()) return {name_status::empty};
  if (name.size() > longest_name) return {name_status::too_long};
  auto& g = *FRAMECACHE_DETAIL_AT(grant, publisher.grant_);
  if (!g.devices.contains(name)) return {name_status::unlisted};
  if (auto const known = g.tenant.device(name)) return {name_status::ok, known};
  auto const charge = cell::name_charge(name);
  if (!v.charge(account, charge)) return {name_status::no_room};
  auto const answer = g.tenant.intern(name, v.limits.names_per_tenant, g.label, account);
  if (!answer.made) v.credit(account, charge);
  if (answer.status != name_status::ok) return {answer.status};
  return {name_status::ok, device_id{std::uint64_t{answer.device}}};
}

inline std::optional<device_id> registry::device(scope const& anyone, std::string_view name) const noexcept {
  if (!anyone.of(*this)) return std::nullopt;
  auto& g = *FRAMECACHE_DETAIL_AT(grant, anyone.grant_);
  bool const steward = anyone.commands(role::steward);
  if (!steward && g.check(capability::view) != refusal::none) return std::nullopt;
  // The list first: what is not listed is not looked for, so that time does not tell whether it is there.
  if (!g.devices.contains(name)) return std::nullopt;
  return g.tenant.device(name);
}

inline order_status registry::forget(scope const& steward, device_id device) noexcept {
  if (!steward.of(*this) || !steward.commands(role::steward)) return order_status::refused;
  if (!steward.lists(device)) return order_status::unknown;
  auto const back = FRAMECACHE_DETAIL_AT(grant, steward.grant_)->tenant.forget(device);
  if (!back) return order_status::unknown;
  FRAMECACHE_DETAIL_AT(vault, vault_)->credit(back->account, back->bytes);
  FRAMECACHE_DETAIL_AT(vault, vault_)->turn();  // other caches look what was retired when they see another word
  return order_status::done;
}

inline order_status registry::suspend(scope const& admin, tenant_id tenant, bool off) noexcept {
  if (!admin.of(*this) || !admin.commands(role::admin)) return order_status::refused;
  vault& v = *FRAMECACHE_DETAIL_AT(vault, vault_);
  auto* const whose = v.find(tenant);
  if (whose == nullptr) return order_status::unknown;
  whose->suspended.store(off, std::memory_order_relaxed);
  v.turn();
  return order_status::done;
}

namespace detail {

inline void set_bits(base::atomic<std::uint64_t>& mask, std::uint64_t bits, bool on) noexcept {
  if (on) {
    mask.fetch_or(bits, std::memory_order_relaxed);
  } else {
    mask.fetch_and(~bits, std::memory_order_relaxed);
  }
}

}  // namespace detail

inline order_status registry::suspend(scope const& admin, std::uint64_t capabilities, bool off) noexcept {
  if (!admin.of(*this) || !admin.commands(role::admin)) return order_status::refused;
  vault& v = *FRAMECACHE_DETAIL_AT(vault, vault_);
  detail::set_bits(v.off_everywhere, capabilities & every_capability, off);
  v.turn();
  return order_status::done;
}

inline order_status registry::suspend(scope const& admin, std::string_view audience, std::uint64_t capabilities,
                                      bool off) noexcept {
  if (!admin.of(*this) || !admin.commands(role::admin)) return order_status::refused;
  vault& v = *FRAMECACHE_DETAIL_AT(vault, vault_);
  auto const number = v.audience_number(audience);
  if (!number) return order_status::unknown;
  detail::set_bits(v.off_for[*number], capabilities & every_capability, off);
  v.turn();
  return order_status::done;
}

inline registry::epoch_answer registry::revoke(scope const& admin, tenant_id tenant) noexcept {
  if (!admin.of(*this) || !admin.commands(role::admin)) return {order_status::refused};
  vault& v = *FRAMECACHE_DETAIL_AT(vault, vault_);
  auto* const whose = v.find(tenant);
  if (whose == nullptr) return {order_status::unknown};
  auto const label = whose->begin_epoch([&](cell::refund const& back) { v.credit(back.account, back.bytes); });
  v.turn();
  return {order_status::done, whose->slot, label};
}

inline order_status registry::revoke(scope const& by, tenant_id tenant, principal_id principal,
                                     std::size_t account) noexcept {
  bool const own = by.commands(role::steward) && by.is_of(tenant);
  if (!by.of(*this) || (!own && !by.commands(role::admin))) return order_status::refused;
  vault& v = *FRAMECACHE_DETAIL_AT(vault, vault_);
  auto* const whose = v.find(tenant);
  if (whose == nullptr) return order_status::unknown;
  // Shutting somebody out does not fail for want of a few bytes: they are charged where the bound still allows it.
  bool const charged = v.charge(account, cell::principal_charge);
  auto const answer = whose->revoke(principal, v.limits.revoked_per_tenant);
  if (charged && answer != cell::revoked::anew) v.credit(account, cell::principal_charge);
  v.turn();
  return answer && answer != cell::revoked::full ? order_status::done : order_status::no_room;
}

inline order_status registry::reinstate(scope const& by, tenant_id tenant, principal_id principal) noexcept {
  bool const own = by.commands(role::steward) && by.is_of(tenant);
  if (!by.of(*this) || (!own && !by.commands(role::admin))) return order_status::refused;
  vault& v = *FRAMECACHE_DETAIL_AT(vault, vault_);
  auto* const whose = v.find(tenant);
  if (whose == nullptr || !whose->reinstate(principal)) return order_status::unknown;
  v.turn();
  return order_status::done;
}

inline std::optional<std::uint64_t> registry::slot_of(scope const& admin, tenant_id tenant) const noexcept {
  if (!admin.of(*this) || !admin.commands(role::admin)) return std::nullopt;
  auto const* const whose = FRAMECACHE_DETAIL_AT(vault, vault_)->find(tenant);
  if (whose == nullptr) return std::nullopt;
  return whose->slot;
}

}  // namespace core

using core::registry;

}  // namespace v0
}  // namespace framecache

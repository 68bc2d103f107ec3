// SPDX-License-Identifier: Apache-2.0
//
// What a registry holds: cells, audiences, switches, the secret of its seals, the ledgers of its caches.
//
// A vault is reached only through the word inside its registry and inside scopes, see base/word.hpp; hence its members may be
// public.
//
// Locks: one for the table of cells and the list of ledgers. It is never held while a cell's lock is wanted by user code, and
// no user code runs under it (I9).
#pragma once

#include <framecache/base/atomic.hpp>
#include <framecache/base/attempt.hpp>
#include <framecache/base/mutex.hpp>
#include <framecache/base/system.hpp>
#include <framecache/base/word.hpp>
#include <framecache/memory/ledger.hpp>
#include <framecache/tenancy/authenticator.hpp>
#include <framecache/tenancy/cell.hpp>
#include <framecache/version.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace framecache {
inline namespace v0 {

// Bounds of a registry.
struct registry_config final {
  // Device names a tenant may have at a time. More are refused with name_status::full.
  std::size_t names_per_tenant = 1024;
  // Principals of a tenant that were ever revoked. Beyond it revoking answers order_status::no_room.
  std::size_t revoked_per_tenant = 1024;
};

namespace core {

inline constexpr std::size_t capability_count = 3;
inline constexpr std::size_t most_audiences = 64;
// Publishers, stewards and admins are for no audience: switching one off does not reach them.
inline constexpr std::size_t no_audience = most_audiences;

[[nodiscard]] constexpr std::uint64_t capability_bit(capability c) noexcept {
  return std::uint64_t{1} << static_cast<std::uint8_t>(c);
}
inline constexpr std::uint64_t every_capability = (std::uint64_t{1} << capability_count) - 1;

class vault final {
 public:
  vault(authenticator const& who, registry_config bounds) : check(who), limits(bounds) {}
  vault(vault const&) = delete;
  vault& operator=(vault const&) = delete;
  ~vault() = default;

  authenticator const& check;
  registry_config const limits;
  // Seals of scopes are made with it; drawn from the kernel.
  base::seal_secret const secret{base::random_word(), base::random_word()};
  // What an engine must show to be built on this registry: nobody builds one whose private functions could then be called.
  std::uint64_t const proof = base::random_word();
  // Moves whenever any switch turns. A scope that has seen its value asks no more (section 3 of the concurrency contract).
  base::atomic<std::uint64_t> word{1};
  base::atomic<std::uint64_t> credentials_refused{0};
  // Capabilities switched off for everybody, and for each audience.
  base::atomic<std::uint64_t> off_everywhere{0};
  std::array<base::atomic<std::uint64_t>, most_audiences + 1> off_for{};

  // Must follow every change of a switch, so that no scope keeps an older answer.
  void turn() noexcept {
    word.fetch_add(1, std::memory_order_release);  // (3) release: pairs with acquire (4) in grant
  }

  // Returns the tenant's cell, making it if need be; nullptr: the caches have no room for one more.
  [[nodiscard]] cell* admit(tenant_id tenant, std::size_t account) noexcept {
    base::mutex_lock const lock(mutex_);
    auto& cells = cells_of(tenant);
    if (auto const found = cells.find(tenant.value()); found != cells.end()) return found->second.get();
    if (!charge_locked(account, cell_charge)) return nullptr;
    cell* made = nullptr;
    bool const stored = base::attempt([&]() ABSL_NO_THREAD_SAFETY_ANALYSIS {
      auto fresh = std::make_unique<cell>(tenant, count_);
      auto* const at = fresh.get();
      cells.emplace(tenant.value(), std::move(fresh));
      made = at;
    });
    if (stored) {
      ++count_;
    } else {
      credit_locked(account, cell_charge);
    }
    return made;
  }
  [[nodiscard]] cell* find(tenant_id tenant) noexcept {
    base::mutex_lock const lock(mutex_);
    auto const& cells = cells_of(tenant);
    auto const found = cells.find(tenant.value());
    return found == cells.end() ? nullptr : found->second.get();
  }

  // The number of an audience's name, made on first use. Nothing: more audiences than any policy should have.
  [[nodiscard]] std::optional<std::size_t> audience_number(std::string_view name) noexcept {
    base::mutex_lock const lock(mutex_);
    auto const found = std::find(audiences_.begin(), audiences_.end(), name);
    if (found != audiences_.end()) return static_cast<std::size_t>(found - audiences_.begin());
    if (audiences_.size() == most_audiences) return std::nullopt;
    if (!base::attempt([&]() ABSL_NO_THREAD_SAFETY_ANALYSIS { audiences_.emplace_back(name); })) return std::nullopt;
    return audiences_.size() - 1;
  }

  // What the registry remembers on behalf of a cache counts toward that cache's bound (I10): each cache, and with strict
  // isolation each tenant's partition, has an account. Number 0 is nobody's: what is charged to it is bounded by the registry's
  // own limits only. Returns nothing when there was no memory for one more.
  [[nodiscard]] std::optional<std::size_t> open_account(memory::ledger& ledger) noexcept {
    base::mutex_lock const lock(mutex_);
    bool const stored = base::attempt([&]() ABSL_NO_THREAD_SAFETY_ANALYSIS { accounts_.push_back(&ledger); });
    if (!stored) return std::nullopt;
    return accounts_.size();
  }
  // The ledger is about to go: later credits to this account go nowhere.
  void close_account(std::size_t account) noexcept {
    base::mutex_lock const lock(mutex_);
    if (account != 0 && account <= accounts_.size()) accounts_[account - 1] = nullptr;
  }
  [[nodiscard]] bool charge(std::size_t account, std::uint64_t bytes) noexcept {
    base::mutex_lock const lock(mutex_);
    return charge_locked(account, bytes);
  }
  void credit(std::size_t account, std::uint64_t bytes) noexcept {
    base::mutex_lock const lock(mutex_);
    credit_locked(account, bytes);
  }
  [[nodiscard]] std::uint64_t tenants() noexcept {
    base::mutex_lock const lock(mutex_);
    return count_;
  }

 private:
  static constexpr std::uint64_t cell_charge = sizeof(cell) + 64;
  // A table that grows makes whoever opens a viewer wait for all that is in it: of a million tenants one of many is no matter.
  using cell_table = std::unordered_map<std::uint64_t, std::unique_ptr<cell>>;
  static constexpr unsigned table_bits = 8;

  [[nodiscard]] cell_table& cells_of(tenant_id tenant) noexcept ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return cells_[tenant.value() * 0x9E3779B97F4A7C15U >> (64 - table_bits)];
  }

  [[nodiscard]] memory::ledger* ledger_of(std::size_t account) noexcept ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return account == 0 || account > accounts_.size() ? nullptr : accounts_[account - 1];
  }
  [[nodiscard]] bool charge_locked(std::size_t account, std::uint64_t bytes) noexcept
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    auto* const ledger = ledger_of(account);
    return ledger == nullptr || ledger->try_charge(bytes);
  }
  void credit_locked(std::size_t account, std::uint64_t bytes) noexcept ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (auto* const ledger = ledger_of(account)) ledger->credit(bytes);
  }

  base::mutex mutex_;
  std::array<cell_table, std::size_t{1} << table_bits> cells_ ABSL_GUARDED_BY(mutex_);
  std::uint64_t count_ ABSL_GUARDED_BY(mutex_) = 0;
  std::vector<std::string> audiences_ ABSL_GUARDED_BY(mutex_);
  std::vector<memory::ledger*> accounts_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace core
}  // namespace v0
}  // namespace framecache

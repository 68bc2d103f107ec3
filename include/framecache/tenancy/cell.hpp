// SPDX-License-Identifier: Apache-2.0
//
// One tenant's record: its label, its switch, its device names, its revoked principals.
//
// Cells live in a registry's vault and are reached only through it and through grants, so their members can be public. Not a
// template, and nothing befriends it.
//
// Locks: each cell has its own, held for look-ups in its tables only; no user code runs under it (I9).
#pragma once

#include <framecache/base/atomic.hpp>
#include <framecache/base/attempt.hpp>
#include <framecache/base/mutex.hpp>
#include <framecache/identity/key.hpp>
#include <framecache/identity/status.hpp>
#include <framecache/version.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace framecache {
inline namespace v0 {
namespace core {

inline constexpr std::size_t longest_name = 256;

// Ids and labels come from counters of the process, so that neither is ever used twice in it, whichever registry asks.
[[nodiscard]] inline std::uint64_t next_device_word() noexcept {
  static base::atomic<std::uint64_t> last{0};
  return last.fetch_add(1, std::memory_order_relaxed) + 1;
}
// `beyond`: as many are left out before it.
[[nodiscard]] inline std::uint64_t next_label_word(std::uint64_t beyond = 0) noexcept {
  static base::atomic<std::uint64_t> last{0};
  return last.fetch_add(beyond + 1, std::memory_order_relaxed) + beyond + 1;
}

class cell final {
 public:
  cell(tenant_id whose, std::uint64_t number) noexcept : tenant(whose), slot(number), label(next_label_word()) {}
  cell(cell const&) = delete;
  cell& operator=(cell const&) = delete;
  ~cell() = default;

  tenant_id const tenant;
  // Dense number of the cell in its registry: what the engine finds the tenant's room by.
  std::uint64_t const slot;
  // These are read without the lock, and written under it: whoever sees that one has moved, and takes the lock then, finds the tables as
  // they were when it moved or later. Of a switch that was turned the vault's word tells first, with release (3).
  //
  // New at every epoch (I7). Asked by every check of a scope.
  base::atomic<std::uint64_t> label;
  base::atomic<bool> suspended{false};
  // Moves whenever a device is forgotten: rooms of other caches see by it that they hold something of a retired device.
  base::atomic<std::uint64_t> retirements{0};
  // Moves whenever a name comes or goes: grants with a list see by it that the numbers of what they list may be others.
  base::atomic<std::uint64_t> names{1};

  // Bytes to charge for one name: it is kept under its bytes and under its number.
  [[nodiscard]] static std::uint64_t name_charge(std::string_view name) noexcept { return 2 * name.size() + 256; }

  [[nodiscard]] std::optional<device_id> device(std::string_view name) const noexcept {
    base::mutex_lock const lock(mutex_);
    auto const found = by_name_.find(name);
    if (found == by_name_.end()) return std::nullopt;
    return device_id{found->second};
  }
  [[nodiscard]] bool owns(device_id device) const noexcept {
    base::mutex_lock const lock(mutex_);
    return by_id_.contains(device.value());
  }
  // Calls `take(number)` for each of `wanted` that is a name here.
  template <class Names, class Take>
  void numbers_of(Names const& wanted, Take const& take) const {
    base::mutex_lock const lock(mutex_);
    for (auto const& name : wanted) {
      if (auto const found = by_name_.find(name); found != by_name_.end()) take(found->second);
    }
  }

  struct interned final {
    name_status status;
    std::uint64_t device = 0;
    bool made = false;
  };
  // Injective: one number for each sequence of bytes, a new one for each new name (I2). Requires: the charge is reserved, on
  // `account`. An epoch that has passed creates no name in the next one: `epoch` is compared under the lock that begins epochs.
  [[nodiscard]] interned intern(std::string_view name, std::size_t most, std::uint64_t epoch,
                                std::size_t account) noexcept {
    base::mutex_lock const lock(mutex_);
    if (label.load(std::memory_order_relaxed) != epoch) return {name_status::refused};
    if (auto const found = by_name_.find(name); found != by_name_.end()) {
      return {name_status::ok, found->second, false};
    }
    if (by_name_.size() >= most) return {name_status::full};
    auto const device = next_device_word();
    bool const stored = base::attempt([&]() ABSL_NO_THREAD_SAFETY_ANALYSIS {
      // Everything that needs memory first; what follows moves nodes from table to table.
      names_table first;
      numbers_table second;
      first.emplace(name, device);
      second.emplace(device, named{std::string{name}, account});
      by_name_.insert(first.extract(first.begin()));
      by_id_.insert(second.extract(second.begin()));
    });
    if (!stored) return {name_status::no_room};
    names.fetch_add(1, std::memory_order_relaxed);
    return {name_status::ok, device, true};
  }

  // What is to be credited to whom.
  struct refund final {
    std::size_t account;
    std::uint64_t bytes;
  };
  // Forgets a device's name; the number is never given out again. Returns its charge, or nothing if unknown.
  [[nodiscard]] std::optional<refund> forget(device_id device) noexcept {
    base::mutex_lock const lock(mutex_);
    return forget_locked(device.value());
  }

  // A new epoch: new label, names forgotten, each refunded through `give_back`. Returns the new label.
  template <class GiveBack>
  std::uint64_t begin_epoch(GiveBack const& give_back) noexcept {
    base::mutex_lock const lock(mutex_);
    auto const fresh = next_label_word();
    label.store(fresh, std::memory_order_relaxed);
    for (auto const& [id, entry] : by_id_) give_back(refund{entry.account, name_charge(entry.name)});
    by_name_.clear();
    by_id_.clear();
    names.fetch_add(1, std::memory_order_relaxed);
    return fresh;
  }

  // Bytes to charge for a principal that was ever revoked: it is remembered for as long as the registry lives.
  static constexpr std::uint64_t principal_charge = 64;

  // How often the principal was revoked so far, if it may enter now. A scope keeps the number: a later one means that it was
  // revoked meanwhile, also when it was reinstated after that.
  [[nodiscard]] std::optional<std::uint64_t> epoch_of(principal_id principal) const noexcept {
    base::mutex_lock const lock(mutex_);
    auto const found = principals_.find(principal.value());
    if (found == principals_.end()) return 0;
    if (found->second.out) return std::nullopt;
    return found->second.epoch;
  }
  enum class revoked : std::uint8_t { anew, again, full };
  // Nothing when there was no memory to remember it.
  [[nodiscard]] std::optional<revoked> revoke(principal_id principal, std::size_t most) noexcept {
    base::mutex_lock const lock(mutex_);
    if (!principals_.contains(principal.value()) && principals_.size() >= most) return revoked::full;
    bool fresh = false;
    bool const stored = base::attempt([&]() ABSL_NO_THREAD_SAFETY_ANALYSIS {
      auto const [at, made] = principals_.try_emplace(principal.value());
      ++at->second.epoch;
      at->second.out = true;
      fresh = made;
    });
    if (!stored) return std::nullopt;
    return fresh ? revoked::anew : revoked::again;
  }
  // Returns whether it was revoked before.
  [[nodiscard]] bool reinstate(principal_id principal) noexcept {
    base::mutex_lock const lock(mutex_);
    auto const found = principals_.find(principal.value());
    if (found == principals_.end() || !found->second.out) return false;
    found->second.out = false;
    return true;
  }

 private:
  struct named final {
    std::string name;
    std::size_t account;
  };
  struct revocations final {
    std::uint64_t epoch = 0;
    bool out = false;
  };

  [[nodiscard]] std::optional<refund> forget_locked(std::uint64_t device) noexcept
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    auto const found = by_id_.find(device);
    if (found == by_id_.end()) return std::nullopt;
    refund const back{found->second.account, name_charge(found->second.name)};
    by_name_.erase(found->second.name);
    by_id_.erase(found);
    names.fetch_add(1, std::memory_order_relaxed);
    retirements.fetch_add(1, std::memory_order_relaxed);
    return back;
  }

  // Trees, because no table by hash grows without stopping whoever asks meanwhile: of 65,000 names 15 ms. Nor Abseil's: of these one
  // that finds no memory is broken from then on (20220623), and ends the process at its next use.
  using names_table = std::map<std::string, std::uint64_t, std::less<>>;
  using numbers_table = std::map<std::uint64_t, named>;

  mutable base::mutex mutex_;
  names_table by_name_ ABSL_GUARDED_BY(mutex_);
  numbers_table by_id_ ABSL_GUARDED_BY(mutex_);
  std::map<std::uint64_t, revocations> principals_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace core
}  // namespace v0
}  // namespace framecache

// SPDX-License-Identifier: Apache-2.0
//
// Who may enter, and the power to act. A cell is one tenant's record: label, switch, names. A scope remembers the label it was
// opened under and is dead when the cell has another.
//
// Every credential is accepted here: who is let in is the authenticator's to say, and the tests ask the product about that
// elsewhere. There is one audience, one principal for each role, and no expiry.
#pragma once

#include "model/simple/framecache/identity/key.hpp"
#include "model/simple/framecache/identity/status.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace simple_framecache {

enum class role : std::uint8_t { viewer, publisher, steward, admin };

namespace core {

struct cell final {
  word label = 0;
  bool suspended = false;
  std::map<std::string, word, std::less<>> names;

  [[nodiscard]] bool owns(word device) const noexcept {
    return std::any_of(names.begin(), names.end(), [&](auto const& each) { return each.second == device; });
  }
};

class scope final {
 public:
  scope(cell& whose, word tenant, role as) noexcept : cell_(&whose), tenant_(tenant), label_(whose.label), role_(as) {}

  // Whether this scope opens its role's work now, and if not, why not.
  [[nodiscard]] refusal check(role wanted) const noexcept {
    if (role_ != wanted || cell_->label != label_) return refusal::refused;
    return cell_->suspended ? refusal::suspended : refusal::none;
  }
  [[nodiscard]] bool commands(role wanted) const noexcept {
    auto const why = check(wanted);
    return why == refusal::none || (why == refusal::suspended && wanted == role::admin);
  }
  [[nodiscard]] word label() const noexcept { return label_; }
  [[nodiscard]] word tenant() const noexcept { return tenant_; }
  [[nodiscard]] bool owns(word device) const noexcept { return cell_->label == label_ && cell_->owns(device); }
  [[nodiscard]] cell& of() const noexcept { return *cell_; }

 private:
  cell* cell_;
  word tenant_;
  word label_;
  role role_;
};

class registry final {
 public:
  [[nodiscard]] scope open(word tenant, role as) {
    auto const [at, made] = cells_.try_emplace(tenant);
    if (made) at->second.label = ++last_label_;
    return {at->second, tenant, as};
  }

  struct name_answer final {
    name_status status;
    word device = 0;
  };
  // `room`: whether there was memory for a name that is new.
  [[nodiscard]] name_answer intern(scope const& publisher, std::string_view name, bool room) {
    auto const why = publisher.check(role::publisher);
    if (why != refusal::none) return {why == refusal::suspended ? name_status::suspended : name_status::refused};
    auto& names = publisher.of().names;
    if (auto const known = names.find(name); known != names.end()) return {name_status::ok, known->second};
    if (!room) return {name_status::no_room};
    names.emplace(name, ++last_device_);
    return {name_status::ok, last_device_};
  }
  [[nodiscard]] static std::optional<word> device(scope const& viewer, std::string_view name) {
    if (viewer.check(role::viewer) != refusal::none) return std::nullopt;
    auto const known = viewer.of().names.find(name);
    if (known == viewer.of().names.end()) return std::nullopt;
    return known->second;
  }
  // Its number is never used again.
  [[nodiscard]] static order_status forget(scope const& steward, word device) {
    if (!steward.commands(role::steward)) return order_status::refused;
    auto& names = steward.of().names;
    return std::erase_if(names, [&](auto const& each) { return each.second == device; }) != 0 ? order_status::done
                                                                                              : order_status::unknown;
  }

  [[nodiscard]] order_status suspend(scope const& admin, word tenant, bool off) {
    auto* const whose = ordered(admin, tenant);
    if (whose == nullptr) return order_status::refused;
    whose->suspended = off;
    return order_status::done;
  }
  // A new epoch: a new label, and no name of the old one. Returns the label.
  [[nodiscard]] std::optional<word> revoke(scope const& admin, word tenant) {
    auto* const whose = ordered(admin, tenant);
    if (whose == nullptr) return std::nullopt;
    whose->label = ++last_label_;
    whose->names.clear();
    return whose->label;
  }

 private:
  [[nodiscard]] cell* ordered(scope const& admin, word tenant) {
    auto const found = cells_.find(tenant);
    return admin.commands(role::admin) && found != cells_.end() ? &found->second : nullptr;
  }

  std::map<word, cell> cells_;
  word last_label_ = 0;
  word last_device_ = 0;
};

}  // namespace core
}  // namespace simple_framecache

// SPDX-License-Identifier: Apache-2.0
//
// Who is who: the one question that the relay answers with its own code. A credential goes in, an admission comes out; what
// the authenticator says is trusted, and nothing else that a caller passes is.
#pragma once

#include <framecache/base/clock.hpp>
#include <framecache/identity/audience.hpp>
#include <framecache/identity/strong_id.hpp>
#include <framecache/version.hpp>

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace framecache {
inline namespace v0 {

// A viewer reads; a publisher writes; a steward manages its own tenant; an admin switches, revokes and counts tenants and
// audiences. Only a viewer can reach a frame.
enum class role : std::uint8_t { viewer, publisher, steward, admin };

// What can be switched off for everybody or for one audience: looking at frames at all; being woken by new ones; publishing.
enum class capability : std::uint8_t { view, live, publish };

// The audiences an admission opens. No default: an admission says it.
class audience_list final {
 public:
  audience_list() = delete;
  template <named_audience... Audiences>
    requires(sizeof...(Audiences) != 0)
  [[nodiscard]] static audience_list of() {
    return named({std::string_view{Audiences::audience}...});
  }
  // From names that a token or a database carries.
  [[nodiscard]] static audience_list named(std::initializer_list<std::string_view> names) {
    return audience_list{std::vector<std::string>(names.begin(), names.end())};
  }
  [[nodiscard]] static audience_list named(std::vector<std::string> names) { return audience_list{std::move(names)}; }

  [[nodiscard]] bool contains(std::string_view name) const noexcept {
    return std::find(names_.begin(), names_.end(), name) != names_.end();
  }

 private:
  explicit audience_list(std::vector<std::string> names) noexcept : names_(std::move(names)) {}
  std::vector<std::string> names_;
};

// The devices of its tenant that an admission opens: all, or those with these names. No default: an admission says it.
class device_list final {
 public:
  device_list() = delete;
  [[nodiscard]] static device_list all() { return device_list{std::nullopt}; }
  [[nodiscard]] static device_list only(std::vector<std::string> names) {
    std::sort(names.begin(), names.end());
    return device_list{std::optional{std::move(names)}};
  }

  [[nodiscard]] bool is_all() const noexcept { return !names_.has_value(); }
  // Requires: not all.
  [[nodiscard]] std::vector<std::string> const& names() const noexcept { return *names_; }
  [[nodiscard]] bool contains(std::string_view name) const noexcept {
    return is_all() || std::binary_search(names_->begin(), names_->end(), name);
  }

 private:
  explicit device_list(std::optional<std::vector<std::string>> names) noexcept : names_(std::move(names)) {}
  std::optional<std::vector<std::string>> names_;
};

// Until when an admission holds, on the wall clock of whoever issued the credential. Converted to the steady clock once, when
// the scope is made: a clock set back later extends nothing.
class expiry final {
 public:
  expiry() = delete;
  [[nodiscard]] static expiry never() noexcept { return expiry{std::nullopt}; }
  [[nodiscard]] static expiry at(base::wall_time when) noexcept { return expiry{when}; }
  [[nodiscard]] std::optional<base::wall_time> when() const noexcept { return when_; }

 private:
  explicit expiry(std::optional<base::wall_time> when) noexcept : when_(when) {}
  std::optional<base::wall_time> when_;
};

// What an accepted credential stands for. Every member is mandatory; ids of value 0 are refused.
struct admission final {
  tenant_id tenant;
  principal_id principal;
  framecache::role role;
  audience_list audiences;
  device_list devices;
  expiry expires;
};

class authenticator {
 public:
  authenticator() = default;
  authenticator(authenticator const&) = delete;
  authenticator& operator=(authenticator const&) = delete;
  virtual ~authenticator() = default;

  // Returns the admission that `credential` proves, or nothing: refused. Must compare secrets in constant time.
  // Called without any lock held, from any thread that opens a viewer or publisher. An exception propagates to that caller,
  // and nothing was opened. One that has to ask another service asks first and takes its session as the credential.
  [[nodiscard]] virtual std::optional<admission> authenticate(std::string_view credential) const = 0;
};

}  // namespace v0
}  // namespace framecache

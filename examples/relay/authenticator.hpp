// SPDX-License-Identifier: Apache-2.0
// The relay's side of the library's one question: who does this credential belong to?
#pragma once

#include "token.hpp"

#include <utility>

namespace relay {

class token_check final : public fc::authenticator {
 public:
  explicit token_check(token_key const& key) : key_{key} {}

  std::optional<fc::admission> authenticate(std::string_view credential) const override {
    auto who = verify(key_, credential, std::chrono::system_clock::now());
    if (!who) return std::nullopt;
    return fc::admission{
        .tenant = fc::tenant_id{who->tenant},
        .principal = fc::principal_id{who->principal},
        .role = who->role,
        .audiences = fc::audience_list::of<fc::anyone>(),
        .devices = who->devices.empty() ? fc::device_list::all() : fc::device_list::only(std::move(who->devices)),
        .expires = fc::expiry::at(who->expires),
    };
  }

 private:
  token_key key_;
};

}  // namespace relay

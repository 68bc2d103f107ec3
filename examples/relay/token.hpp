// SPDX-License-Identifier: Apache-2.0
// Signed tokens: who the bearer is, what it may do and until when.
//
//   v1.<claims>.<signature>      both base64url without padding
//   signature = HMAC-SHA256(key, "v1.<claims>")
//
// Nothing is secret in the claims; the signature is checked, in constant time, before one byte of them is looked at.
// A token cannot be taken back alone: it ends at its expiry, or when its principal is revoked in the cache.
#pragma once

#include <framecache/framecache.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace relay {

namespace fc = framecache;

struct claims {
  std::uint64_t tenant;
  std::uint64_t principal;
  fc::role role;
  std::chrono::system_clock::time_point expires;
  std::vector<std::string> devices;  ///< empty: all devices of the home
};

/// The signing key, from a file that nobody but its owner can read.
class token_key {
 public:
  /// Errors: std::runtime_error that says what is wrong with the file.
  static token_key load(std::string const& path);

  /// Writes a new random key, mode 0600. Errors: std::runtime_error; an existing file is never overwritten.
  static void create(std::string const& path);

  token_key(token_key const&) = default;
  ~token_key();

  using signature = std::array<unsigned char, 32>;
  signature sign(std::string_view text) const;

 private:
  token_key() = default;
  std::array<unsigned char, 32> secret_{};
};

std::optional<fc::role> parse_role(std::string_view name);

/// Errors: std::runtime_error when the devices do not fit into a token.
std::string mint(token_key const& key, claims const& who);

/// What a token says; nothing if it is malformed, forged or no longer valid at `now`.
std::optional<claims> verify(token_key const& key, std::string_view token, std::chrono::system_clock::time_point now);

}  // namespace relay

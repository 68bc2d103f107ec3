// SPDX-License-Identifier: Apache-2.0
// The command line.
#pragma once

#include "token.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace relay {

struct serve_options {
  std::string key_file;
  std::string listen = "127.0.0.1";
  std::uint16_t port = 8080;  ///< 0: any that is free
  std::uint64_t capacity = 256U << 20U;
  std::uint64_t max_frame = 8U << 20U;
  std::chrono::milliseconds stale_after{3'000};
  std::chrono::milliseconds idle_timeout{15'000};   ///< for a request's header, and between two
  std::chrono::milliseconds frame_timeout{10'000};  ///< for one frame, in or out
  std::chrono::milliseconds quiet_camera{60'000};   ///< between two frames of a camera
  std::size_t max_connections = 4096;
  unsigned streams_per_home = 512;
  unsigned threads = 2;
  std::string tls_cert;
  std::string tls_key;
  bool quiet = false;
};

struct keygen_options {
  std::string key_file;
};

struct mint_options {
  std::string key_file;
  std::uint64_t tenant = 0;
  std::uint64_t principal = 0;
  fc::role role = fc::role::viewer;
  std::chrono::milliseconds expires{0};
  std::vector<std::string> devices;
};

/// Errors: std::runtime_error that says which word is wrong.
std::variant<serve_options, keygen_options, mint_options> parse_command_line(std::span<char const* const> words);

extern std::string_view const usage;

}  // namespace relay

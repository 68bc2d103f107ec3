// SPDX-License-Identifier: Apache-2.0
// One request and its answer: what every handler gets, and what most of them use.
#pragma once

#include "service.hpp"
#include "wire.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/message.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace relay {

namespace http = boost::beast::http;

struct answer {
  unsigned status = 200;
  std::string_view type = {};
  std::string_view body = {};
  std::string fields = {};  ///< further header lines, each with its CRLF
};

/// Everything here is awaited as a statement of its own, with named arguments: g++ 12 destroys a braced temporary inside a
/// co_await expression twice, and resumes `if (!co_await ...) break;` at the wrong place.
class exchange {
 public:
  exchange(service& shared, wire& line, boost::beast::flat_buffer& held, http::request_header<> const& request,
           bool keep_alive);

  service& shared;
  wire& line;
  boost::beast::flat_buffer& held;  ///< what was read beyond the header
  http::request_header<> const& request;
  bool keep_alive;

  std::string_view path() const { return path_; }
  std::string_view query(std::string_view name) const;  ///< empty if it is not there
  std::string_view field(http::field name) const;

  bool has_body() const;

  std::string_view bearer() const;      ///< Authorization: Bearer ...
  std::string_view credential() const;  ///< that, or the cookie of a session: for requests that change nothing

  /// Who signed in, in this role. Errors: refused{unauthorised}, refused{forbidden}.
  claims require(fc::role role, std::string_view token) const;

  /// For requests whose address knows other methods only. Errors: refused{method}.
  void allow(std::initializer_list<http::verb> methods);
  std::string const& allowed() const { return allowed_; }

  /// Writes the answer; `frame` is its body where that lies in the cache, sent from there.
  task<> send(answer const& what, std::span<std::span<std::byte const> const> frame = {});
  task<> send(answer&& what, std::span<std::span<std::byte const> const> frame = {}) = delete;  // as said above

 private:
  std::string_view path_;
  std::string_view query_;
  std::string allowed_;
};

/// Both have one name for "not now" and one for "not you"; so has the relay.
void check(fc::refusal why);

std::string etag(fc::frame_view const& frame);
std::int64_t age_ms(fc::frame_view const& frame);

// The handlers. `device` is a name as the camera chose it: any bytes.
task<> push(exchange& x, std::string const& device);
task<> still(exchange& x, std::string const& device);
task<> live(exchange& x, std::string const& device);
task<> devices(exchange& x);
task<> revoke(exchange& x, std::string_view principal);
task<> session_cookie(exchange& x);
task<> report(exchange& x);

}  // namespace relay

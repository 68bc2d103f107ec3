// SPDX-License-Identifier: Apache-2.0
#include "exchange.hpp"

#include <boost/beast/core/string.hpp>
#include <boost/beast/http/status.hpp>

#include <algorithm>
#include <vector>

namespace relay {
namespace {

constexpr std::string_view session_name = "framecache_session";

// Every answer: no guessing of types, no address of ours told to others, no use by another site's page.
constexpr std::string_view always = "X-Content-Type-Options: nosniff\r\n"
                                    "Referrer-Policy: no-referrer\r\n"
                                    "Cross-Origin-Resource-Policy: same-origin\r\n";

/// The piece before the separator; it is taken off `text`.
std::string_view next_piece(std::string_view& text, char separator) {
  auto const end = text.find(separator);
  auto const piece = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return piece;
}

/// The value in `name=value`, if that is its name.
std::optional<std::string_view> value_of(std::string_view pair, std::string_view name) {
  if (!pair.starts_with(name) || pair.size() == name.size() || pair[name.size()] != '=') return std::nullopt;
  return pair.substr(name.size() + 1);
}

}  // namespace

exchange::exchange(service& shared_state, wire& connection, boost::beast::flat_buffer& buffer,
                   http::request_header<> const& header, bool keep)
    : shared{shared_state}, line{connection}, held{buffer}, request{header}, keep_alive{keep} {
  query_ = {request.target().data(), request.target().size()};
  path_ = next_piece(query_, '?');
}

std::string_view exchange::query(std::string_view name) const {
  for (auto rest = query_; !rest.empty();) {
    if (auto const value = value_of(next_piece(rest, '&'), name)) return *value;
  }
  return {};
}

std::string_view exchange::field(http::field name) const {
  auto const found = request.find(name);
  if (found == request.end()) return {};
  return {found->value().data(), found->value().size()};
}

bool exchange::has_body() const {
  auto const length = field(http::field::content_length);
  return request.find(http::field::transfer_encoding) != request.end() || (!length.empty() && length != "0");
}

std::string_view exchange::bearer() const {
  constexpr std::string_view scheme = "Bearer ";
  auto const value = field(http::field::authorization);
  if (!boost::beast::iequals(value.substr(0, scheme.size()), scheme)) return {};
  return value.substr(scheme.size());
}

std::string_view exchange::credential() const {
  if (auto const token = bearer(); !token.empty()) return token;
  for (auto rest = field(http::field::cookie); !rest.empty();) {
    auto pair = next_piece(rest, ';');
    pair.remove_prefix(std::min(pair.find_first_not_of(' '), pair.size()));
    if (auto const value = value_of(pair, session_name)) return *value;
  }
  return {};
}

claims exchange::require(fc::role role, std::string_view token) const {
  auto who = verify(shared.key, token, std::chrono::system_clock::now());
  if (!who) throw refused{problem::unauthorised};
  if (who->role != role) throw refused{problem::forbidden};
  return *who;
}

void exchange::allow(std::initializer_list<http::verb> methods) {
  for (auto const method : methods) {
    if (method == request.method()) return;
    auto const name = http::to_string(method);
    allowed_ += (allowed_.empty() ? "" : ", ") + std::string{name.data(), name.size()};
  }
  throw refused{problem::method};
}

task<> exchange::send(answer const& what, std::span<std::span<std::byte const> const> frame) {
  std::size_t length = what.body.size();
  for (auto const& piece : frame) length += piece.size();
  bool const has_body = what.status != 204 && what.status != 304;

  auto const reason = http::obsolete_reason(http::int_to_status(what.status));
  std::string head = "HTTP/1.1 " + std::to_string(what.status) + ' ' + std::string{reason.data(), reason.size()};
  head += "\r\n";
  head += always;
  head += what.fields;
  if (what.fields.find("Cache-Control:") == std::string::npos) head += "Cache-Control: private, no-store\r\n";
  if (has_body && !what.type.empty()) head += "Content-Type: " + std::string{what.type} + "\r\n";
  if (has_body) head += "Content-Length: " + std::to_string(length) + "\r\n";
  head += keep_alive ? "\r\n" : "Connection: close\r\n\r\n";

  std::vector<asio::const_buffer> pieces{asio::buffer(head)};
  if (has_body && request.method() != http::verb::head) {
    pieces.emplace_back(what.body.data(), what.body.size());
    for (auto const& piece : frame) pieces.emplace_back(piece.data(), piece.size());
  }
  line.within(shared.settings.frame_timeout);
  co_await line.write(pieces);
}

void check(fc::refusal why) {
  switch (why) {
    case fc::refusal::none: return;
    case fc::refusal::refused: throw refused{problem::unauthorised};
    case fc::refusal::suspended: throw refused{problem::suspended};
    case fc::refusal::no_room: throw refused{problem::no_room};
  }
}

std::string etag(fc::frame_view const& frame) {
  return '"' + std::to_string(frame.generation().value()) + '-' + std::to_string(frame.sequence().value()) + '"';
}

std::int64_t age_ms(fc::frame_view const& frame) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(frame.age()).count();
}

}  // namespace relay

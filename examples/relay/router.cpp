// SPDX-License-Identifier: Apache-2.0
// Which handler a request's address belongs to. Addresses are compared whole, as they came: nothing is normalised, there
// are no files behind them, and `..` is a camera's name like any other.
#include "page.hpp"
#include "session.hpp"
#include "text.hpp"

namespace relay {
namespace {

constexpr std::size_t longest_target = 2048;

constexpr std::string_view page_policy =
    "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'\r\n"
    "Cache-Control: no-cache\r\n";

/// The piece between `before` and `after`, if the text is made of these three and the piece has no slash.
std::optional<std::string_view> between(std::string_view text, std::string_view before, std::string_view after) {
  if (text.size() < before.size() + after.size() || !text.starts_with(before) || !text.ends_with(after)) return {};
  text.remove_prefix(before.size());
  text.remove_suffix(after.size());
  if (text.empty() || text.find('/') != std::string_view::npos) return {};
  return text;
}

task<> send_file(exchange& x, std::string_view type, std::string_view content) {
  x.allow({http::verb::get, http::verb::head});
  answer const reply{.type = type, .body = content, .fields = std::string{page_policy}};
  co_await x.send(reply);
}

task<> send_nothing(exchange& x) {
  answer const reply{.status = 204};
  co_await x.send(reply);
}

using device_handler = task<> (*)(exchange&, std::string const&);
struct device_route {
  std::string_view ending;
  device_handler handle;
};
constexpr device_route device_routes[] = {{"/push", push}, {"/still.jpg", still}, {"/live.mjpg", live}};

task<> dispatch_device(exchange& x) {
  for (auto const& [ending, handle] : device_routes) {
    auto const piece = between(x.path(), "/api/devices/", ending);
    if (!piece) continue;
    auto const name = percent_decode(*piece);
    if (!name) throw refused{problem::bad_request};
    co_return co_await handle(x, *name);
  }
  throw refused{problem::absent};
}

}  // namespace

task<> dispatch(exchange& x) {
  auto const path = x.path();
  if (x.request.target().size() > longest_target) throw refused{problem::uri};
  if (!path.starts_with('/')) throw refused{problem::bad_request};
  // Only a camera sends a body. To read another one, only to forget it, is not our business.
  if (x.has_body() && !path.ends_with("/push")) throw refused{problem::too_large};
  if (path == "/") co_return co_await send_file(x, "text/html; charset=utf-8", page_index);
  if (path == "/page/app.js") co_return co_await send_file(x, "text/javascript; charset=utf-8", page_script);
  if (path == "/page/style.css") co_return co_await send_file(x, "text/css; charset=utf-8", page_style);
  if (path == "/favicon.ico") co_return co_await send_nothing(x);
  if (path == "/healthz") {
    x.allow({http::verb::get, http::verb::head});
    answer const reply{.type = "text/plain", .body = "ok"};
    co_return co_await x.send(reply);
  }
  if (path == "/api/session") co_return co_await session_cookie(x);
  if (path == "/api/devices") co_return co_await devices(x);
  if (path == "/api/report") co_return co_await report(x);
  if (auto const principal = between(path, "/api/principals/", "/revoke")) co_return co_await revoke(x, *principal);
  co_await dispatch_device(x);
}

}  // namespace relay

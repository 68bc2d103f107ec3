// SPDX-License-Identifier: Apache-2.0
// What else a home asks for: its list of cameras, signing in and out, shutting somebody out; and the operator's counters.
#include "exchange.hpp"
#include "text.hpp"

namespace relay {
namespace {

constexpr std::string_view json = "application/json";

std::string describe(exchange const& x, relay_cache::viewer_type<fc::anyone> const& eye, fc::device_id device,
                     std::string const& name) {
  std::string text =
      "{\"name\":" + json_string(name) + ",\"path\":" + json_string("/api/devices/" + percent_encode(name));
  auto const frame = eye.latest(device, fc::any_age);
  if (!frame) return text + R"(,"state":"absent","age_ms":null,"generation":null,"width":null,"height":null})";
  auto const view = eye.read(frame);
  bool const fresh = view.age() <= x.shared.settings.stale_after;
  return text + ",\"state\":" + (fresh ? "\"live\"" : "\"stale\"") + ",\"age_ms\":" + std::to_string(age_ms(view)) +
         ",\"generation\":\"" + std::to_string(view.generation().value()) +
         "\",\"width\":" + std::to_string(view.width()) + ",\"height\":" + std::to_string(view.height()) + '}';
}

/// The cookie is the token itself, out of reach of scripts and of other sites; signing out forgets it.
std::string cookie_field(exchange const& x, std::string_view token, std::int64_t seconds) {
  return "Set-Cookie: framecache_session=" + std::string{token} +
         "; HttpOnly; SameSite=Strict; Path=/; Max-Age=" + std::to_string(seconds) +
         (x.shared.settings.tls_cert.empty() ? "\r\n" : "; Secure\r\n");
}

}  // namespace

task<> devices(exchange& x) {
  x.allow({http::verb::get, http::verb::head});
  auto const token = x.credential();
  auto const who = x.require(fc::role::viewer, token);
  auto eye = x.shared.cache.viewer(token);
  check(eye.why());

  std::string list;
  for (auto const& name : x.shared.names.names_of(who.tenant)) {
    // A name that this viewer may not see is, to it, no name at all.
    auto const device = eye.device(name);
    if (device) list += (list.empty() ? "" : ",") + describe(x, eye, *device, name);
  }
  auto const body = "{\"home\":\"" + std::to_string(who.tenant) + "\",\"devices\":[" + list + "]}";
  answer const reply{.type = json, .body = body};
  co_await x.send(reply);
}

task<> session_cookie(exchange& x) {
  x.allow({http::verb::post, http::verb::delete_});
  if (x.request.method() == http::verb::delete_) {
    answer const reply{.status = 204, .fields = cookie_field(x, "", 0)};
    co_return co_await x.send(reply);
  }
  auto const who = x.require(fc::role::viewer, x.bearer());
  check(x.shared.cache.viewer(x.bearer()).why());
  auto const left = std::chrono::floor<std::chrono::seconds>(who.expires - std::chrono::system_clock::now());
  answer const reply{.status = 204, .fields = cookie_field(x, x.bearer(), left.count())};
  co_await x.send(reply);
}

task<> revoke(exchange& x, std::string_view principal) {
  x.allow({http::verb::post});
  x.require(fc::role::steward, x.bearer());
  auto const number = parse_number(principal);
  if (!number || *number == 0) throw refused{problem::bad_request};

  auto boss = x.shared.cache.steward(x.bearer());
  check(boss.why());
  // From here on nothing that this principal opened reads a frame; its live streams are woken, and find that out.
  auto const done = boss.revoke(fc::principal_id{*number});
  if (done != fc::order_status::done) throw refused{problem::no_room};  // there was no memory to remember it
  answer const reply{.status = 204};
  co_await x.send(reply);
}

task<> report(exchange& x) {
  x.allow({http::verb::get, http::verb::head});
  x.require(fc::role::admin, x.bearer());
  auto ops = x.shared.cache.admin(x.bearer());
  check(ops.why());

  auto const stats = ops.stats();
  std::string body = "{\"frames_in\":" + std::to_string(x.shared.counts.frames_in) +
                     ",\"served\":" + std::to_string(x.shared.counts.served) +
                     ",\"connections\":" + std::to_string(x.shared.connections.count()) +
                     ",\"resident\":" + std::to_string(stats.resident) + ",\"pinned\":" + std::to_string(stats.pinned) +
                     ",\"handles\":" + std::to_string(stats.handles) +
                     ",\"crossings_refused\":" + std::to_string(stats.crossings_refused) + ",\"refused\":{";
  for (std::size_t kind = 0; kind < problem_facts.size(); ++kind) {
    body += (kind == 0 ? "\"" : ",\"") + std::string{problem_facts[kind].name} +
            "\":" + std::to_string(x.shared.counts.of(static_cast<problem>(kind)));
  }
  body += "}}";
  answer const reply{.type = json, .body = body};
  co_await x.send(reply);
}

}  // namespace relay

// SPDX-License-Identifier: Apache-2.0
// One picture, of the age that the viewer will bear and no older.
#include "exchange.hpp"
#include "text.hpp"

#include <string>

namespace relay {
namespace {

constexpr std::chrono::seconds default_age{2};

fc::age_limit age_asked_for(exchange const& x) {
  auto const text = x.query("max_age");
  if (text.empty()) return fc::no_older_than(default_age);
  if (text == "any") return fc::any_age;
  auto const age = parse_duration(text);
  if (!age) throw refused{problem::bad_request};
  return fc::no_older_than(*age);
}

/// A device of another home, one that is not there and one that has nothing to show: one answer.
problem problem_of(fc::lookup_status why) {
  switch (why) {
    case fc::lookup_status::too_old: return problem::too_old;
    case fc::lookup_status::suspended: return problem::suspended;
    case fc::lookup_status::refused: return problem::unauthorised;
    default: return problem::absent;
  }
}

std::string fields_of(fc::frame_view const& frame) {
  auto const age = age_ms(frame);
  return "Age: " + std::to_string(age / 1000) + "\r\nETag: " + etag(frame) +
         "\r\nX-Frame-Age-Ms: " + std::to_string(age) +
         "\r\nX-Stream-Generation: " + std::to_string(frame.generation().value()) +
         "\r\nX-Frame-Sequence: " + std::to_string(frame.sequence().value()) + "\r\n";
}

/// If-None-Match is a list, and weak tags compare equal to strong ones (RFC 9110, 13.1.2). No tag of ours has a comma.
bool viewer_has_it(std::string_view tags, std::string const& tag) {
  return tags == "*" || tags.find(tag) != std::string_view::npos;
}

}  // namespace

task<> still(exchange& x, std::string const& name) {
  x.allow({http::verb::get, http::verb::head});
  auto const token = x.credential();
  x.require(fc::role::viewer, token);
  auto const limit = age_asked_for(x);

  auto eye = x.shared.cache.viewer(token);
  check(eye.why());
  auto const device = eye.device(name);
  if (!device) throw refused{problem::absent};
  auto const frame = eye.latest(*device, limit);
  if (!frame) throw refused{problem_of(frame.why())};

  // The handle keeps the picture where it is until the socket has taken it, whatever the camera sends meanwhile.
  auto const view = eye.read(frame);
  if (!view) throw refused{problem_of(view.why())};
  answer reply{.type = "image/jpeg", .fields = fields_of(view)};
  if (viewer_has_it(x.field(http::field::if_none_match), etag(view))) reply.status = 304;
  co_await x.send(reply, view.buffers());
  x.shared.counts.served.fetch_add(1, std::memory_order_relaxed);
}

}  // namespace relay

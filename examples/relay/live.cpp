// SPDX-License-Identifier: Apache-2.0
// A camera's pictures as they come. There is no queue: who reads slowly gets, each time, the newest there is by then.
// The stream outlives the camera's reconnects; it ends with the viewer's right to watch, or when the viewer goes.
#include "exchange.hpp"

#include <algorithm>
#include <vector>

namespace relay {
namespace {

// The delimiter follows each picture at once: a browser shows a picture when it has seen where it ends.
constexpr std::string_view preamble = "HTTP/1.1 200 OK\r\n"
                                      "Content-Type: multipart/x-mixed-replace; boundary=framecache\r\n"
                                      "Cache-Control: private, no-store\r\n"
                                      "X-Content-Type-Options: nosniff\r\n"
                                      "Referrer-Policy: no-referrer\r\n"
                                      "Cross-Origin-Resource-Policy: same-origin\r\n"
                                      "Connection: close\r\n\r\n"
                                      "--framecache\r\n";
constexpr std::string_view delimiter = "\r\n--framecache\r\n";

// Nobody wakes a stream whose viewer just went away.
constexpr std::chrono::seconds look_round{5};
// A device can change without a new frame (it began anew); waiting a moment keeps that from becoming a busy loop.
constexpr std::chrono::milliseconds breath{20};

steady::time_point end_of(claims const& who) {
  return steady::now() + std::chrono::duration_cast<steady::duration>(who.expires - std::chrono::system_clock::now());
}

task<> send_part(exchange& x, fc::frame_view const& frame) {
  std::string const head = "Content-Type: image/jpeg\r\nContent-Length: " + std::to_string(frame.size().value()) +
                           "\r\nX-Frame-Age-Ms: " + std::to_string(age_ms(frame)) +
                           "\r\nX-Stream-Generation: " + std::to_string(frame.generation().value()) +
                           "\r\nX-Frame-Sequence: " + std::to_string(frame.sequence().value()) + "\r\n\r\n";
  std::vector<asio::const_buffer> pieces{asio::buffer(head)};
  for (auto const& piece : frame.buffers()) pieces.emplace_back(piece.data(), piece.size());
  pieces.emplace_back(delimiter.data(), delimiter.size());
  x.line.within(x.shared.settings.frame_timeout);
  co_await x.line.write(pieces);
  x.shared.counts.served.fetch_add(1, std::memory_order_relaxed);
}

class live_stream {
 public:
  live_stream(exchange& x, relay_cache::viewer_type<fc::anyone> const& eye, fc::device_id device)
      : x_{x}, eye_{eye}, device_{device} {}

  task<> run(std::string const& name, steady::time_point ends) {
    while (may_go_on(name)) {
      bool const sent = co_await send_newest();
      if (!sent) co_await wait_for_newer(ends);
    }
  }

 private:
  task<> wait_for_newer(steady::time_point ends) {
    auto const watch = eye_.notify_newer(device_, seen_, [line = x_.line.shared_from_this()] { line->ring(); });
    bool const rang = co_await x_.line.wait(std::min(ends, steady::now() + look_round));
    if (rang && !eye_.latest(device_, fc::any_age)) co_await x_.line.wait(steady::now() + breath);
  }

  /// The viewer is false from the moment that its token expires or its principal is revoked.
  bool may_go_on(std::string const& name) const {
    return eye_ && eye_.device(name) == device_ && !x_.line.ending() && !x_.line.peer_gone();
  }

  /// The newest frame, if this viewer has not had it. One that is old already is passed over: live is not old.
  task<bool> send_newest() {
    auto const frame = eye_.latest(device_, fc::any_age);
    if (!frame) co_return false;
    auto const view = eye_.read(frame);
    if (!view || view.sequence() <= seen_) co_return false;
    seen_ = view.sequence();
    if (view.age() <= x_.shared.settings.stale_after) co_await send_part(x_, view);
    co_return true;
  }

  exchange& x_;
  relay_cache::viewer_type<fc::anyone> const& eye_;
  fc::device_id const device_;
  fc::frame_sequence seen_{std::uint64_t{0}};
};

}  // namespace

task<> live(exchange& x, std::string const& name) {
  x.allow({http::verb::get});
  auto const token = x.credential();
  auto const who = x.require(fc::role::viewer, token);
  x.keep_alive = false;

  auto eye = x.shared.cache.viewer(token);
  check(eye.why());
  auto const device = eye.device(name);
  if (!device) throw refused{problem::absent};
  stream_limit::lease const lease{x.shared.streams, who.tenant};
  if (!lease) throw refused{problem::too_many};

  x.line.keep_send_queue_short();
  x.line.within(x.shared.settings.frame_timeout);
  asio::const_buffer const opening{preamble.data(), preamble.size()};
  co_await x.line.write({&opening, 1});
  live_stream stream{x, eye, *device};
  co_await stream.run(name, end_of(who));
}

}  // namespace relay

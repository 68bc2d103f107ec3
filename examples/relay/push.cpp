// SPDX-License-Identifier: Apache-2.0
// A camera: one long request, a picture in each part. From the socket each picture goes into memory of the cache, and is
// committed there when it is whole.
//
// A part that is no JPEG is dropped and counted, and the stream goes on: cameras do send a torn picture now and then.
// Eight in a row, or a body with none that is one, and the stream is refused: that is no camera.
#include "exchange.hpp"
#include "jpeg.hpp"
#include "multipart.hpp"
#include "text.hpp"

#include <chrono>
#include <utility>

namespace relay {
namespace {

constexpr int most_bad_frames = 8;

/// Everything that could have been there and is not is the same "absent" to a publisher, as it is to a viewer.
void check(fc::name_status why) {
  switch (why) {
    case fc::name_status::ok: return;
    case fc::name_status::refused: throw refused{problem::unauthorised};
    case fc::name_status::suspended: throw refused{problem::suspended};
    case fc::name_status::unlisted: throw refused{problem::forbidden};
    case fc::name_status::empty:
    case fc::name_status::too_long: throw refused{problem::bad_request};
    case fc::name_status::full: throw refused{problem::too_many};
    case fc::name_status::no_room: throw refused{problem::no_room};
  }
}

void check(fc::begin_status why) {
  switch (why) {
    case fc::begin_status::ok: return;
    case fc::begin_status::refused: throw refused{problem::unauthorised};
    case fc::begin_status::suspended: throw refused{problem::suspended};
    case fc::begin_status::unlisted: throw refused{problem::forbidden};
    case fc::begin_status::unknown: throw refused{problem::absent};
    case fc::begin_status::conflict: throw refused{problem::superseded};
    case fc::begin_status::no_room: throw refused{problem::no_room};
  }
}

/// What ends a stream. `no_room` does not: this frame is lost, the next may find room.
void check(fc::commit_status why) {
  switch (why) {
    case fc::commit_status::superseded: throw refused{problem::superseded};
    case fc::commit_status::suspended: throw refused{problem::suspended};
    case fc::commit_status::refused: throw refused{problem::unauthorised};
    case fc::commit_status::retired: throw refused{problem::absent};
    case fc::commit_status::too_long: throw refused{problem::too_large};
    default: return;
  }
}

class camera_stream {
 public:
  camera_stream(exchange& x, fc::stream stream, body_reader& body) : x_{x}, stream_{std::move(stream)}, body_{body} {}

  task<> take_all(multipart_reader& parts) {
    x_.line.within(x_.shared.settings.quiet_camera);
    for (auto size = co_await parts.next(); size; size = co_await parts.next()) {
      if (*size > x_.shared.settings.max_frame) throw refused{problem::too_large};
      x_.line.within(x_.shared.settings.frame_timeout);
      co_await take_frame(*size);
      x_.line.within(x_.shared.settings.quiet_camera);
    }
    if (accepted_ == 0) throw refused{problem::media_type};
  }

 private:
  task<> take_frame(std::uint64_t size) {
    auto const began = std::chrono::system_clock::now();
    auto draft = stream_.stage(fc::byte_count{size});
    if (!draft) {
      check(draft.why());
      x_.shared.counts.add(problem::no_room);
      co_return co_await body_.skip(size);
    }
    while (!draft.bytes().empty()) {
      auto const count = co_await body_.read_some(draft.bytes());
      if (count == 0 || !draft.advance(fc::byte_count{count})) throw refused{problem::bad_request};
    }
    auto const picture = jpeg_size(draft.written());
    if (!picture) co_return count_bad_frame();
    auto const done = std::move(draft).commit({.captured_at = began,
                                               .keyframe = true,
                                               .codec = fc::codec::jpeg,
                                               .width = picture->width,
                                               .height = picture->height});
    check(done);
    if (done != fc::commit_status::committed) co_return x_.shared.counts.add(problem::no_room);
    x_.shared.counts.frames_in.fetch_add(1, std::memory_order_relaxed);
    bad_in_a_row_ = 0;
    ++accepted_;
  }

  void count_bad_frame() {
    x_.shared.counts.add(problem::bad_frame);
    if (++bad_in_a_row_ == most_bad_frames) throw refused{problem::media_type};
  }

  exchange& x_;
  fc::stream stream_;
  body_reader& body_;
  std::uint64_t accepted_ = 0;
  int bad_in_a_row_ = 0;
};

task<> say_continue(exchange& x) {
  if (!boost::beast::iequals(x.field(http::field::expect), "100-continue")) co_return;
  asio::const_buffer const interim = asio::buffer("HTTP/1.1 100 Continue\r\n\r\n", 25);
  x.line.within(x.shared.settings.frame_timeout);
  co_await x.line.write({&interim, 1});
}

body_reader open_body(exchange& x) {
  auto const encoding = x.field(http::field::transfer_encoding);
  auto const length = parse_number(x.field(http::field::content_length));
  if (!encoding.empty() && !boost::beast::iequals(encoding, "chunked")) throw refused{problem::bad_request};
  if (encoding.empty() && !length) throw refused{problem::length};
  return {x.line, x.held, !encoding.empty(), length.value_or(0)};
}

}  // namespace

task<> push(exchange& x, std::string const& device) {
  x.allow({http::verb::put, http::verb::post});
  x.keep_alive = false;
  auto const who = x.require(fc::role::publisher, x.bearer());
  auto boundary = boundary_of(x.field(http::field::content_type));
  auto body = open_body(x);
  stream_limit::lease const lease{x.shared.streams, who.tenant};
  if (!lease) throw refused{problem::too_many};

  auto camera = x.shared.cache.publisher(x.bearer());
  check(camera.why());
  auto const name = camera.device(device);
  check(name.why());
  auto stream = camera.begin(name);  // the next generation: whoever streamed as this device before is fenced off
  check(stream.why());
  x.shared.names.add(who.tenant, device);

  co_await say_continue(x);
  multipart_reader parts{body, std::move(boundary)};
  camera_stream frames{x, std::move(stream), body};
  co_await frames.take_all(parts);
  answer const reply{.status = 204};
  co_await x.send(reply);
}

}  // namespace relay

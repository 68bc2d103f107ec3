// SPDX-License-Identifier: Apache-2.0
// A request's body, without its chunks: lines for the headers in it, raw bytes for the pictures.
//
// Raw bytes are read from the socket into the caller's memory. What is copied, and all that is copied: bytes that came
// in the same read as the line before them. Lines are read at most `line_read` bytes at a time, so that is less than
// `line_read` bytes of a picture, and once, for the first picture, whatever arrived together with the request's header.
#pragma once

#include "wire.hpp"

#include <boost/beast/core/flat_buffer.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace relay {

class body_reader {
 public:
  /// `held` has what was read beyond the request's header. `length` counts when the body is not chunked.
  body_reader(wire& line, boost::beast::flat_buffer& held, bool chunked, std::uint64_t length)
      : line_{line}, held_{held}, chunked_{chunked}, left_{chunked ? 0 : length} {}

  /// At least one byte; 0 is the end of the body.
  task<std::size_t> read_some(std::span<std::byte> room) {
    bool const any = co_await more();
    if (!any) co_return 0;
    room = room.first(static_cast<std::size_t>(std::min<std::uint64_t>(room.size(), left_)));
    std::size_t count = std::min(room.size(), held_.size());
    if (count > 0) {
      std::memcpy(room.data(), held_.data().data(), count);
      held_.consume(count);
    } else {
      count = co_await line_.read_some(room);
    }
    left_ -= count;
    co_return count;
  }

  /// The next line without its CRLF; nothing when the body ends where a line would begin.
  /// Errors: refused{too_long} past `most` bytes; refused{bad_request} for a body that ends inside a line.
  task<std::optional<std::string>> read_line(std::size_t most, problem too_long) {
    std::string text;
    for (bool any = co_await more(); any; any = co_await more()) {
      if (held_.size() == 0) co_await fill();
      while (held_.size() > 0 && left_ > 0) {
        --left_;
        if (take_into(text)) co_return without_return(std::move(text));
        if (text.size() > most) throw refused{too_long};
      }
    }
    if (!text.empty()) throw refused{problem::bad_request};
    co_return std::nullopt;
  }

  /// Reads and forgets.
  task<> skip(std::uint64_t count) {
    std::array<std::byte, 4096> scrap;
    while (count > 0) {
      auto const wanted = static_cast<std::size_t>(std::min<std::uint64_t>(count, scrap.size()));
      auto const got = co_await read_some(std::span{scrap}.first(wanted));
      if (got == 0) throw refused{problem::bad_request};
      count -= got;
    }
  }

 private:
  static constexpr std::size_t line_read = 512;
  static constexpr std::size_t longest_chunk_line = 256;
  static constexpr int most_trailers = 16;

  /// Makes sure that there is something left of this chunk, which may mean to begin the next. False at the body's end.
  task<bool> more() {
    if (left_ > 0) co_return true;
    if (!chunked_ || ended_) co_return false;
    std::string line;
    if (!first_) line = co_await chunk_line();
    if (!line.empty()) throw refused{problem::bad_request};
    first_ = false;
    line = co_await chunk_line();
    left_ = chunk_size(line);
    if (left_ > 0) co_return true;
    ended_ = true;
    for (int trailers = 0; !line.empty(); ++trailers) {
      if (trailers > most_trailers) throw refused{problem::header};
      line = co_await chunk_line();
    }
    co_return false;
  }

  /// A line of the chunked coding itself.
  task<std::string> chunk_line() {
    std::string text;
    for (;;) {
      if (held_.size() == 0) co_await fill();
      if (take_into(text)) co_return without_return(std::move(text));
      if (text.size() > longest_chunk_line) throw refused{problem::bad_request};
    }
  }

  /// `1a2b` or `1a2b;extension`, at most eight digits: more would be a body without end.
  static std::uint64_t chunk_size(std::string_view line) {
    auto const digits = line.substr(0, line.find_first_of("; \t"));
    std::uint64_t size = 0;
    auto const [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), size, 16);
    bool const valid = error == std::errc{} && end == digits.data() + digits.size();
    if (!valid || digits.size() > 8 || digits.front() == '-') throw refused{problem::bad_request};
    return size;
  }

  task<> fill() {
    auto const room = held_.prepare(line_read);
    auto const count = co_await line_.read_some({static_cast<std::byte*>(room.data()), room.size()});
    held_.commit(count);
  }

  /// One byte; true when it ended the line.
  bool take_into(std::string& text) {
    char const c = *static_cast<char const*>(held_.data().data());
    held_.consume(1);
    if (c != '\n') text += c;
    return c == '\n';
  }

  static std::string without_return(std::string text) {
    if (!text.ends_with('\r')) throw refused{problem::bad_request};
    text.pop_back();
    return text;
  }

  wire& line_;
  boost::beast::flat_buffer& held_;
  bool const chunked_;
  bool first_ = true;
  bool ended_ = false;
  std::uint64_t left_;  // of the body, or of this chunk
};

}  // namespace relay

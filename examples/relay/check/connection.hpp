// SPDX-License-Identifier: Apache-2.0
// One viewer's connection to the relay: answers one by one, or the parts of a live stream.
#pragma once

#include "picture.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace check {

namespace beast = boost::beast;
namespace http = beast::http;
namespace net = boost::asio;
using namespace std::chrono_literals;

struct place {
  std::string host = "127.0.0.1", port;
};

using answer = http::response<http::vector_body<unsigned char>>;

inline std::optional<std::uint64_t> number_in(http::fields const& fields, std::string_view name) {
  auto const found = fields.find(beast::string_view{name.data(), name.size()});
  if (found == fields.end()) return std::nullopt;
  std::uint64_t n = 0;
  auto const text = found->value();
  auto const [stop, error] = std::from_chars(text.data(), text.data() + text.size(), n);
  if (error != std::errc{} || stop != text.data() + text.size()) return std::nullopt;
  return n;
}

// One keep-alive connection to the relay.
class connection {
 public:
  connection(net::any_io_executor executor, place relay, std::string token)
      : stream_(std::move(executor)), relay_(std::move(relay)), token_(std::move(token)) {}

  // Throws boost::system::system_error when the relay cannot be reached, breaks off, or is silent for ten seconds; the
  // next call connects anew.
  net::awaitable<answer> get(std::string target) {
    bool const reused = open_;
    if (!open_) co_await connect();
    stream_.expires_after(10s);
    beast::error_code error;
    co_await http::async_write(stream_, request(target), net::redirect_error(net::use_awaitable, error));
    answer got;
    if (!error) {
      http::response_parser<answer::body_type> parser;
      parser.body_limit(std::uint64_t{64} << 20);
      co_await http::async_read(stream_, buffer_, parser, net::redirect_error(net::use_awaitable, error));
      got = parser.release();
    }
    if (error) close();
    // A server may close a connection between two answers; asking again on a new one is no fault of anybody's.
    bool const idle_close = error == http::error::end_of_stream || error == net::error::connection_reset ||
                            error == net::error::broken_pipe;
    if (error && reused && idle_close) co_return co_await get(std::move(target));
    if (error) throw boost::system::system_error(error);
    if (!got.keep_alive()) close();
    co_return got;
  }

  // Calls `part(fields, bytes)` for every part of a multipart stream until it ends or `part` returns false.
  // Returns the status; a status other than 200 has no parts.
  template <class Part>
  net::awaitable<unsigned> stream(std::string target, Part part);

 private:
  net::awaitable<void> connect() {
    stream_.expires_after(10s);
    net::ip::tcp::resolver resolver(stream_.get_executor());
    auto const places = co_await resolver.async_resolve(relay_.host, relay_.port, net::use_awaitable);
    co_await stream_.async_connect(places, net::use_awaitable);
    stream_.socket().set_option(net::ip::tcp::no_delay(true));
    open_ = true;
  }

  void close() {
    beast::error_code ignored;
    static_cast<void>(stream_.socket().close(ignored));
    buffer_.clear();
    open_ = false;
  }

  // By value: the caller's co_await keeps it alive for the whole write.
  [[nodiscard]] http::request<http::empty_body> request(std::string const& target) const {
    http::request<http::empty_body> asking{http::verb::get, target, 11};
    asking.set(http::field::host, relay_.host + ":" + relay_.port);
    asking.set(http::field::authorization, "Bearer " + token_);
    asking.set(http::field::user_agent, "relay_check");
    return asking;
  }

  beast::tcp_stream stream_;
  place relay_;
  std::string token_;
  beast::flat_buffer buffer_;
  bool open_ = false;
};

// Takes multipart parts out of a growing text. A part needs a Content-Length: without one its end is a guess.
class part_reader {
 public:
  explicit part_reader(std::string boundary) : mark_("--" + std::move(boundary)) {}

  void add(std::string_view more) { text_.append(more); }

  // False: no whole part is there yet. Throws std::runtime_error when what is there is no part.
  bool next(http::fields& fields, bytes& body) {
    auto const begin = text_.find_first_not_of("\r\n");
    if (begin == std::string::npos) return false;
    auto const head_end = text_.find("\r\n\r\n", begin);
    if (head_end == std::string::npos) return false;
    if (text_.compare(begin, mark_.size(), mark_) != 0) throw std::runtime_error("a part without its boundary");
    fields = parse(text_.substr(begin + mark_.size(), head_end - begin - mark_.size()));
    auto const length = number_in(fields, "Content-Length");
    if (!length) throw std::runtime_error("a part without a Content-Length");
    auto const from = head_end + 4;
    if (text_.size() < from + *length) return false;
    auto const first = text_.begin() + static_cast<std::ptrdiff_t>(from);
    body.assign(first, first + static_cast<std::ptrdiff_t>(*length));
    text_.erase(0, from + *length);
    return true;
  }

 private:
  static http::fields parse(std::string const& head) {
    http::fields fields;
    std::istringstream lines(head);
    for (std::string line; std::getline(lines, line);) {
      auto const colon = line.find(':');
      if (colon == std::string::npos) continue;
      auto const value = line.find_first_not_of(" \t", colon + 1);
      auto const end = line.find_last_not_of(" \t\r");
      if (value != std::string::npos) fields.insert(line.substr(0, colon), line.substr(value, end + 1 - value));
    }
    return fields;
  }

  std::string mark_, text_;
};

inline std::string boundary_of(http::fields const& fields) {
  std::string const type(fields[http::field::content_type]);
  auto const at = type.find("boundary=");
  if (!type.starts_with("multipart/x-mixed-replace") || at == std::string::npos) return {};
  auto value = type.substr(at + 9);
  value.erase(std::remove(value.begin(), value.end(), '"'), value.end());
  return value.substr(0, value.find_first_of("; "));
}

template <class Part>
net::awaitable<unsigned> connection::stream(std::string target, Part part) {
  if (open_) close();
  co_await connect();
  co_await http::async_write(stream_, request(target), net::use_awaitable);
  http::response_parser<http::buffer_body> parser;
  parser.body_limit(boost::none);
  co_await http::async_read_header(stream_, buffer_, parser, net::use_awaitable);
  if (parser.get().result() != http::status::ok) {
    close();
    co_return parser.get().result_int();
  }
  std::string const boundary = boundary_of(parser.get());
  if (boundary.empty()) throw std::runtime_error("a live answer that is no multipart/x-mixed-replace");
  part_reader reader(boundary);
  std::vector<char> chunk(64 * 1024);
  http::fields fields;
  bytes body;
  bool wanted = true;
  while (wanted && !parser.is_done()) {
    // A camera that is gone is silent for seconds; its stream need not end for that.
    stream_.expires_after(10s);
    parser.get().body().data = chunk.data();
    parser.get().body().size = chunk.size();
    beast::error_code error;
    co_await http::async_read_some(stream_, buffer_, parser, net::redirect_error(net::use_awaitable, error));
    if (error == http::error::need_buffer) error = {};
    if (error) break;
    reader.add({chunk.data(), chunk.size() - parser.get().body().size});
    while (wanted && reader.next(fields, body)) wanted = part(fields, body);
  }
  close();
  co_return 200;
}

}  // namespace check

// SPDX-License-Identifier: Apache-2.0
// One connection: requests one after another, each sent to its handler; what goes wrong becomes an answer and a count.
#pragma once

#include "exchange.hpp"

#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <exception>
#include <memory>
#include <optional>
#include <utility>

namespace relay {

/// Finds the handler for a request's address. Errors: refused.
task<> dispatch(exchange& x);

class session {
 public:
  session(service& shared, std::shared_ptr<wire> line)
      : shared_{shared}, line_{std::move(line)}, place_{shared.connections, *line_} {}

  task<> run() {
    try {
      line_->within(shared_.settings.idle_timeout);
      co_await line_->handshake();
      co_await serve_requests();
      co_await line_->close();
    } catch (refused const& why) {
      shared_.counts.add(why.kind);  // nobody is left to be told: a handshake or a write that took too long
    } catch (boost::system::system_error const&) {
      // The peer went away, or we are ending.
    } catch (std::exception const&) {
      shared_.counts.add(problem::overloaded);  // no memory: this connection is lost, the relay is not
    }
    if (line_->gave_way()) shared_.counts.add(problem::idle_connection);
  }

 private:
  using parser = http::request_parser<http::empty_body>;
  static constexpr std::size_t buffer_size = 16 * 1024;
  static constexpr std::uint32_t longest_header = 12 * 1024;  // less than the buffer: the parser is to complain
  static constexpr std::size_t header_read = 2048;

  task<> serve_requests() {
    for (bool more = true; more && !line_->ending();) {
      place_.set_busy(false);
      more = co_await serve_one();
    }
  }

  /// False: no further request on this connection.
  task<bool> serve_one() {
    parser request;
    request.header_limit(longest_header);
    request.body_limit(boost::none);  // bodies are read, and bounded, by the one handler that takes them
    request.eager(false);

    std::optional<problem> wrong;
    try {
      if (!place_.admitted()) throw refused{problem::overloaded};
      bool const complete = co_await read_header(request);
      if (!complete) co_return false;
    } catch (refused const& why) {
      wrong = why.kind;
    }
    place_.set_busy(true);
    exchange x{shared_, *line_, held_, request.get().base(), request.keep_alive() && !wrong};
    if (!wrong) {
      try {
        co_await dispatch(x);
      } catch (refused const& why) {
        if (why.kind == problem::slow_reader) throw;
        wrong = why.kind;
      }
    }
    if (wrong) co_await answer_problem(x, *wrong);
    co_return x.keep_alive;
  }

  /// False: the peer closed, or said nothing for too long, between two requests.
  task<bool> read_header(parser& request) {
    line_->within(shared_.settings.idle_timeout);
    for (bool began = held_.size() > 0;; began = true) {
      boost::system::error_code error;
      if (held_.size() > 0) held_.consume(request.put(held_.data(), error));
      if (request.is_header_done()) co_return true;
      if (error == http::error::header_limit || held_.size() == held_.max_size()) {
        throw refused{request.get().target().empty() ? problem::uri : problem::header};
      }
      if (error && error != http::error::need_more) throw refused{problem::bad_request};
      auto const room = held_.prepare(std::min(header_read, held_.max_size() - held_.size()));
      try {
        auto const count = co_await line_->read_some({static_cast<std::byte*>(room.data()), room.size()});
        held_.commit(count);
      } catch (refused const&) {
        if (began) throw;
        co_return false;
      }
    }
  }

  task<> answer_problem(exchange& x, problem kind) {
    shared_.counts.add(kind);
    auto const& [status, name] = fact(kind);
    answer what{.status = status, .type = "application/json"};
    auto const body = "{\"error\":\"" + std::string{name} + "\"}";
    what.body = body;
    if (status == 401) what.fields += "WWW-Authenticate: Bearer\r\n";
    if (status == 405) what.fields += "Allow: " + x.allowed() + "\r\n";
    if (status == 429 || status == 503) what.fields += "Retry-After: 1\r\n";
    bool const lost_the_thread = status == 400 || status == 408 || status == 413 || status == 414 || status == 431 ||
                                 kind == problem::overloaded;
    if (lost_the_thread || x.has_body()) x.keep_alive = false;
    co_await x.send(what);
  }

  service& shared_;
  std::shared_ptr<wire> const line_;
  connection_limit::place place_;
  boost::beast::flat_buffer held_{buffer_size};
};

}  // namespace relay

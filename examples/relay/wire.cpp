// SPDX-License-Identifier: Apache-2.0
#include "wire.hpp"

#include <poll.h>

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <utility>

namespace relay {
namespace {

constexpr int send_queue_bytes = 128 * 1024;
constexpr std::size_t most_discarded = 1024 * 1024;
constexpr std::chrono::seconds goodbye_time{1};

/// Completion into an error code instead of an exception.
auto into(boost::system::error_code& error) { return asio::redirect_error(asio::use_awaitable, error); }

asio::mutable_buffer buffer_of(std::span<std::byte> bytes) { return asio::buffer(bytes.data(), bytes.size()); }

}  // namespace

wire::wire(tcp::socket socket, asio::ssl::context* tls)
    : socket_{std::move(socket)}, deadline_timer_{socket_.get_executor()}, bell_{socket_.get_executor()} {
  if (tls != nullptr) tls_.emplace(socket_, *tls);
  boost::system::error_code ignored;
  socket_.set_option(tcp::no_delay{true}, ignored);
}

task<> wire::handshake() {
  if (!tls_) co_return;
  boost::system::error_code error;
  check_before(problem::handshake);
  reading_ = true;
  co_await tls_->async_handshake(asio::ssl::stream_base::server, into(error));
  reading_ = false;
  if (error) fail(error, problem::handshake);
}

task<std::size_t> wire::read_some(std::span<std::byte> room) {
  boost::system::error_code error;
  check_before(problem::timeout);
  reading_ = true;
  std::size_t count = 0;
  if (tls_) {
    count = co_await tls_->async_read_some(buffer_of(room), into(error));
  } else {
    count = co_await socket_.async_read_some(buffer_of(room), into(error));
  }
  reading_ = false;
  if (error) fail(error, problem::timeout);
  co_return count;
}

task<> wire::write(std::span<asio::const_buffer const> pieces) {
  boost::system::error_code error;
  check_before(problem::slow_reader);
  if (tls_) {
    co_await asio::async_write(*tls_, pieces, into(error));
  } else {
    co_await asio::async_write(socket_, pieces, into(error));
  }
  if (error) fail(error, problem::slow_reader);
}

// Closing a socket with unread bytes in it resets the connection, and a reset throws away an answer that the peer has
// not read yet. So: no more from us, then read and forget for a moment, bounded in bytes and in time.
task<> wire::close() {
  boost::system::error_code error;
  ending_ = false;
  within(goodbye_time);
  if (tls_) co_await tls_->async_shutdown(into(error));
  socket_.shutdown(tcp::socket::shutdown_send, error);
  std::array<std::byte, 4096> scrap;
  for (std::size_t count = 0; !error && !timed_out_ && count < most_discarded;) {
    auto const some = co_await socket_.async_read_some(buffer_of(scrap), into(error));
    count += some;
  }
  socket_.close(error);
  deadline_timer_.cancel();
}

void wire::within(std::chrono::milliseconds limit) {
  timed_out_ = false;
  deadline_ = steady::now() + limit;
  if (deadline_ < armed_for_) watch_deadline();
}

// A deadline that moves on costs a store; the timer finds out when it fires, and sleeps again for the rest.
void wire::watch_deadline() {
  armed_for_ = deadline_;
  deadline_timer_.expires_at(armed_for_);
  deadline_timer_.async_wait([line = weak_from_this()](boost::system::error_code error) {
    auto const self = line.lock();
    if (!self || error) return;
    self->armed_for_ = steady::time_point::max();
    if (steady::now() >= self->deadline_) {
      self->timed_out_ = true;
      self->deadline_ = steady::time_point::max();
      self->socket_.cancel(error);
    } else if (self->deadline_ != steady::time_point::max()) {
      self->watch_deadline();
    }
  });
}

task<bool> wire::wait(steady::time_point deadline) {
  if (!rang_) {
    boost::system::error_code ignored;
    bell_.expires_at(deadline);
    co_await bell_.async_wait(into(ignored));
  }
  co_return std::exchange(rang_, false);
}

void wire::ring() {
  asio::post(socket_.get_executor(), [self = shared_from_this()] {
    self->rang_ = true;
    self->bell_.cancel();
  });
}

void wire::stop_reading() {
  ending_ = true;
  rang_ = true;
  bell_.cancel();
  boost::system::error_code ignored;
  if (reading_) socket_.cancel(ignored);
}

void wire::end() {
  asio::post(socket_.get_executor(), [self = shared_from_this()] { self->stop_reading(); });
}

void wire::give_way() {
  asio::post(socket_.get_executor(), [self = shared_from_this()] {
    self->gave_way_ = true;
    self->stop_reading();
  });
}

void wire::abort() {
  asio::post(socket_.get_executor(), [self = shared_from_this()] {
    self->stop_reading();
    boost::system::error_code ignored;
    self->socket_.close(ignored);
  });
}

bool wire::peer_gone() {
  pollfd state{socket_.native_handle(), POLLRDHUP, 0};
  return ::poll(&state, 1, 0) != 0;
}

void wire::keep_send_queue_short() {
  boost::system::error_code ignored;
  socket_.set_option(asio::socket_base::send_buffer_size{send_queue_bytes}, ignored);
}

void wire::check_before(problem kind) {
  if (timed_out_) fail({}, kind);
  if (ending_ && kind != problem::slow_reader) throw boost::system::system_error(asio::error::operation_aborted);
}

void wire::fail(boost::system::error_code error, problem kind) {
  if (timed_out_) throw refused{kind};
  throw boost::system::system_error(error);
}

}  // namespace relay

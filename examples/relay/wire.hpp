// SPDX-License-Identifier: Apache-2.0
// One accepted connection, plain or TLS: bytes in, bytes out, a deadline for both, and a bell that other threads ring.
//
// Everything runs on the connection's strand but `ring`, `end`, `give_way` and `abort`, which any thread may call.
// Errors: boost::system::system_error when the peer is gone or the relay ends the connection; refused{timeout} when a
// read, refused{slow_reader} when a write misses its deadline (reading on or answering is still possible after either).
#pragma once

#include "report.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>

namespace relay {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;
template <class Result = void>
using task = asio::awaitable<Result>;
using steady = std::chrono::steady_clock;

class wire : public std::enable_shared_from_this<wire> {
 public:
  /// The socket's executor is the connection's strand. Without a context there is no TLS.
  wire(tcp::socket socket, asio::ssl::context* tls);

  task<> handshake();

  /// One read of whatever there is, straight into the caller's memory; at least one byte.
  task<std::size_t> read_some(std::span<std::byte> into);

  /// Writes it all, gathered from where it lies.
  task<> write(std::span<asio::const_buffer const> pieces);

  /// Says goodbye: an answer that was written is not lost because the peer was still sending.
  task<> close();

  /// From now on reads and writes have this long in all.
  void within(std::chrono::milliseconds limit);
  void without_deadline() { deadline_ = steady::time_point::max(); }

  /// Waits for the bell, at most until `deadline`; true when it rang. A ring before the wait counts.
  task<bool> wait(steady::time_point deadline);

  void ring();      ///< wakes `wait`
  void end();       ///< what is being written goes out; nothing more is read
  void give_way();  ///< the same, because the place is needed
  void abort();     ///< at once

  bool ending() const { return ending_; }
  bool gave_way() const { return gave_way_; }

  /// Has the peer closed, or said that it will send no more? A live stream's only way to know while it has no frame.
  bool peer_gone();

  /// Bounds what the kernel queues for a slow reader: a queue of old frames is not live.
  void keep_send_queue_short();

 private:
  void watch_deadline();
  void stop_reading();
  void check_before(problem kind);
  [[noreturn]] void fail(boost::system::error_code error, problem kind);

  tcp::socket socket_;
  std::optional<asio::ssl::stream<tcp::socket&>> tls_;
  asio::steady_timer deadline_timer_;
  asio::steady_timer bell_;
  steady::time_point deadline_ = steady::time_point::max();
  steady::time_point armed_for_ = steady::time_point::max();
  bool timed_out_ = false;
  bool reading_ = false;
  bool rang_ = false;
  bool ending_ = false;
  bool gave_way_ = false;
};

}  // namespace relay

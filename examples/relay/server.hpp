// SPDX-License-Identifier: Apache-2.0
// Accepts connections until it is told to drain.
#pragma once

#include "session.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <memory>
#include <string>
#include <utility>

namespace relay {

class server {
 public:
  /// Listens from here on. Errors: boost::system::system_error (address in use, no such certificate, ...).
  server(asio::io_context& context, service& shared)
      : context_{context}, shared_{shared}, tls_{tls_context(shared.settings)}, acceptor_{context} {
    tcp::endpoint const where{asio::ip::make_address(shared.settings.listen), shared.settings.port};
    acceptor_.open(where.protocol());
    acceptor_.set_option(tcp::acceptor::reuse_address{true});
    acceptor_.bind(where);
    acceptor_.listen();
  }

  std::string address() const {
    auto const where = acceptor_.local_endpoint();
    auto const host = where.address().to_string();
    return (tls_ ? "https://" : "http://") + (where.address().is_v6() ? '[' + host + ']' : host) + ':' +
           std::to_string(where.port());
  }

  /// This and `drain` run on one strand.
  task<> accept_all() {
    while (acceptor_.is_open()) {
      boost::system::error_code error;
      auto socket = co_await acceptor_.async_accept(asio::make_strand(context_),
                                                    asio::redirect_error(asio::use_awaitable, error));
      if (!error) {
        auto const strand = socket.get_executor();
        asio::co_spawn(strand, hold(shared_, std::make_shared<wire>(std::move(socket), tls_.get())), asio::detached);
      } else if (error != asio::error::operation_aborted) {
        co_await pause(std::chrono::milliseconds{20});  // out of descriptors: to try again at once would burn a core
      }
    }
  }

  /// No new connections; those there are finish what they are writing; those that do not are cut.
  task<> drain() {
    boost::system::error_code ignored;
    acceptor_.close(ignored);
    auto const deadline = steady::now() + std::chrono::seconds{3};
    shared_.connections.end_all(false);
    while (shared_.connections.count() > 0 && steady::now() < deadline) co_await pause(std::chrono::milliseconds{10});
    shared_.connections.end_all(true);
    while (shared_.connections.count() > 0) co_await pause(std::chrono::milliseconds{10});
  }

 private:
  static std::unique_ptr<asio::ssl::context> tls_context(serve_options const& settings) {
    if (settings.tls_cert.empty()) return nullptr;
    auto made = std::make_unique<asio::ssl::context>(asio::ssl::context::tls_server);
    made->use_certificate_chain_file(settings.tls_cert);
    made->use_private_key_file(settings.tls_key, asio::ssl::context::pem);
    ::SSL_CTX_set_min_proto_version(made->native_handle(), TLS1_2_VERSION);
    ::SSL_CTX_set_mode(made->native_handle(), SSL_MODE_RELEASE_BUFFERS);  // an idle connection keeps none
    ::SSL_CTX_set_options(made->native_handle(), SSL_OP_NO_RENEGOTIATION);
    return made;
  }

  /// Keeps the session where its coroutine is.
  static task<> hold(service& shared, std::shared_ptr<wire> line) {
    session connection{shared, std::move(line)};
    co_await connection.run();
  }

  static task<> pause(std::chrono::milliseconds time) {
    auto const executor = co_await asio::this_coro::executor;
    asio::steady_timer timer{executor, time};
    co_await timer.async_wait(asio::use_awaitable);
  }

  asio::io_context& context_;
  service& shared_;
  std::unique_ptr<asio::ssl::context> tls_;
  tcp::acceptor acceptor_;
};

}  // namespace relay

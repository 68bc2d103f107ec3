// SPDX-License-Identifier: Apache-2.0
//
// Redis on loopback, through hiredis. Each thread has a connection of its own.
#pragma once

#include <arpa/inet.h>
#include <hiredis/hiredis.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <peers/server.hpp>

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace bench {

class redis_server final {
 public:
  static constexpr std::string_view name = "Redis, loopback";
  static constexpr kind what = kind::server;
  [[nodiscard]] static std::string version() {
    return "hiredis " + std::to_string(HIREDIS_MAJOR) + "." + std::to_string(HIREDIS_MINOR);
  }
  [[nodiscard]] static bool takes(work const& w) { return is_short(w); }
  using request = std::string;

  explicit redis_server(setting const& how)
      : homes_(how.homes),
        port_(free_port()),
        server_({"redis-server", "--port", std::to_string(port_), "--bind", "127.0.0.1", "--save", "", "--appendonly",
                 "no", "--loglevel", "warning", "--logfile", "/dev/null", "--maxmemory", "1gb", "--maxmemory-policy",
                 "allkeys-lru"}) {
    server_.wait_until([&] { return reply(connect(), "PING") != nullptr; });
  }

  [[nodiscard]] request request_for(std::uint32_t camera) const {
    auto const w = words_of(homes_, camera);
    return text_of(w.tenant, w.camera, w.generation);
  }
  [[nodiscard]] bool get(request const& r) const {
    auto const found = reply(connection(), "GET %b", r.data(), r.size());
    if (!found || found->type != REDIS_REPLY_STRING) return false;
    touch({reinterpret_cast<std::byte const*>(found->str), static_cast<std::size_t>(found->len)});
    return true;
  }
  [[nodiscard]] bool put(request const& r, bytes frame) const {
    auto const done = reply(connection(), "SET %b %b", r.data(), r.size(), frame.data(), frame.size());
    return done && done->type == REDIS_REPLY_STATUS;
  }

 private:
  struct close {
    void operator()(::redisContext* of) const { ::redisFree(of); }
    void operator()(::redisReply* of) const { ::freeReplyObject(of); }
  };
  using link = std::unique_ptr<::redisContext, close>;

  template <class... Arguments>
  [[nodiscard]] static std::unique_ptr<::redisReply, close> reply(link const& to, char const* form,
                                                                  Arguments... arguments) {
    if (!to || to->err != 0) return nullptr;
    return std::unique_ptr<::redisReply, close>(
        static_cast<::redisReply*>(::redisCommand(to.get(), form, arguments...)));
  }
  [[nodiscard]] link connect() const { return link(::redisConnect("127.0.0.1", port_)); }
  [[nodiscard]] link const& connection() const {
    thread_local link mine;
    thread_local redis_server const* whose = nullptr;
    if (whose != this) {
      mine = connect();
      whose = this;
    }
    return mine;
  }
  // One that the kernel says is free now.
  [[nodiscard]] static int free_port() {
    int const socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ::sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::socklen_t size = sizeof at;
    bool const bound = socket >= 0 && ::bind(socket, reinterpret_cast<::sockaddr*>(&at), size) == 0 &&
                       ::getsockname(socket, reinterpret_cast<::sockaddr*>(&at), &size) == 0;
    if (socket >= 0) ::close(socket);
    if (!bound) throw std::runtime_error("no port is free for redis-server");
    return ntohs(at.sin_port);
  }

  shape const homes_;
  int const port_;
  server_process const server_;
};

}  // namespace bench

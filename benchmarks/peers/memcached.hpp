// SPDX-License-Identifier: Apache-2.0
//
// memcached on a unix socket, through libmemcached. Each thread has a connection of its own.
#pragma once

#include <libmemcached/memcached.h>
#include <unistd.h>

#include <peers/server.hpp>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace bench {

class memcached_server final {
 public:
  static constexpr std::string_view name = "memcached, unix socket";
  static constexpr kind what = kind::server;
  [[nodiscard]] static std::string version() { return std::string{"libmemcached "} + ::memcached_lib_version(); }
  [[nodiscard]] static bool takes(work const& w) { return is_short(w); }
  using request = std::string;

  explicit memcached_server(setting const& how)
      : homes_(how.homes),
        socket_((std::filesystem::temp_directory_path() / ("framecache-bench-" + std::to_string(::getpid()))).string()),
        server_({"memcached", "-u", "nobody", "-a", "0777", "-s", socket_, "-m", "1024", "-t", "2"}) {
    server_.wait_until([&] { return ::access(socket_.c_str(), R_OK | W_OK) == 0; });
  }
  ~memcached_server() { std::filesystem::remove(socket_); }

  [[nodiscard]] request request_for(std::uint32_t camera) const {
    auto const w = words_of(homes_, camera);
    return text_of(w.tenant, w.camera, w.generation);
  }
  [[nodiscard]] bool get(request const& r) const {
    std::size_t size = 0;
    std::uint32_t flags = 0;
    ::memcached_return_t why{};
    std::unique_ptr<char, decltype(&std::free)> const found(
        ::memcached_get(&connection(), r.data(), r.size(), &size, &flags, &why), &std::free);
    if (!found || why != MEMCACHED_SUCCESS) return false;
    touch({reinterpret_cast<std::byte const*>(found.get()), size});
    return true;
  }
  [[nodiscard]] bool put(request const& r, bytes frame) const {
    auto const* const at = reinterpret_cast<char const*>(frame.data());
    return ::memcached_set(&connection(), r.data(), r.size(), at, frame.size(), 0, 0) == MEMCACHED_SUCCESS;
  }

 private:
  [[nodiscard]] ::memcached_st& connection() const {
    thread_local std::unique_ptr<::memcached_st, decltype(&::memcached_free)> mine(nullptr, &::memcached_free);
    thread_local memcached_server const* whose = nullptr;
    if (whose != this) {
      mine.reset(::memcached_create(nullptr));
      ::memcached_server_add_unix_socket(mine.get(), socket_.c_str());
      whose = this;
    }
    return *mine;
  }

  shape const homes_;
  std::string const socket_;
  server_process const server_;
};

}  // namespace bench

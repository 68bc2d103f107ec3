// SPDX-License-Identifier: Apache-2.0
//
// A server process of one's own: started, waited for, ended.
#pragma once

#include <harness/adapter.hpp>

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace bench {

class server_process final {
 public:
  explicit server_process(std::vector<std::string> command) : name_(command.front()) {
    std::vector<char*> arguments;
    for (auto& each : command) arguments.push_back(each.data());
    arguments.push_back(nullptr);
    if (::posix_spawnp(&pid_, arguments.front(), nullptr, nullptr, arguments.data(), environ) != 0) {
      throw std::runtime_error(name_ + " could not be started");
    }
  }
  server_process(server_process const&) = delete;
  server_process& operator=(server_process const&) = delete;
  ~server_process() {
    ::kill(pid_, SIGTERM);
    ::waitpid(pid_, nullptr, 0);
  }

  // Calls `answers` until it is true, ten seconds at most.
  template <class Answers>
  void wait_until(Answers const& answers) const {
    for (int i = 0; i != 1'000; ++i) {
      if (answers()) return;
      std::this_thread::sleep_for(std::chrono::milliseconds{10});
    }
    throw std::runtime_error(name_ + " does not answer");
  }

 private:
  std::string const name_;
  pid_t pid_ = -1;
};

// The words of a key as text, which both servers' protocols want.
[[nodiscard]] inline std::string text_of(std::uint64_t tenant, std::uint64_t camera, std::uint64_t generation) {
  return std::to_string(tenant) + ':' + std::to_string(camera) + ':' + std::to_string(generation) + ":1";
}

// Works for which another process is asked at all: it is a thousand times slower, and that is soon seen.
[[nodiscard]] inline bool is_short(work const& w) { return w.name == "hit_100k" || w.name == "half_half"; }

}  // namespace bench

// SPDX-License-Identifier: Apache-2.0
//
// Everybody who was built in. Contestants whose package is missing are not.
#pragma once

#include <benchmark/benchmark.h>

#include <harness/adapter.hpp>
#include <harness/hits.hpp>
#include <harness/memory.hpp>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

using measured_round = std::function<void(benchmark::State&)>;

struct entrant {
  std::string_view name;
  kind what;
  int most_threads;
  std::string (*version)();
  bool (*takes)(work const&);
  std::string (*check)();
  bool keeps_frames;
  occupied (*weigh)(shape const&, bool filled);
  hit_count (*hits)(work const&);
  measured_round (*prepare)(work const&);
};

[[nodiscard]] inline std::vector<entrant>& roster() {
  static std::vector<entrant> all;
  return all;
}

[[nodiscard]] inline std::string_view to_string(kind what) {
  constexpr std::string_view names[] = {"ours", "peer", "reference", "floor", "server"};
  return names[static_cast<std::size_t>(what)];
}

}  // namespace bench

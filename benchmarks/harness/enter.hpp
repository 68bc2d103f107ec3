// SPDX-License-Identifier: Apache-2.0
//
// How a contestant enters: a line in CMakeLists.txt writes a source file that calls enter<its adapters...>().
#pragma once

#include <harness/check.hpp>
#include <harness/memory.hpp>
#include <harness/roster.hpp>
#include <harness/rounds.hpp>

#include <memory>
#include <string>

namespace bench {

template <adapter A>
[[nodiscard]] entrant entrant_for() {
  return {.name = A::name,
          .what = A::what,
          .most_threads = most_threads<A>(),
          .version = [] { return std::string{A::version()}; },
          .takes = &A::takes,
          .check = &what_is_broken<A>,
          .keeps_frames = !requires {A::keeps_frames;
}
, .weigh = &occupied_by<A>, .hits = &hits_of<A>, .prepare = [](work const& w) -> measured_round {
  auto prepared = std::make_shared<field<A>>(w);
  return [prepared](benchmark::State& s) { round_of(s, *prepared); };
}
};  // namespace bench
}

template <adapter... As>
bool enter() {
  (roster().push_back(entrant_for<As>()), ...);
  return true;
}

}  // namespace bench

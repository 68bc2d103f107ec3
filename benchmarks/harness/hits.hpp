// SPDX-License-Identifier: Apache-2.0
//
// The hit ratio of a bounded contestant, as one thread sees it: the whole tape once to fill it, and once more to count. Every
// contestant is asked for the same in the same order, so that the ratio is exact and has no spread; rounds that are timed end
// where the clock says.
#pragma once

#include <harness/field.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace bench {

struct hit_count {
  std::uint64_t gets = 0;
  std::uint64_t hits = 0;
  std::uint64_t held =
      0;  // frames while they were counted; as far as the contestant says, otherwise how many it was made for
};

template <adapter A>
[[nodiscard]] hit_count hits_of(work const& what) {
  auto const tape = tape_for(what);
  auto const frame = frame_bytes(what.blob, 1);
  auto const twice = [&](A& cache) {
    return [&, walk = walks_along(tape, frame)(cache)](std::size_t from, std::size_t to) {
      std::uint64_t hits = 0;
      if (from < tape.size()) hits += walk(from, std::min(to, tape.size()));
      if (to > tape.size()) hits += walk(std::max(from, tape.size()) - tape.size(), to - tape.size());
      return hits;
    };
  };
  auto const done = fitted<A>(setting_of(what), 2 * tape.size(), twice);
  return {tape.size(), done.late_hits, done.held};
}

}  // namespace bench

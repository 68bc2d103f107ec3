// SPDX-License-Identifier: Apache-2.0
//
// The hit ratio of a bounded contestant, as one thread sees it: the whole tape once to fill it, and once more to count. Every
// contestant is asked for the same in the same order, so that the ratio is exact and has no spread; rounds that are timed end
// where the clock says.
#pragma once

#include <harness/field.hpp>

#include <cstdint>

namespace bench {

struct hit_count {
  std::uint64_t gets = 0;
  std::uint64_t hits = 0;
  std::uint64_t held =
      0;  // frames for half of the walk or more, as far as the contestant says; otherwise how many it was made for
};

template <adapter A>
[[nodiscard]] hit_count hits_of(work const& what) {
  auto const tape = tape_for(what);
  auto const frame = frame_bytes(what.blob, 1);
  auto const walk = [&](A& cache, auto&& each) { return walk_along(cache, tape, frame, each); };
  A cache(fitted<A>(setting_of(what), tape.size(), walk));
  (void)walk(cache, unwatched);
  hit_count counted{tape.size(), 0, what.holds};
  if constexpr (bounded_by_bytes<A>) {
    sampler<A> each(cache, tape.size());
    counted.hits = walk(cache, each);
    counted.held = each.median();
  } else {
    counted.hits = walk(cache, unwatched);
  }
  return counted;
}

}  // namespace bench

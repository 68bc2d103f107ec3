// SPDX-License-Identifier: Apache-2.0
// What the answers about one camera must keep to, taken together: no later question gets an older answer, and nothing is
// older than was asked for.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace check {

using steady = std::chrono::steady_clock;
using milliseconds = std::chrono::milliseconds;

struct facts {
  std::uint64_t generation = 0, sequence = 0;
  milliseconds age{};
  std::uint32_t frame = 0;
};

// The newest answer so far.
struct newest {
  facts what;
  steady::time_point first_seen;
};

struct misdeeds {
  bool over_age = false, backwards = false;
};

// `before` is what `now_newest` was when the question was sent: answers to questions that were under way together may
// come in any order, later questions may not get older answers.
inline misdeeds hold_against(std::optional<newest>& now_newest, std::optional<newest> const& before, facts const& got,
                             steady::time_point asked, steady::time_point answered, milliseconds max_age) {
  misdeeds bad;
  bad.over_age = got.age > max_age;
  if (before) {
    facts const& was = before->what;
    bad.backwards = got.sequence < was.sequence || got.generation < was.generation;
    if (got.sequence == was.sequence) {
      bad.backwards |= got.generation != was.generation || got.frame != was.frame;
      // It was committed before it was first seen, and served after it was asked for.
      bad.over_age |= asked - before->first_seen > max_age;
    } else if (got.generation == was.generation) {
      bad.backwards |= got.frame <= was.frame;
    }
  }
  if (!now_newest || got.sequence > now_newest->what.sequence) now_newest = newest{got, answered};
  return bad;
}

}  // namespace check

// SPDX-License-Identifier: Apache-2.0
//
// What is measured once and not in rounds, because it has no spread worth the name: bytes that a million frames occupy, and hit
// ratios. Written as JSON, a line for each contestant.
#pragma once

#include <harness/roster.hpp>

#include <cstdint>
#include <vector>

namespace bench {

// Each in processes of its own, so that nobody's free memory is another's. Returns false when one of them ended badly.
[[nodiscard]] bool weigh_all(std::vector<entrant> const& whom, std::uint32_t divide);

// All works that are bounded, each order once. Beside each of ours stands what exact LRU finds with as many frames as ours held in the end.
[[nodiscard]] bool count_hits(std::vector<entrant> const& whom, std::uint32_t divide);

}  // namespace bench

// SPDX-License-Identifier: Apache-2.0
//
// The caches that scripts are played against, as the property tests, the fuzzer and the replay of its corpus name them. What each
// is, and what it promises of who leaves, stands in the .cpp, so that the player is compiled once.
#pragma once

#include "model/operations_script.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <string>

namespace testing {

enum class played : std::uint8_t { fair, strict, shared, marked, roomy };
inline constexpr std::size_t played_kinds = 5;

// Returns what differed from the oracle, or nothing.
[[nodiscard]] std::string play(played kind, std::span<std::uint8_t const> script);

// What happened in all scripts of that kind so far.
[[nodiscard]] operation_coverage& coverage_of(played kind);

// The fuzzer's input: the first byte says which cache, the rest is the script.
[[nodiscard]] inline played kind_of(std::span<std::uint8_t const> input) {
  return static_cast<played>(input.front() % played_kinds);
}
[[nodiscard]] inline std::string play_input(std::span<std::uint8_t const> input) {
  return input.empty() ? std::string{} : play(kind_of(input), input.subspan(1));
}

}  // namespace testing

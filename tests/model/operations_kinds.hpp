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

enum class played : std::uint8_t { fair, strict, shared, marked, roomy, sieve, s3fifo, large, large_shared };
inline constexpr std::size_t played_kinds = 9;

// Returns what differed from the oracle, or nothing.
[[nodiscard]] std::string play(played kind, std::span<std::uint8_t const> script);

// What happened in all scripts of that kind so far.
[[nodiscard]] operation_coverage& coverage_of(played kind);

// The fuzzer's input: the first byte says which cache, the rest is the script. What the corpus says already keeps its meaning, so that
// kinds that came later have a byte each of their own.
[[nodiscard]] inline played kind_of(std::span<std::uint8_t const> input) {
  constexpr std::size_t first = 5, later = 200;
  std::size_t const said = input.front();
  bool const is_later = said >= later && said - later < played_kinds - first;
  return static_cast<played>(is_later ? said - later + first : said % first);
}
[[nodiscard]] inline std::string play_input(std::span<std::uint8_t const> input) {
  return input.empty() ? std::string{} : play(kind_of(input), input.subspan(1));
}

}  // namespace testing

// SPDX-License-Identifier: Apache-2.0
//
// libFuzzer's target: whatever bytes come are a script, played against the oracle. The first byte says which cache, every four
// after it are an operation; see tests/model/operations_script.hpp. tests/fuzz/run builds and runs it, a test of tests/unit
// replays the corpus without libFuzzer.
#include "model/operations_kinds.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <span>

// libFuzzer's names.
// NOLINTBEGIN(readability-identifier-naming)
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size);
extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t most);
extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t most, unsigned seed);

int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  std::span const input{data, size};
  auto const wrong = testing::play_input(input);
  if (wrong.empty()) return 0;
  testing::operation_script const script(input.begin() + 1, input.end());
  std::fprintf(stderr, "%s\n%s", wrong.c_str(), testing::text_of_script(script).c_str());
  std::abort();
}

// Half of the time whole operations are doubled, moved or taken out: libFuzzer's own mutations, which are the other half, move
// everything that follows into other operations.
std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t most, unsigned seed) {
  constexpr auto each = testing::operation::bytes;
  std::minstd_rand random{seed};
  auto const below = [&](std::size_t n) { return static_cast<std::size_t>(random()) % n; };
  std::size_t const count = size == 0 ? 0 : (size - 1) / each;
  if (count < 2 || below(2) == 0) return LLVMFuzzerMutate(data, size, most);
  std::size_t const length = 1 + below(std::min<std::size_t>(count - 1, 8));
  auto* const from = data + 1 + below(count - length) * each;
  auto const bytes = length * each;
  auto* const end = data + 1 + count * each;
  switch (below(3)) {
    case 0:  // doubled
      if (1 + count * each + bytes > most) return LLVMFuzzerMutate(data, size, most);
      std::memmove(from + bytes, from, static_cast<std::size_t>(end - from));
      return 1 + count * each + bytes;
    case 1:  // taken out
      std::memmove(from, from + bytes, static_cast<std::size_t>(end - from) - bytes);
      return 1 + count * each - bytes;
    default:  // moved to the end
      std::rotate(from, from + bytes, end);
      return 1 + count * each;
  }
}
// NOLINTEND(readability-identifier-naming)

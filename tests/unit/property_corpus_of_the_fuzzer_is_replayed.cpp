// SPDX-License-Identifier: Apache-2.0
//
// Every input that tests/fuzz has collected, played without libFuzzer: in each build of the tests, with each compiler, sanitizer
// and hash.
#include <doctest/doctest.h>

#include "model/operations_kinds.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

// The build says where it is; without, the folder is looked for from where the tests are run.
#if !defined(FRAMECACHE_FUZZ_CORPUS)
#define FRAMECACHE_FUZZ_CORPUS "tests/fuzz/corpus"
#endif

TEST_CASE("every input of the fuzzer's corpus is answered as the oracle answers it (I1, I3, I4, I6, I7, I10)") {
  std::vector<std::filesystem::path> inputs;
  for (auto const& each : std::filesystem::directory_iterator{FRAMECACHE_FUZZ_CORPUS}) inputs.push_back(each.path());
  std::sort(inputs.begin(), inputs.end());
  CHECK(inputs.size() >= 30);
  std::array<int, testing::played_kinds> of_kind{};
  for (auto const& path : inputs) {
    std::ifstream file{path, std::ios::binary};
    std::vector<std::uint8_t> const input{std::istreambuf_iterator<char>{file}, {}};
    REQUIRE(!input.empty());
    auto const kind = testing::kind_of(input);
    ++of_kind[static_cast<std::size_t>(kind)];
    // It remembers by their hash those that have left: with a hash of a few values it believes to know everybody.
    if (kind == testing::played::s3fifo && std::getenv("FRAMECACHE_TEST_HASH_BITS") != nullptr) continue;
    auto const wrong = testing::play_input(input);
    CHECK_MESSAGE(wrong.empty(), path.filename().string() << ": " << wrong);
  }
  for (int const each : of_kind) CHECK(each > 0);
}

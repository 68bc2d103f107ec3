// SPDX-License-Identifier: Apache-2.0
//
// I6: nothing is minted at or below the floor and no generation is minted twice; when there is no larger number, nothing is.
#include <doctest/doctest.h>

#include "support/homes.hpp"

#include <stdexcept>

TEST_CASE("above the largest floor there is no generation: the configuration or begin() refuses (I6)") {
  auto how = testing::house<>::config();
  how.generation_floor = fc::stream_generation{~std::uint64_t{0}};
  try {
    testing::house<> h{how};
    auto camera = h.cache.publisher(h.keys.publisher(1));
    CHECK_FALSE(camera.begin(camera.device("porch")));
  } catch (std::invalid_argument const&) {
    // Refused where it was given: as good.
  }
}

TEST_CASE("after the largest generation no other is minted for the device (I6)") {
  auto how = testing::house<>::config();
  how.generation_floor = fc::stream_generation{~std::uint64_t{0} - 1};
  try {
    testing::house<> h{how};
    auto camera = h.cache.publisher(h.keys.publisher(1));
    auto const first = camera.begin(camera.device("porch"));
    auto const second = camera.begin(camera.device("porch"));
    bool const fenced = !second || second.generation() > first.generation();
    CHECK(fenced);
  } catch (std::invalid_argument const&) {
  }
}

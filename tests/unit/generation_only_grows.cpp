// SPDX-License-Identifier: Apache-2.0
//
// I6: a generation is a fencing token, so the next one is always larger.
#include <doctest/doctest.h>

#include "support/homes.hpp"

using namespace std::chrono_literals;

TEST_CASE("each begin of a device gives a larger generation, also many times within a millisecond (I6)") {
  testing::house<> h;
  auto camera = h.cache.publisher(h.keys.publisher(1));
  auto const device = *camera.device("front door");
  fc::stream_generation last{std::uint64_t{0}};
  for (int i = 0; i != 1000; ++i) {
    auto const stream = camera.begin(device);
    REQUIRE(stream);
    CHECK(stream.device() == device);
    REQUIRE(stream.generation() > last);
    last = stream.generation();
  }
  CHECK(h.cache.viewer(h.keys.viewer(1)).current(device) == last);
  CHECK(h.cache.stats().generations == 1000);
}

TEST_CASE("a generation holds wall-clock milliseconds above 20 bits, so that a restart goes on above the last") {
  testing::clock_keeper const keeper;
  testing::house<> h;
  auto camera = h.cache.publisher(h.keys.publisher(1));
  auto const millis = [] {
    return static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::milliseconds>(fc::base::wall_now().time_since_epoch()).count());
  };
  auto const before = millis();
  auto const generation = camera.begin(camera.device("front door")).generation();
  CHECK((generation.value() >> 20) >= before);
  CHECK((generation.value() >> 20) <= millis());
  fc::base::advance_clocks(1h);
  CHECK((camera.begin(camera.device("front door")).generation().value() >> 20) >= before + 3'600'000);
}

TEST_CASE("a wall clock that is set back within the process makes no generation smaller (I6)") {
  testing::clock_keeper const keeper;
  testing::house<> h;
  auto camera = h.cache.publisher(h.keys.publisher(1));
  auto const device = *camera.device("front door");
  auto const first = camera.begin(device).generation();
  fc::base::set_wall_clock_by(-24h);
  auto const second = camera.begin(device).generation();
  CHECK(second.value() == first.value() + 1);
  // Before 1970 as well.
  fc::base::set_wall_clock_by(-24h * 365 * 100);
  CHECK(camera.begin(device).generation().value() == first.value() + 2);
  CHECK(camera.begin(camera.device("another")).generation().value() > 0);
}

TEST_CASE("no generation is minted at or below the floor that the relay kept") {
  constexpr auto floor = std::uint64_t{1} << 62;
  auto how = testing::house<>::config();
  how.generation_floor = fc::stream_generation{floor};
  testing::house<> h{how};
  auto camera = h.cache.publisher(h.keys.publisher(1));
  CHECK(camera.begin(camera.device("front door")).generation().value() == floor + 1);
  CHECK(camera.begin(camera.device("front door")).generation().value() == floor + 2);
  CHECK(camera.begin(camera.device("another")).generation().value() == floor + 1);

  // A floor that the clock has passed already changes nothing.
  how.generation_floor = fc::stream_generation{std::uint64_t{5}};
  testing::house<> later{how};
  auto other = later.cache.publisher(later.keys.publisher(1));
  CHECK(other.begin(other.device("front door")).generation().value() > floor >> 4);
}

// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "support/homes.hpp"

TEST_CASE("a name has 1 to 256 bytes: empty and too long are refused by name, and make nothing (I2)") {
  testing::house<> h;
  auto camera = h.cache.publisher(h.keys.publisher(1));
  auto const before = h.cache.stats().resident;

  CHECK(camera.device("").why() == fc::name_status::empty);
  CHECK_FALSE(camera.device(""));
  CHECK((*camera.device("")).value() == 0);
  CHECK(camera.device(std::string_view{}).why() == fc::name_status::empty);
  CHECK(camera.device(std::string(257, 'x')).why() == fc::name_status::too_long);
  CHECK(camera.device(std::string(1'000'000, 'x')).why() == fc::name_status::too_long);
  CHECK(h.cache.stats().resident == before);

  CHECK(camera.device(std::string(256, 'x')).why() == fc::name_status::ok);
  CHECK(camera.device("x").why() == fc::name_status::ok);
  // A name takes memory, and it is charged (I10).
  CHECK(h.cache.stats().resident > before);
}

TEST_CASE("what device() refused begins no stream") {
  testing::house<> h;
  auto camera = h.cache.publisher(h.keys.publisher(1));
  CHECK(camera.begin(camera.device("")).why() == fc::begin_status::unknown);
  CHECK(camera.begin(camera.device(std::string(257, 'x'))).why() == fc::begin_status::unknown);
  CHECK(camera.begin(fc::device_id{std::uint64_t{0}}).why() == fc::begin_status::unknown);
  CHECK(h.cache.stats().generations == 0);
}

TEST_CASE("a viewer that asks for an empty or overlong name is told nothing") {
  testing::house<> h;
  auto camera = h.cache.publisher(h.keys.publisher(1));
  REQUIRE(camera.device("x"));
  auto eye = h.cache.viewer(h.keys.viewer(1));
  CHECK_FALSE(eye.device("").has_value());
  CHECK_FALSE(eye.device(std::string(257, 'x')).has_value());
}

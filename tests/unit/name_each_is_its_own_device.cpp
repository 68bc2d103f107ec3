// SPDX-License-Identifier: Apache-2.0
//
// I2: names become numbers by interning, injectively, whatever their bytes.
#include <doctest/doctest.h>

#include "support/homes.hpp"

#include <set>

TEST_CASE("names that differ in one byte, in length or in case are different devices (I2)") {
  testing::house<> h{fc::registry_config{.names_per_tenant = 2048}};
  auto camera = h.cache.publisher(h.keys.publisher(1));
  std::vector<std::string> names{"home.front",           "home_front",           "home front",
                                 "Home.front",           "home.front ",          "home.fron",
                                 std::string("a\0b", 3), std::string("a\0c", 3), "a",
                                 std::string("a\0", 2),  std::string("\0", 1),   std::string("\0\0", 2),
                                 std::string(255, 'x'),  std::string(256, 'x'),  "caf\xc3\xa9",
                                 "cafe\xcc\x81"};
  for (int byte = 0; byte != 256; ++byte) names.push_back("byte " + std::string(1, static_cast<char>(byte)));
  // Every prefix of one name.
  for (std::size_t length = 3; length != 100; ++length) names.push_back(std::string(length, '\xff'));

  std::set<std::uint64_t> devices;
  for (auto const& name : names) {
    auto const made = camera.device(name);
    REQUIRE(made);
    CHECK(made.why() == fc::name_status::ok);
    CHECK((*made).value() != 0);
    devices.insert((*made).value());
  }
  CHECK(devices.size() == std::set<std::string>(names.begin(), names.end()).size());
  REQUIRE(devices.size() == names.size());

  // The same name is the same device again, for whoever asks.
  auto again = h.cache.publisher(h.keys.publisher(1, 44));
  auto eye = h.cache.viewer(h.keys.viewer(1));
  for (auto const& name : names) {
    CHECK(*camera.device(name) == *again.device(name));
    CHECK(eye.device(name) == *camera.device(name));
  }
}

TEST_CASE("the same name in another home is another device (I2)") {
  testing::house<> h;
  auto one = h.cache.publisher(h.keys.publisher(1));
  auto two = h.cache.publisher(h.keys.publisher(2));
  CHECK(*one.device("front door") != *two.device("front door"));
}

// SPDX-License-Identifier: Apache-2.0
//
// Incident 13 (SRS stream key, re-implemented): a key that is not injective by construction: `home.front` and `home.back` both become
// `/live/home`. I2: names are interned, never concatenated, cut or hashed.
#include <doctest/doctest.h>

#include "support/homes.hpp"

#include <map>
#include <set>
#include <string>

TEST_CASE("incident 13, the natural code: a name cut at its dot makes two cameras one") {
  std::map<std::string, std::string> streams;
  auto const key = [](std::string const& name) { return "/live/" + name.substr(0, name.find('.')); };
  streams[key("home.front")] = "the street";
  streams[key("home.back")] = "the bedroom";
  CHECK(streams[key("home.front")] == "the bedroom");
}

TEST_CASE("incident 13, framecache: names that differ in any byte are two devices") {
  testing::book book;
  fc::registry homes{book};
  fc::frame_cache<> cache{homes, {.capacity = fc::mebibytes{4}, .audit_each_operation = true}};
  auto camera = cache.publisher(book.publisher(1));
  auto eye = cache.viewer(book.viewer(1));
  using namespace std::string_literals;
  std::string const names[] = {"home.front", "home.back",    "home",       "home.",     "/live/home",  "home\0"s,
                               "home\0x"s,   "home\xff\xfe", "HOME.front", "home.fron", " home.front", "home.front "};
  std::set<std::uint64_t> devices;
  for (auto const& name : names) {
    auto stream = camera.begin(camera.device(name));
    REQUIRE(testing::put(stream, "shown by " + name) == fc::commit_status::committed);
    devices.insert(stream.device().value());
  }
  CHECK(devices.size() == std::size(names));
  for (auto const& name : names) {
    auto const found = eye.latest(*eye.device(name), fc::any_age);
    CHECK(testing::text_of(eye.read(found)) == "shown by " + name);
  }
}

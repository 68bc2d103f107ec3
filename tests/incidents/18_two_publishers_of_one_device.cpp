// SPDX-License-Identifier: Apache-2.0
//
// Incident 18 (eufy 2021, UniFi 2023, Swann 2018): identity was wrong before any cache. A cache cannot repair that. It can notice that
// two principals publish one device, refuse the second, and tell the tripwire.
#include <doctest/doctest.h>

#include "support/homes.hpp"

#include <map>
#include <string>
#include <vector>

TEST_CASE("incident 18, the natural code: two cameras with one identity overwrite each other, and each home sees the "
          "other's") {
  std::map<std::string, std::string> newest;
  newest["serial 4711"] = "home one's garage";
  newest["serial 4711"] = "home two's garage";
  CHECK(newest["serial 4711"] == "home two's garage");
}

TEST_CASE("incident 18, framecache: a second publisher of a device is refused and reported, and the first goes on") {
  testing::book book;
  fc::registry homes{book};
  std::vector<fc::crossing> told;
  fc::frame_cache<> cache{
      homes, {.capacity = fc::mebibytes{2}, .tripwire = [&](fc::crossing const& c) { told.push_back(c); }}};
  auto garage = cache.publisher(book.publisher(1, 11));
  auto clone = cache.publisher(book.publisher(1, 12));
  auto stream = garage.begin(garage.device("serial 4711"));
  REQUIRE(testing::put(stream, "the garage") == fc::commit_status::committed);

  auto second = clone.begin(clone.device("serial 4711"));
  CHECK_FALSE(second);
  CHECK(second.why() == fc::begin_status::conflict);
  CHECK(testing::put(second, "another garage") == fc::commit_status::refused);
  REQUIRE(told.size() == 1);
  CHECK(told[0].kind == fc::crossing_kind::duplicate_publisher);
  CHECK(told[0].principal == testing::principal(12));

  CHECK(testing::put(stream, "still the garage") == fc::commit_status::committed);
  auto eye = cache.viewer(book.viewer(1));
  auto const seen = eye.latest(stream.device(), fc::any_age);
  CHECK(testing::text_of(eye.read(seen)) == "still the garage");
}

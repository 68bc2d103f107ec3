// SPDX-License-Identifier: Apache-2.0
//
// Incident 12 (go2rtc #2392): a snapshot cache keyed by source only, ignoring size and rotation. The rendition is a word of the key.
#include <doctest/doctest.h>

#include "support/homes.hpp"

#include <map>
#include <string>

TEST_CASE("incident 12, the natural code: 320x180 asked after 1920x1080 is answered with 1920x1080") {
  std::map<std::string, std::string> snapshots;
  auto const snapshot = [&](std::string const& source, std::string const& size) {
    return snapshots.try_emplace(source, size + " picture").first->second;
  };
  CHECK(snapshot("front door", "1920x1080") == "1920x1080 picture");
  CHECK(snapshot("front door", "320x180") == "1920x1080 picture");
}

TEST_CASE("incident 12, framecache: each rendition is found under itself only, and dies with its source's generation") {
  testing::book book;
  fc::registry homes{book};
  fc::frame_cache<> cache{homes, {.capacity = fc::mebibytes{2}, .audit_each_operation = true}};
  auto camera = cache.publisher(book.publisher(1));
  auto eye = cache.viewer(book.viewer(1));
  auto stream = camera.begin(camera.device("front door"));
  REQUIRE(testing::put(stream, "1920x1080") == fc::commit_status::committed);

  fc::rendition const small{320, 180, fc::rotation::none};
  fc::rendition const turned{320, 180, fc::rotation::quarter};
  CHECK(eye.find(stream.device(), stream.generation(), small).why() == fc::lookup_status::absent);
  auto draft = stream.stage(fc::byte_count{7u}, small);
  std::memcpy(draft.bytes().data(), "320x180", 7);
  REQUIRE(std::move(draft).commit({.size = fc::byte_count{7u}}) == fc::commit_status::committed);

  auto const found = eye.find(stream.device(), stream.generation(), small);
  CHECK(testing::text_of(eye.read(found)) == "320x180");
  CHECK(eye.find(stream.device(), stream.generation(), turned).why() == fc::lookup_status::absent);
  auto const source = eye.find(stream.device(), stream.generation());
  CHECK(testing::text_of(eye.read(source)) == "1920x1080");

  auto const old = stream.generation();
  stream = camera.begin(stream.device());
  CHECK(eye.find(stream.device(), old, small).why() == fc::lookup_status::superseded);
  CHECK(eye.latest(stream.device(), fc::any_age, small).why() == fc::lookup_status::absent);
}

// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "model/child.hpp"
#include "model/raw_source.hpp"
#include "support/homes.hpp"

TEST_CASE(
    "an audit says ok of a sound cache, and names the invariant when memory behind a frame was overwritten (I3)") {
  testing::book book;
  fc::registry homes{book};
  testing::raw_source memory;
  fc::frame_cache<> cache{homes, {.capacity = fc::mebibytes{1}, .source = &memory}};
  auto camera = cache.publisher(book.publisher(1));
  auto first = camera.begin(camera.device("porch"));
  auto second = camera.begin(camera.device("hall"));
  REQUIRE(testing::put(first, "a sound frame") == fc::commit_status::committed);
  REQUIRE(testing::put(second, "a frame to be damaged") == fc::commit_status::committed);

  auto const sound = cache.audit();
  CHECK(sound.ok);
  CHECK(std::string{sound.broken}.empty());
  CHECK(sound.frames == 2);
  CHECK(sound.rooms == 1);

  REQUIRE(memory.damage_after("a frame to be damaged"));
  auto const broken = cache.audit();
  CHECK_FALSE(broken.ok);
  CHECK(std::string{broken.broken}.find("I3") == 0);

  // A new frame in its place is sound again.
  REQUIRE(testing::put(second, "another") == fc::commit_status::committed);
  CHECK(cache.audit().ok);
}

TEST_CASE(
    "a debug build with audit_each_operation stops at the first operation after the damage, and says what is broken") {
  if (!testing::debug_build) return;
  auto const end = testing::run_in_child([] {
    testing::book book;
    fc::registry homes{book};
    testing::raw_source memory;
    fc::frame_cache<> cache{homes, {.capacity = fc::mebibytes{1}, .source = &memory, .audit_each_operation = true}};
    auto camera = cache.publisher(book.publisher(1));
    auto eye = cache.viewer(book.viewer(1));
    auto stream = camera.begin(camera.device("porch"));
    if (testing::put(stream, "to be damaged") != fc::commit_status::committed) return 1;
    if (!memory.damage_after("to be damaged")) return 2;
    static_cast<void>(eye.latest(stream.device(), fc::any_age));
    return 3;
  });
  CHECK(end.aborted);
  CHECK(end.said.find("framecache: I3") != std::string::npos);
}

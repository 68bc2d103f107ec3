// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "support/homes.hpp"

#include <array>
#include <vector>

namespace {

using handles = std::vector<fc::frame_cache<>::handle_type<>>;

}  // namespace

TEST_CASE("find_many answers each place where it stands: hits, misses and foreign devices side by side") {
  testing::book book;
  fc::registry homes{book};
  fc::frame_cache<> cache{homes, {.capacity = fc::mebibytes{1}, .audit_each_operation = true}};
  auto camera = cache.publisher(book.publisher(1));
  auto stranger = cache.publisher(book.publisher(2));
  auto eye = cache.viewer(book.viewer(1));
  auto old = camera.begin(camera.device("porch"));
  auto porch = camera.begin(camera.device("porch"));
  auto hall = camera.begin(camera.device("hall"));
  auto theirs = stranger.begin(stranger.device("porch"));
  for (auto const* each : {&porch, &hall, &theirs}) {
    REQUIRE(testing::put(*each, "device " + std::to_string(each->device().value())) == fc::commit_status::committed);
  }
  std::array const places{fc::place{hall.device(), hall.generation()},
                          fc::place{porch.device(), old.generation()},
                          fc::place{theirs.device(), theirs.generation()},
                          fc::place{porch.device(), porch.generation()},
                          fc::place{porch.device(), porch.generation(), fc::rendition{320, 180, fc::rotation::none}},
                          fc::place{hall.device(), hall.generation()}};
  auto const found = eye.find_many(places);
  CHECK(testing::text_of(eye.read(found[0])) == "device " + std::to_string(hall.device().value()));
  CHECK(found[1].why() == fc::lookup_status::superseded);
  CHECK(found[2].why() == fc::lookup_status::absent);
  CHECK(testing::text_of(eye.read(found[3])) == "device " + std::to_string(porch.device().value()));
  CHECK(found[4].why() == fc::lookup_status::absent);
  CHECK(found[5].why() == fc::lookup_status::hit);
  CHECK(cache.stats().handles == 3);
}

TEST_CASE("find_many with fewer places than answers empties the rest, with more it stops at the last answer") {
  testing::book book;
  fc::registry homes{book};
  fc::frame_cache<> cache{homes, {.capacity = fc::mebibytes{1}}};
  auto camera = cache.publisher(book.publisher(1));
  auto eye = cache.viewer(book.viewer(1));
  auto stream = camera.begin(camera.device("porch"));
  REQUIRE(testing::put(stream, "text") == fc::commit_status::committed);
  std::vector<fc::place> const places(3, fc::place{stream.device(), stream.generation()});

  handles answers(5);
  for (auto& each : answers) each = eye.latest(stream.device(), fc::any_age);
  eye.find_many(places, answers);
  CHECK(cache.stats().handles == 3);
  CHECK(answers[2]);
  CHECK_FALSE(answers[3]);
  CHECK_FALSE(answers[4]);

  handles few(2);
  eye.find_many(places, few);
  CHECK(few[0]);
  CHECK(few[1]);
  CHECK(cache.stats().handles == 5);
  eye.find_many({}, few);
  CHECK(cache.stats().handles == 3);
  eye.find_many(places, {});
  CHECK(cache.stats().handles == 3);
}

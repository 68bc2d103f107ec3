// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "model/raw_source.hpp"
#include "support/homes.hpp"

TEST_CASE("what a handle holds of an erased stream is wiped at its last release, and read until then (I4, I7)") {
  constexpr std::string_view secret = "somebody who did not want to be filmed";
  testing::book book;
  fc::registry homes{book};
  testing::raw_source memory;
  fc::frame_cache<> cache{homes, {.capacity = fc::mebibytes{1}, .source = &memory}};
  auto camera = cache.publisher(book.publisher(1));
  auto const stream = camera.begin(camera.device("porch"));
  REQUIRE(testing::put(stream, secret) == fc::commit_status::committed);
  auto eye = cache.viewer(book.viewer(1));
  auto held = eye.latest(stream.device(), fc::any_age);
  auto const answer = stream.erase();
  CHECK(answer.status == fc::order_status::done);
  CHECK(answer.wiped == 0);
  CHECK(answer.pinned >= secret.size());
  CHECK(eye.latest(stream.device(), fc::any_age).why() == fc::lookup_status::absent);
  CHECK(testing::text_of(eye.read(held)) == secret);
  held = {};
  CHECK_FALSE(memory.contains(secret));
}

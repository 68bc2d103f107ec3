// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "support/homes.hpp"

using namespace std::chrono_literals;

TEST_CASE("two homes with a camera of the same name see their own frame each, and neither names the other's") {
  testing::book book;
  fc::registry homes{book};
  fc::frame_cache<> cache{homes, {.capacity = fc::mebibytes{4}, .audit_each_operation = true}};

  auto first = cache.publisher(book.publisher(1));
  auto second = cache.publisher(book.publisher(2));
  auto first_stream = first.begin(first.device("front door"));
  auto second_stream = second.begin(second.device("front door"));
  REQUIRE(testing::put(first_stream, "the hall of home one") == fc::commit_status::committed);
  REQUIRE(testing::put(second_stream, "the hall of home two") == fc::commit_status::committed);

  auto eye = cache.viewer(book.viewer(1));
  auto stranger = cache.viewer(book.viewer(2));
  auto const mine = eye.device("front door");
  auto const theirs = stranger.device("front door");
  REQUIRE(mine.has_value());
  REQUIRE(theirs.has_value());
  CHECK(*mine != *theirs);

  auto const seen = eye.latest(*mine, fc::no_older_than(2s));
  REQUIRE(seen);
  CHECK(testing::text_of(eye.read(seen)) == "the hall of home one");

  // Even with the other's numbers in hand: absent, and the handle itself is refused at egress.
  CHECK(eye.find(*theirs, second_stream.generation()).why() == fc::lookup_status::absent);
  CHECK(stranger.read(seen).why() == fc::lookup_status::refused);
  CHECK(stranger.read(seen).bytes().empty());
  CHECK(cache.stats().crossings_refused == 2);
}

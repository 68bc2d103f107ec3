// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "support/homes.hpp"

TEST_CASE("a publisher that the cache has no room for makes no name either (I12)") {
  testing::book keys;
  fc::registry homes{keys};
  fc::frame_cache<fc::isolate<fc::strict>> cache{
      homes, {.capacity = fc::kibibytes{512}, .tenant_partition = fc::kibibytes{300}}};
  auto first = cache.publisher(keys.publisher(1));
  REQUIRE(first);
  auto second = cache.publisher(keys.publisher(2));
  REQUIRE(second.why() == fc::refusal::no_room);
  auto const before = cache.stats().resident;
  CHECK(second.device("porch").why() == fc::name_status::no_room);
  CHECK(cache.stats().resident == before);
}

// SPDX-License-Identifier: Apache-2.0
//
// Names are bounded per tenant; revoked principals are not, and each is charged to every cache of the registry.
#include <doctest/doctest.h>

#include "support/homes.hpp"

TEST_CASE("a steward that revokes principals without end takes no room from another tenant") {
  testing::book keys;
  fc::registry homes{keys};
  fc::frame_cache<> cache{homes, {.capacity = fc::mebibytes{1}}};
  auto steward = cache.steward(keys.steward(1));
  for (std::uint64_t i = 0; i != 60'000; ++i) static_cast<void>(steward.revoke(testing::principal(1000 + i)));
  auto neighbour = cache.publisher(keys.publisher(2));
  CHECK(neighbour.why() == fc::refusal::none);
  CHECK(testing::put(neighbour.begin(neighbour.device("porch")), "a frame") == fc::commit_status::committed);
}

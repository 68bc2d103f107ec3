// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "support/homes.hpp"

TEST_CASE("a peek inside a peek holds its own frame, and lets go of no other's (I4)") {
  testing::house<> h;
  auto camera = h.cache.publisher(h.keys.publisher(1));
  auto porch = camera.begin(camera.device("porch"));
  auto hall = camera.begin(camera.device("hall"));
  REQUIRE(testing::put(porch, "of the porch") == fc::commit_status::committed);
  REQUIRE(testing::put(hall, "of the hall") == fc::commit_status::committed);
  auto eye = h.cache.viewer(h.keys.viewer(1));
  auto ops = h.cache.admin(h.keys.admin());
  // A newer frame for which the memory of the one before would be taken, if that were free.
  auto const supersede = [&](fc::stream& stream) {
    stream = camera.begin(stream.device());
    static_cast<void>(ops.drain(testing::tenant(1), {}));
    REQUIRE(testing::put(stream, "a newer one") == fc::commit_status::committed);
  };
  int looks = 0;
  CHECK(eye.peek(porch.device(), porch.generation(), [&](fc::frame_view const& outer) {
    CHECK(eye.peek(hall.device(), hall.generation(), [&](fc::frame_view const& inner) {
      CHECK(h.cache.stats().handles == 2);
      supersede(hall);
      supersede(porch);
      CHECK(testing::text_of(inner) == "of the hall");
      CHECK(testing::text_of(outer) == "of the porch");
      ++looks;
    }) == fc::lookup_status::hit);
    static_cast<void>(ops.drain(testing::tenant(1), {}));
    REQUIRE(testing::put(porch, "the newest") == fc::commit_status::committed);
    CHECK(testing::text_of(outer) == "of the porch");
    ++looks;
  }) == fc::lookup_status::hit);
  CHECK(looks == 2);
  CHECK(h.cache.stats().handles == 0);
}

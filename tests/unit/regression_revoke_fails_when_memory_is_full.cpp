// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "model/owned_bytes.hpp"
#include "support/homes.hpp"

TEST_CASE("a principal can be revoked however full the cache is (I12)") {
  testing::book book;
  fc::registry homes{book};
  fc::frame_cache<> cache{homes, {.capacity = fc::mebibytes{1}}};
  auto camera = cache.publisher(book.publisher(1));
  auto eye = cache.viewer(book.viewer(1, 7));
  auto boss = cache.steward(book.steward(1));
  auto stream = camera.begin(camera.device("porch"));
  REQUIRE(testing::put(stream, "text") == fc::commit_status::committed);
  // Adopted memory costs what it says and a little more: measured, then used to take the last byte.
  auto other = camera.begin(camera.device("hall"));
  auto first = camera.begin(camera.device("attic"));
  auto last = camera.begin(camera.device("garden"));
  REQUIRE(first.adopt(testing::owned_bytes{{"x"}, 1000}, {}) == fc::commit_status::committed);  // pages for headers
  auto const before = cache.stats().resident;
  REQUIRE(other.adopt(testing::owned_bytes{{"x"}, 1000}, {}) == fc::commit_status::committed);
  auto const extra = cache.stats().resident - before - 1000;
  auto const left = cache.stats().capacity - cache.stats().resident;
  REQUIRE(last.adopt(testing::owned_bytes{{"x"}, left - extra}, {}) == fc::commit_status::committed);
  REQUIRE(cache.stats().resident == cache.stats().capacity);

  CHECK(boss.revoke(testing::principal(7)) == fc::order_status::done);
  CHECK_FALSE(eye);
  CHECK(eye.latest(stream.device(), fc::any_age).why() == fc::lookup_status::refused);
}

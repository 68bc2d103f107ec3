// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "model/owned_bytes.hpp"
#include "support/homes.hpp"

// A cache in use is a full one, to the last bytes sooner or later. Names and tenants are charged to every cache of a registry, but
// only the cache that was asked makes room for them.
TEST_CASE("a name is not refused because another cache of the same registry is full of frames that could go") {
  testing::book book;
  fc::registry homes{book};
  fc::frame_cache<> asked{homes, {.capacity = fc::mebibytes{4}}};
  fc::frame_cache<> full{homes, {.capacity = fc::mebibytes{1}, .tenant_floor = fc::byte_count{std::uint64_t{0}}}};
  auto camera = full.publisher(book.publisher(1));
  auto stream = camera.begin(camera.device("porch"));
  auto const before = full.stats().resident;
  REQUIRE(stream.adopt(testing::owned_bytes{{"x"}, 5000}, {}) == fc::commit_status::committed);
  auto const extra = full.stats().resident - before - 5000;  // index included
  auto other = camera.begin(camera.device("hall"));
  auto const left = full.stats().capacity - full.stats().resident;
  REQUIRE(other.adopt(testing::owned_bytes{{"x"}, left - extra}, {}) == fc::commit_status::committed);

  auto elsewhere = asked.publisher(book.publisher(1));
  int named = 0;
  while (named < 20 && elsewhere.device("camera " + std::to_string(named))) ++named;
  CHECK(named == 20);
  auto newcomer = asked.publisher(book.publisher(2));
  CHECK(newcomer.why() == fc::refusal::none);
}

// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "model/raw_source.hpp"
#include "support/homes.hpp"

TEST_CASE("an admin that revokes the tenant it belongs to has it wiped as any other (I7)") {
  constexpr std::string_view secret = "the operator's own home";
  testing::book book;
  fc::registry homes{book};
  testing::raw_source memory;
  fc::frame_cache<> cache{homes, {.capacity = fc::mebibytes{1}, .source = &memory}};
  auto camera = cache.publisher(book.publisher(1));
  auto stream = camera.begin(camera.device("porch"));
  REQUIRE(testing::put(stream, secret) == fc::commit_status::committed);
  auto ops = cache.admin(book.issue(fc::role::admin, 1));
  auto const done = ops.revoke(testing::tenant(1));
  CHECK(done.status == fc::order_status::done);
  CHECK(done.wiped > 0);
  CHECK_FALSE(memory.contains(secret));
  CHECK(cache.stats().frames == 0);
}

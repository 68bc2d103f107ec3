// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "support/homes.hpp"

TEST_CASE("what was replaced while somebody peeked does not fill a tenant's cap for good (I10)") {
  testing::house<> all;
  auto camera = all.cache.publisher(all.keys.publisher(1));
  auto eye = all.cache.viewer(all.keys.viewer(1));
  auto ops = all.cache.admin(all.keys.admin());
  auto watched = camera.begin(camera.device("watched"));
  auto other = camera.begin(camera.device("other"));
  REQUIRE(testing::put(watched, "watched") == fc::commit_status::committed);
  REQUIRE(ops.set_budget(testing::tenant(1), {.cap = fc::kibibytes{8}}) == fc::order_status::done);
  static_cast<void>(eye.peek(watched.device(), watched.generation(), [&](fc::frame_view const&) {
    for (int i = 0; i != 5; ++i) static_cast<void>(testing::put(other, std::string(900, 'x')));
    other = camera.begin(camera.device("other"));
  }));
  watched = camera.begin(camera.device("watched"));
  REQUIRE(ops.counts(testing::tenant(1)).frames == 0);
  CHECK(testing::put(other, std::string(6000, 'x')) == fc::commit_status::committed);
  CHECK(ops.counts(testing::tenant(1)).charged <= 8192);
}

// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "support/homes.hpp"

using namespace std::chrono_literals;

TEST_CASE("audit walks every room and every frame, and close says what is still out") {
  testing::house<> h;
  auto camera = h.cache.publisher(h.keys.publisher(1));
  auto neighbour = h.cache.publisher(h.keys.publisher(2));
  auto const stream = camera.begin(camera.device("porch"));
  REQUIRE(testing::put(stream, "x") == fc::commit_status::committed);
  REQUIRE(testing::put(camera.begin(camera.device("hall")), "x") == fc::commit_status::committed);
  REQUIRE(testing::put(neighbour.begin(neighbour.device("hall")), "x") == fc::commit_status::committed);
  auto const report = h.cache.audit();
  CHECK(report.ok);
  CHECK(std::string_view{report.broken}.empty());
  CHECK(report.rooms == 2);
  CHECK(report.frames == 3);

  auto eye = h.cache.viewer(h.keys.viewer(1));
  auto const now = std::chrono::steady_clock::now();
  CHECK(h.cache.close(now) == 0);
  {
    auto const held = eye.find(stream.device(), stream.generation());
    auto const shared = eye.share(held);
    auto const draft = stream.stage(fc::byte_count{1U});
    CHECK(h.cache.close(now) == 3);
  }
  CHECK(h.cache.close(now + 1h) == 0);
}

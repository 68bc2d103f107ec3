// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "support/homes.hpp"

#include <vector>

TEST_CASE("a device never has more than its cap, also when several of its drafts are open at once") {
  testing::book book;
  fc::registry homes{book};
  fc::frame_cache<> cache{homes, {.capacity = fc::mebibytes{4}, .device_cap = fc::byte_count{std::uint64_t{3 * 4096}}}};
  auto camera = cache.publisher(book.publisher(1));
  auto ops = cache.admin(book.admin());
  auto stream = camera.begin(camera.device("porch"));
  std::vector<fc::draft> drafts;
  for (std::uint16_t n = 1; n <= 20; ++n) {
    drafts.push_back(stream.stage(fc::byte_count{std::uint64_t{3000}}, fc::rendition{n, n, fc::rotation::none}));
  }
  CHECK(ops.counts(testing::tenant(1)).charged <= 3 * 4096);
  for (auto& each : drafts) static_cast<void>(std::move(each).commit({.size = fc::byte_count{std::uint64_t{3000}}}));
  CHECK(ops.counts(testing::tenant(1)).charged <= 3 * 4096);
  CHECK(ops.counts(testing::tenant(1)).frames <= 3);
}

TEST_CASE("a lower device cap binds at once, as a lower cap does") {
  testing::book book;
  fc::registry homes{book};
  fc::frame_cache<> cache{homes, {.capacity = fc::mebibytes{4}}};
  auto camera = cache.publisher(book.publisher(1));
  auto ops = cache.admin(book.admin());
  auto stream = camera.begin(camera.device("porch"));
  for (std::uint16_t n = 1; n <= 20; ++n) {
    auto draft = stream.stage(fc::byte_count{std::uint64_t{3000}}, fc::rendition{n, n, fc::rotation::none});
    REQUIRE(std::move(draft).commit({.size = fc::byte_count{std::uint64_t{3000}}}) == fc::commit_status::committed);
  }
  REQUIRE(ops.set_budget(testing::tenant(1), {.device_cap = fc::byte_count{std::uint64_t{3 * 4096}}}) ==
          fc::order_status::done);
  CHECK(ops.counts(testing::tenant(1)).charged <= 3 * 4096);
}

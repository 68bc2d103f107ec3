// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "support/homes.hpp"

TEST_CASE("fair: a tenant is never evicted below its floor for another, also when a frame is larger than the excess") {
  testing::book book;
  fc::registry homes{book};
  fc::frame_cache<> cache{homes, {.capacity = fc::mebibytes{1}, .tenant_floor = fc::kibibytes{100}}};
  auto quiet = cache.publisher(book.publisher(1));
  auto busy = cache.publisher(book.publisher(2));
  auto needy = cache.publisher(book.publisher(3));
  auto ops = cache.admin(book.admin());
  // Two frames of 56 KiB: 12 KiB beyond the floor of 100 KiB.
  for (auto const* name : {"porch", "hall"}) {
    auto stream = quiet.begin(quiet.device(name));
    REQUIRE(testing::put(stream, std::string(56 * 1024 - 2000, 'q')) == fc::commit_status::committed);
  }
  REQUIRE(ops.counts(testing::tenant(1)).charged > 100 * 1024);
  auto put = [](fc::stream const& stream, std::uint16_t n) {
    auto draft = stream.stage(fc::byte_count{std::uint64_t{100}}, fc::rendition{n, n, fc::rotation::none});
    return std::move(draft).commit({.size = fc::byte_count{std::uint64_t{100}}});
  };
  auto needy_stream = needy.begin(needy.device("porch"));
  auto busy_stream = busy.begin(busy.device("porch"));
  for (std::uint16_t n = 1; ops.counts(testing::tenant(2)).evictions == 0; ++n) {
    REQUIRE(put(busy_stream, n) == fc::commit_status::committed);
  }
  for (std::uint16_t n = 1; n <= 200; ++n) REQUIRE(put(needy_stream, n) == fc::commit_status::committed);
  CHECK(ops.counts(testing::tenant(3)).evictions == 0);
  CHECK(ops.counts(testing::tenant(1)).charged >= 100 * 1024);
}

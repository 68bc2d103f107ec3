// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "model/raw_source.hpp"
#include "support/homes.hpp"

TEST_CASE("when a source has no more memory, free blocks of other sizes go back to it before frames are given up") {
  testing::book book;
  fc::registry homes{book};
  testing::raw_source memory{256 * 1024};  // less than the capacity: the source's bound is felt first
  fc::frame_cache<> cache{homes, {.capacity = fc::mebibytes{4}, .source = &memory}};
  auto camera = cache.publisher(book.publisher(1));
  auto stream = camera.begin(camera.device("porch"));
  for (std::uint16_t n = 1; n <= 60; ++n) {
    auto draft = stream.stage(fc::byte_count{std::uint64_t{100}}, fc::rendition{n, n, fc::rotation::none});
    REQUIRE(std::move(draft).commit({.size = fc::byte_count{std::uint64_t{100}}}) == fc::commit_status::committed);
  }
  // Sixty pages of small frames of which none is held: a larger frame can be had for ten of them.
  CHECK(testing::put(stream, std::string(36'000, 'x')) == fc::commit_status::committed);
  CHECK(testing::put(stream, std::string(36'000, 'y')) == fc::commit_status::committed);
  CHECK(cache.stats().frames > 30);
}

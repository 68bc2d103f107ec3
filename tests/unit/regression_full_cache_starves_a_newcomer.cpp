// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "support/homes.hpp"

#include <memory>
#include <vector>

namespace {

// Renditions of about a page each, until the cache has had to evict.
void fill_it(fc::frame_cache<>& cache, fc::stream const& stream, std::uint16_t& next, std::uint64_t evictions) {
  while (cache.stats().evictions < evictions) {
    auto draft = stream.stage(fc::byte_count{std::uint64_t{100}}, fc::rendition{next, next, fc::rotation::none});
    ++next;
    REQUIRE(std::move(draft).commit({.size = fc::byte_count{std::uint64_t{100}}}) == fc::commit_status::committed);
  }
}

}  // namespace

TEST_CASE("fair: a tenant that comes to a cache which one other has filled gets room") {
  testing::book book;
  fc::registry homes{book};
  fc::frame_cache<> cache{homes, {.capacity = fc::mebibytes{1}}};
  auto first = cache.publisher(book.publisher(1));
  auto first_stream = first.begin(first.device("porch"));
  std::uint16_t next = 1;
  fill_it(cache, first_stream, next, 100);

  auto second = cache.publisher(book.publisher(2));
  CHECK(second.why() == fc::refusal::none);
  auto const second_stream = second.begin(second.device("porch"));
  CHECK(second_stream.why() == fc::begin_status::ok);
  CHECK(testing::put(second_stream, "a first frame") == fc::commit_status::committed);
}

TEST_CASE("fair: a tenant that comes to a cache which others have filled evenly gets room") {
  testing::book book;
  fc::registry homes{book};
  fc::frame_cache<> cache{homes, {.capacity = fc::mebibytes{1}}};
  // Admitted while there was room, so that only its frames are at stake.
  auto late = cache.publisher(book.publisher(9));
  auto const late_stream = late.begin(late.device("porch"));
  std::vector<std::unique_ptr<fc::publisher>> cameras;
  std::vector<fc::stream> streams;
  for (std::uint64_t n = 1; n <= 4; ++n) {
    cameras.push_back(std::unique_ptr<fc::publisher>(new fc::publisher(cache.publisher(book.publisher(n)))));
    streams.push_back(cameras.back()->begin(cameras.back()->device("porch")));
  }
  std::uint16_t next = 1;
  for (std::uint64_t round = 1; round != 400; ++round) {
    for (auto const& each : streams) {
      auto draft = each.stage(fc::byte_count{std::uint64_t{100}}, fc::rendition{next, 1, fc::rotation::none});
      REQUIRE(std::move(draft).commit({.size = fc::byte_count{std::uint64_t{100}}}) == fc::commit_status::committed);
    }
    ++next;
  }
  CHECK(testing::put(late_stream, "a first frame") == fc::commit_status::committed);
}

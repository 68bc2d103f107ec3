// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "model/owned_bytes.hpp"
#include "support/homes.hpp"

#include <limits>

TEST_CASE("sizes that no memory has are no_room, not a small block by wrapping round (I3, I10)") {
  testing::book book;
  fc::registry homes{book};
  fc::frame_cache<> cache{homes, {.capacity = fc::mebibytes{1}, .audit_each_operation = true}};
  auto camera = cache.publisher(book.publisher(1));
  auto stream = camera.begin(camera.device("porch"));
  constexpr auto most = std::numeric_limits<std::uint64_t>::max();
  auto const resident = cache.stats().resident;
  for (auto const size : {most, most - 1, most - 63, most - 64, most - 300, most / 2, most >> 8, std::uint64_t{1} << 56,
                          std::uint64_t{1} << 63, std::uint64_t{1} << 32, std::uint64_t{1} << 20}) {
    auto draft = stream.stage(fc::byte_count{size});
    CHECK_FALSE(draft);
    CHECK(draft.why() == fc::commit_status::no_room);
    CHECK(draft.bytes().empty());
    CHECK(std::move(draft).commit({.size = fc::byte_count{std::uint64_t{1}}}) == fc::commit_status::no_room);
  }
  CHECK(cache.stats().resident == resident);
}

TEST_CASE("a draft of no bytes is a draft, and a frame of none is not a frame") {
  testing::book book;
  fc::registry homes{book};
  fc::frame_cache<> cache{homes, {.capacity = fc::mebibytes{1}}};
  auto camera = cache.publisher(book.publisher(1));
  auto stream = camera.begin(camera.device("porch"));
  auto draft = stream.stage(fc::byte_count{std::uint64_t{0}});
  REQUIRE(draft);
  CHECK(draft.bytes().empty());
  CHECK_FALSE(draft.advance(fc::byte_count{std::uint64_t{1}}));
  CHECK(draft.advance(fc::byte_count{std::uint64_t{0}}));
  CHECK(std::move(draft).commit({}) == fc::commit_status::empty);
  CHECK(std::move(draft).commit({.size = fc::byte_count{std::uint64_t{1}}}) == fc::commit_status::too_long);
}

TEST_CASE("a declared charge that no cache holds is no_room, and the owner keeps its memory") {
  testing::book book;
  fc::registry homes{book};
  fc::frame_cache<> cache{homes, {.capacity = fc::mebibytes{1}}};
  auto camera = cache.publisher(book.publisher(1));
  auto stream = camera.begin(camera.device("porch"));
  for (auto const charge : {std::numeric_limits<std::uint64_t>::max(), std::numeric_limits<std::uint64_t>::max() - 100,
                            std::uint64_t{1} << 63, std::uint64_t{1} << 21}) {
    testing::owned_bytes owner{{"bytes"}, charge};
    CHECK(stream.adopt(std::move(owner), {}) == fc::commit_status::no_room);
    CHECK_FALSE(owner.moved_from());
  }
}

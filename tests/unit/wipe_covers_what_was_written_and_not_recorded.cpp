// SPDX-License-Identifier: Apache-2.0
//
// A camera may write more into a draft than it then commits: what no reader was ever shown is wiped with the rest.
#include <doctest/doctest.h>

#include "model/raw_source.hpp"
#include "support/homes.hpp"

TEST_CASE("what was written beyond the recorded size is gone before the memory passes on (I5)") {
  constexpr std::string_view secret = "received, and then not counted";
  constexpr std::uint64_t staged = 3000;
  testing::book book;
  fc::registry homes{book};
  testing::raw_source memory;
  fc::frame_cache<> cache{homes, {.capacity = fc::mebibytes{1}, .source = &memory}};
  auto camera = cache.publisher(book.publisher(1));
  {
    auto stream = camera.begin(camera.device("porch"));
    auto draft = stream.stage(fc::byte_count{staged});
    std::memcpy(draft.bytes().data() + staged - secret.size(), secret.data(), secret.size());
    REQUIRE(std::move(draft).commit({.size = fc::byte_count{1U}}) == fc::commit_status::committed);
    stream = camera.begin(camera.device("porch"));  // supersedes it: its block is free
  }
  REQUIRE(memory.contains(secret));
  memory.have_no_more();
  auto const hall = camera.begin(camera.device("hall"));
  auto const draft = hall.stage(fc::byte_count{staged});
  REQUIRE(draft);  // it is that block
  CHECK_FALSE(memory.contains(secret));
}

TEST_CASE("the same of a block that is not the one its camera keeps (I5)") {
  constexpr std::string_view secret = "received beside another picture";
  constexpr std::uint64_t staged = 3000;
  testing::book book;
  fc::registry homes{book};
  testing::raw_source memory;
  fc::frame_cache<> cache{homes, {.capacity = fc::mebibytes{1}, .source = &memory}};
  auto const camera = cache.publisher(book.publisher(1));
  {
    auto stream = camera.begin(camera.device("porch"));
    auto draft = stream.stage(fc::byte_count{staged});
    std::memcpy(draft.bytes().data() + staged - secret.size(), secret.data(), secret.size());
    REQUIRE(std::move(draft).commit({.size = fc::byte_count{1U}}) == fc::commit_status::committed);
    auto other = stream.stage(fc::byte_count{staged}, fc::rendition{320, 180, fc::rotation::none});
    REQUIRE(std::move(other).commit({.size = fc::byte_count{1U}}) == fc::commit_status::committed);
    stream = camera.begin(camera.device("porch"));  // supersedes both: what was published last is kept
  }
  REQUIRE(memory.contains(secret));
  memory.have_no_more();
  auto const hall = camera.begin(camera.device("hall"));
  auto const one = hall.stage(fc::byte_count{staged});
  REQUIRE(one);
  auto const two = hall.stage(fc::byte_count{staged}, fc::rendition{320, 180, fc::rotation::none});
  REQUIRE(two);  // both are those blocks
  CHECK_FALSE(memory.contains(secret));
}

TEST_CASE("what was written into a draft that was dropped is gone before the memory passes on (I5)") {
  constexpr std::string_view secret = "received, and then dropped";
  constexpr std::uint64_t staged = 3000;
  testing::book book;
  fc::registry homes{book};
  testing::raw_source memory;
  fc::frame_cache<> cache{homes, {.capacity = fc::mebibytes{1}, .source = &memory}};
  {
    auto camera = cache.publisher(book.publisher(1));
    auto const stream = camera.begin(camera.device("porch"));
    auto draft = stream.stage(fc::byte_count{staged});
    std::memcpy(draft.bytes().data() + staged - secret.size(), secret.data(), secret.size());
  }
  REQUIRE(memory.contains(secret));
  auto neighbour = cache.publisher(book.publisher(2));
  auto const stream = neighbour.begin(neighbour.device("porch"));
  memory.have_no_more();
  auto const draft = stream.stage(fc::byte_count{staged});
  REQUIRE(draft);  // it is that block
  CHECK_FALSE(memory.contains(secret));
}

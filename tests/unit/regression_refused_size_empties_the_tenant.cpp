// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "support/homes.hpp"

namespace {

// Ten cameras with a frame each; then a size that cannot be had is asked for.
std::uint64_t frames_left(fc::config how, std::uint64_t size) {
  testing::book book;
  fc::registry homes{book};
  fc::frame_cache<> cache{homes, std::move(how)};
  auto camera = cache.publisher(book.publisher(1));
  for (int i = 0; i != 10; ++i) {
    auto stream = camera.begin(camera.device("camera " + std::to_string(i)));
    REQUIRE(testing::put(stream, "a frame") == fc::commit_status::committed);
  }
  auto stream = camera.begin(camera.device("greedy"));
  REQUIRE(testing::put(stream, "a frame") == fc::commit_status::committed);
  CHECK(stream.stage(fc::byte_count{size}).why() == fc::commit_status::no_room);
  return cache.stats().frames;
}

}  // namespace

// status.hpp: "Everything but `committed` left the cache as it was."
TEST_CASE("a size beyond the tenant's cap is refused without a single frame evicted for it") {
  CHECK(frames_left({.capacity = fc::mebibytes{4}, .tenant_cap = fc::kibibytes{64}}, 100'000) == 11);
}
TEST_CASE("a size beyond the device's cap is refused without a single frame evicted for it") {
  CHECK(frames_left({.capacity = fc::mebibytes{4}, .device_cap = fc::kibibytes{64}}, 100'000) == 11);
}
TEST_CASE("a size that would fit the capacity but not beside the cache's own tables is refused without evicting") {
  CHECK(frames_left({.capacity = fc::mebibytes{1}}, 1024 * 1024 - 4096) == 11);
}

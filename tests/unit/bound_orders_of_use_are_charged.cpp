// SPDX-License-Identifier: Apache-2.0
//
// What is kept of a frame beside its own memory is its place in the index and its place in the order of use.
#include <doctest/doctest.h>

#include "support/homes.hpp"

#include <vector>

namespace {

// Bytes that became resident when a thousand drafts became frames.
template <class Cache>
std::uint64_t cost_of_a_thousand_commits() {
  testing::house<Cache> h{{.capacity = fc::mebibytes{4}}};
  auto camera = h.cache.publisher(h.keys.publisher(1));
  auto const stream = camera.begin(camera.device("porch"));
  std::vector<fc::draft> drafts;
  for (std::uint16_t width = 0; width != 1000; ++width) {
    drafts.push_back(stream.stage(fc::byte_count{1U}, {width, 1, fc::rotation::none}));
  }
  auto const staged = h.cache.stats().resident;
  for (auto& draft : drafts) {
    REQUIRE(std::move(draft).commit({.size = fc::byte_count{1U}}) == fc::commit_status::committed);
  }
  return h.cache.stats().resident - staged;
}

}  // namespace

TEST_CASE("the order of use is charged beside the index, whichever it is (I10)") {
  CHECK(cost_of_a_thousand_commits<fc::frame_cache<>>() > 40'000);
  CHECK(cost_of_a_thousand_commits<fc::frame_cache<fc::evict<fc::sieve>>>() > 40'000);
  CHECK(cost_of_a_thousand_commits<fc::frame_cache<fc::evict<fc::s3fifo>>>() > 40'000);
}

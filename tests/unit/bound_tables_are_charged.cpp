// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "support/homes.hpp"

#include <vector>

TEST_CASE("what the index takes for each frame is charged with the frame's own bytes (I10)") {
  constexpr std::uint16_t count = 200;
  testing::house<> h;
  auto camera = h.cache.publisher(h.keys.publisher(1));
  auto const stream = camera.begin(camera.device("porch"));
  std::vector<fc::draft> drafts;
  for (std::uint16_t width = 0; width != count; ++width) {
    drafts.push_back(stream.stage(fc::byte_count{1U}, {width, 1, fc::rotation::none}));
  }
  auto const staged = h.cache.stats().resident;
  for (auto& draft : drafts) {
    REQUIRE(std::move(draft).commit({.size = fc::byte_count{1U}}) == fc::commit_status::committed);
  }
  // Their memory was charged before; a key and an address for each came since.
  CHECK(h.cache.stats().resident >= staged + count * (sizeof(fc::core::key) + sizeof(void*)));
}

// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "support/homes.hpp"

#include <algorithm>
#include <vector>

TEST_CASE("a small frame of any size and the zeros behind it touch none of its neighbours (I3)") {
  testing::house<> h;
  auto camera = h.cache.publisher(h.keys.publisher(1));
  auto const stream = camera.begin(camera.device("porch"));
  std::vector<fc::draft> drafts;
  // Two of each size, so that blocks of a class lie side by side, every one filled to its last byte.
  for (std::uint64_t size = 1; size < 4000; size += 7) {
    for (int i = 0; i != 2; ++i) {
      drafts.push_back(stream.stage(fc::byte_count{size}));
      REQUIRE(drafts.back());
      std::fill(drafts.back().bytes().begin(), drafts.back().bytes().end(), std::byte{'x'});
    }
  }
  std::uint16_t width = 0;
  for (auto& draft : drafts) {
    auto const all = draft.bytes();
    CHECK(std::all_of(all.begin(), all.end(), [](std::byte b) { return b == std::byte{'x'}; }));
    fc::byte_count const size{all.size()};
    if (++width % 16 != 0) continue;
    REQUIRE(std::move(draft).commit({.size = size}) == fc::commit_status::committed);
    CHECK(h.cache.audit().ok);
  }
}

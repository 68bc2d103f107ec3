// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "support/homes.hpp"

#include <vector>

TEST_CASE("memory of small frames is charged before it is used, and credited when a neighbour has need of it (I10)") {
  testing::house<> h{{.capacity = fc::mebibytes{1}}};
  auto camera = h.cache.publisher(h.keys.publisher(1));
  auto const stream = camera.begin(camera.device("porch"));
  auto const before = h.cache.stats().resident;
  std::vector<fc::draft> drafts;
  for (int i = 0; i != 500; ++i) {
    drafts.push_back(stream.stage(fc::byte_count{64U}));
    REQUIRE(drafts.back());
  }
  CHECK(h.cache.stats().resident >= before + drafts.size() * testing::small_frame);
  drafts.clear();
  // Ten blocks that need what the small ones had.
  auto neighbour = h.cache.publisher(h.keys.publisher(2));
  auto const other = neighbour.begin(neighbour.device("porch"));
  for (int i = 0; i != 10; ++i) {
    drafts.push_back(other.stage(fc::byte_count{80'000U}));
    CHECK(drafts.back());
  }
  CHECK(h.cache.stats().resident <= h.cache.stats().capacity);
}

// SPDX-License-Identifier: Apache-2.0
//
// Frames that lie apart come from pages, small ones from chunks: of either each partition has a range of its own.
#include <doctest/doctest.h>

#include "support/homes.hpp"

#include <algorithm>
#include <vector>

TEST_CASE("strict: the pages of two tenants that stage in turn lie in two ranges (I11)") {
  testing::book book;
  fc::registry homes{book};
  fc::frame_cache<fc::isolate<fc::strict>> cache{
      homes, {.capacity = fc::mebibytes{4}, .tenant_partition = fc::byte_count{std::uint64_t{1} << 20}}};
  auto noisy = cache.publisher(book.publisher(1));
  auto quiet = cache.publisher(book.publisher(2));
  auto const one = noisy.begin(noisy.device("porch"));
  auto const other = quiet.begin(quiet.device("porch"));
  std::vector<fc::draft> drafts;
  auto const stage = [&](fc::stream const& stream) {
    drafts.push_back(stream.stage(fc::byte_count{10'000U}));
    REQUIRE(drafts.back());
    return reinterpret_cast<std::uintptr_t>(drafts.back().bytes().data());
  };
  std::vector<std::uintptr_t> first;
  std::vector<std::uintptr_t> second;
  for (int i = 0; i != 32; ++i) {
    first.push_back(stage(one));
    second.push_back(stage(other));
  }
  auto const [first_low, first_high] = std::minmax_element(first.begin(), first.end());
  auto const [second_low, second_high] = std::minmax_element(second.begin(), second.end());
  CHECK((*first_high < *second_low || *second_high < *first_low));
}

// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "support/homes.hpp"

#include <vector>

// Each partition has a range of addresses of its own: pages that one tenant leaves scattered over the common range, within its own
// bound, would keep its neighbour from a run of pages.
TEST_CASE("strict: a tenant that scatters small frames does not keep its neighbour from a large one (I11)") {
  testing::book book;
  fc::registry homes{book};
  fc::frame_cache<fc::isolate<fc::strict>> cache{
      homes, {.capacity = fc::mebibytes{4}, .tenant_partition = fc::byte_count{std::uint64_t{1900} * 1024}}};
  auto noisy = cache.publisher(book.publisher(1));
  auto quiet = cache.publisher(book.publisher(2));
  auto many = noisy.begin(noisy.device("porch"));
  auto large = quiet.begin(quiet.device("hall"));
  std::vector<fc::draft> kept;
  std::vector<fc::draft> gaps;
  for (;;) {
    auto one = many.stage(fc::byte_count{100U});
    if (!one) break;
    kept.push_back(std::move(one));
    auto gap = many.stage(fc::byte_count{std::uint64_t{4 * 4096 - 1000}});
    if (gap) gaps.push_back(std::move(gap));
    // What is given back in between goes back to the kernel when pages of another size are wanted.
    if (gaps.size() == 40) gaps.clear();
  }
  REQUIRE(kept.size() > 300);
  auto const wanted = large.stage(fc::byte_count{std::uint64_t{1'600'000}});
  CHECK(static_cast<bool>(wanted));
}

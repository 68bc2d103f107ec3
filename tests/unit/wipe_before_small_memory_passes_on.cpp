// SPDX-License-Identifier: Apache-2.0
//
// Small frames lie behind their headers, in memory that a room keeps for its devices or gives back to the slab. By whatever way
// it comes to another device, home or epoch, it reads as zero there (I5).
#include <doctest/doctest.h>

#include "support/homes.hpp"

#include <algorithm>
#include <vector>

namespace {

constexpr std::uint64_t size = 900;
fc::byte_count same_small_size() { return fc::byte_count{size}; }
std::string small_picture() { return std::string(size, 's'); }

// Bytes of a draft that are not zero.
std::ptrdiff_t left_in(fc::draft& draft) {
  auto const all = draft.bytes();
  return std::count_if(all.begin(), all.end(), [](std::byte b) { return b != std::byte{0}; });
}

}  // namespace

TEST_CASE(
    "what a small frame left is gone when another device of its home gets the memory, and there for its own (I5)") {
  testing::house<> h;
  auto camera = h.cache.publisher(h.keys.publisher(1));
  auto porch = camera.begin(camera.device("porch"));
  auto const hall = camera.begin(camera.device("hall"));
  REQUIRE(testing::put(porch, small_picture()) == fc::commit_status::committed);
  porch = camera.begin(porch.device());  // supersedes it
  {
    auto own = porch.stage(same_small_size());
    CHECK(left_in(own) == static_cast<std::ptrdiff_t>(size));  // otherwise this test would prove nothing
  }
  auto other = hall.stage(same_small_size());
  CHECK(left_in(other) == 0);
}

TEST_CASE("what a revoked home's small frames left is gone when anybody gets the memory (I5, I7)") {
  testing::house<> h;
  auto ops = h.cache.admin(h.keys.admin());
  for (std::uint64_t const next : {2U, 1U}) {
    auto camera = h.cache.publisher(h.keys.publisher(1));
    auto const porch = camera.begin(camera.device("porch"));
    for (int i = 0; i != 4; ++i) REQUIRE(testing::put(porch, small_picture()) == fc::commit_status::committed);
    REQUIRE(ops.revoke(testing::tenant(1)).status == fc::order_status::done);
    auto another = h.cache.publisher(h.keys.publisher(next));
    auto const stream = another.begin(another.device("porch"));
    std::vector<fc::draft> drafts;
    for (int i = 0; i != 4; ++i) {
      drafts.push_back(stream.stage(same_small_size()));
      CHECK(left_in(drafts.back()) == 0);
    }
  }
}

TEST_CASE("what a home's small frames left is gone when a neighbour fills the cache (I5)") {
  fc::byte_count const smaller{300U};  // the cache is small, and so is what lies behind its header there
  testing::house<> h{{.capacity = fc::kibibytes{256}}};
  auto camera = h.cache.publisher(h.keys.publisher(1));
  auto porch = camera.begin(camera.device("porch"));
  auto const put_to = [&](std::uint16_t last) {
    for (std::uint16_t width = 1; width <= last; ++width) {
      auto draft = porch.stage(smaller, {width, 1, fc::rotation::none});
      REQUIRE(draft);
      std::fill(draft.bytes().begin(), draft.bytes().end(), std::byte{'s'});
      REQUIRE(std::move(draft).commit({.size = smaller}) == fc::commit_status::committed);
    }
  };
  put_to(60);
  porch = camera.begin(porch.device());  // all of them are free now, and kept for their device
  put_to(30);
  auto neighbour = h.cache.publisher(h.keys.publisher(2));
  auto const stream = neighbour.begin(neighbour.device("porch"));
  std::vector<fc::draft> drafts;
  while (auto draft = stream.stage(smaller)) {
    CHECK(left_in(draft) == 0);
    drafts.push_back(std::move(draft));
  }
  CHECK(drafts.size() > 100);
}

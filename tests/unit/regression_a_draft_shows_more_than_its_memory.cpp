// SPDX-License-Identifier: Apache-2.0
//
// A pointer to a private member can be had by explicit instantiation. A draft that had advanced and was then given a shorter
// memory showed what lay behind it: another home's frame.
#include <doctest/doctest.h>

#include "support/homes.hpp"

#include <string>

namespace {

fc::engine::staged& memory_of(fc::draft& of);
template <fc::engine::staged fc::draft::* Stolen>
struct robbed_draft {
  friend fc::engine::staged& memory_of(fc::draft& of) { return of.*Stolen; }
};
template struct robbed_draft<&fc::draft::memory_>;

}  // namespace

TEST_CASE("a draft that was given a shorter memory shows no more than that (P3, I3)") {
  testing::house<> h;
  auto const camera = h.cache.publisher(h.keys.publisher(1));
  auto const neighbour = h.cache.publisher(h.keys.publisher(2));
  auto const mine = camera.begin(camera.device("hall"));
  auto const other = neighbour.begin(neighbour.device("hall"));
  auto small = mine.stage(fc::byte_count{64U});
  REQUIRE(testing::put(other, "the neighbour's hall") == fc::commit_status::committed);
  auto large = mine.stage(fc::byte_count{65'536U});
  REQUIRE(large.advance(fc::byte_count{65'536U}));
  memory_of(large) = std::move(memory_of(small));
  CHECK(large.written().size() == 64);
  CHECK(large.bytes().empty());
  CHECK_FALSE(large.advance(fc::byte_count{1U}));
  CHECK(std::move(large).commit({}) == fc::commit_status::too_long);
}

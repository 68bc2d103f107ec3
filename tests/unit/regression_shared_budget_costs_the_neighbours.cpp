// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "support/homes.hpp"

using shared_cache = fc::frame_cache<fc::isolate<fc::shared>>;

namespace {

fc::commit_status put(fc::stream const& stream, std::uint16_t n) {
  auto draft = stream.stage(fc::byte_count{std::uint64_t{3000}}, fc::rendition{n, n, fc::rotation::none});
  if (!draft) return draft.why();
  return std::move(draft).commit({.size = fc::byte_count{std::uint64_t{3000}}});
}

}  // namespace

TEST_CASE("shared: a lower cap for one tenant takes that tenant's frames, not everybody's older ones") {
  testing::book book;
  fc::registry homes{book};
  shared_cache cache{homes, {.capacity = fc::mebibytes{4}}};
  auto neighbour = cache.publisher(book.publisher(2));
  auto neighbours_stream = neighbour.begin(neighbour.device("porch"));
  for (std::uint16_t n = 1; n <= 10; ++n) REQUIRE(put(neighbours_stream, n) == fc::commit_status::committed);
  auto camera = cache.publisher(book.publisher(1));
  auto stream = camera.begin(camera.device("porch"));
  for (std::uint16_t n = 1; n <= 10; ++n) REQUIRE(put(stream, n) == fc::commit_status::committed);

  auto ops = cache.admin(book.admin());
  REQUIRE(ops.set_budget(testing::tenant(1), {.cap = fc::byte_count{std::uint64_t{2 * 4096}}}) ==
          fc::order_status::done);
  CHECK(ops.counts(testing::tenant(1)).frames == 2);
  CHECK(ops.counts(testing::tenant(2)).frames == 10);
}

TEST_CASE("shared: a tenant at its cap makes room with its own oldest frame, of whichever device") {
  testing::book book;
  fc::registry homes{book};
  shared_cache cache{homes, {.capacity = fc::mebibytes{4}, .tenant_cap = fc::byte_count{std::uint64_t{4 * 4096}}}};
  auto camera = cache.publisher(book.publisher(1));
  auto porch = camera.begin(camera.device("porch"));
  for (std::uint16_t n = 1; n <= 4; ++n) REQUIRE(put(porch, n) == fc::commit_status::committed);
  auto hall = camera.begin(camera.device("hall"));
  CHECK(put(hall, 1) == fc::commit_status::committed);
}

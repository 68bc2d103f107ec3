// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "support/homes.hpp"

#include <vector>

TEST_CASE("fair: a tenant below its share gets room from any borrower, also when the next two have frames that are all "
          "held") {
  testing::book book;
  fc::registry homes{book};
  fc::frame_cache<> cache{homes, {.capacity = fc::mebibytes{1}, .tenant_floor = fc::kibibytes{64}}};
  auto ops = cache.admin(book.admin());
  auto put = [](fc::stream const& stream, std::uint16_t n) {
    auto draft = stream.stage(fc::byte_count{std::uint64_t{3000}}, fc::rendition{n, n, fc::rotation::none});
    if (!draft) return draft.why();
    return std::move(draft).commit({.size = fc::byte_count{std::uint64_t{3000}}});
  };
  auto newcomer = cache.publisher(book.publisher(4));
  auto new_stream = newcomer.begin(newcomer.device("porch"));
  // Homes 1 and 2 hold everything they have, beyond their floor; home 3 fills the rest and holds nothing.
  std::vector<fc::frame_cache<>::handle_type<>> held;
  for (std::uint64_t home = 1; home != 3; ++home) {
    auto camera = cache.publisher(book.publisher(home));
    auto const stream = camera.begin(camera.device("porch"));
    auto eye = cache.viewer(book.viewer(home));
    for (std::uint16_t n = 1; n <= 40; ++n) {
      REQUIRE(put(stream, n) == fc::commit_status::committed);
      held.push_back(eye.find(stream.device(), stream.generation(), {n, n, fc::rotation::none}));
    }
    REQUIRE(ops.counts(testing::tenant(home)).charged > 64 * 1024);
  }
  auto free_home = cache.publisher(book.publisher(3));
  auto free_stream = free_home.begin(free_home.device("porch"));
  for (std::uint16_t n = 1; ops.counts(testing::tenant(3)).evictions == 0; ++n) {
    REQUIRE(put(free_stream, n) == fc::commit_status::committed);
  }
  for (std::uint16_t n = 1; n <= 15; ++n) CHECK(put(new_stream, n) == fc::commit_status::committed);
  CHECK(ops.counts(testing::tenant(4)).evictions == 0);
}

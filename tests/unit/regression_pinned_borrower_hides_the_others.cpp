// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "support/homes.hpp"

#include <vector>

TEST_CASE("fair: a tenant below its share gets room from any borrower, also when another one's frames are all held") {
  testing::book book;
  fc::registry homes{book};
  fc::frame_cache<> cache{homes, {.capacity = fc::mebibytes{1}, .tenant_floor = fc::kibibytes{64}}};
  auto put = [](fc::stream const& stream, std::uint16_t n) {
    auto draft = stream.stage(fc::byte_count{std::uint64_t{100}}, fc::rendition{n, n, fc::rotation::none});
    if (!draft) return draft.why();
    return std::move(draft).commit({.size = fc::byte_count{std::uint64_t{100}}});
  };
  auto newcomer = cache.publisher(book.publisher(3));
  auto new_stream = newcomer.begin(newcomer.device("porch"));
  // Home 1 holds everything it has, beyond its floor; home 2 fills the rest and holds nothing.
  auto held_home = cache.publisher(book.publisher(1));
  auto free_home = cache.publisher(book.publisher(2));
  auto held_stream = held_home.begin(held_home.device("porch"));
  auto free_stream = free_home.begin(free_home.device("porch"));
  auto eye = cache.viewer(book.viewer(1));
  std::vector<fc::frame_cache<>::handle_type<>> held;
  for (std::uint16_t n = 1; n <= 60; ++n) {
    REQUIRE(put(held_stream, n) == fc::commit_status::committed);
    held.push_back(eye.find(held_stream.device(), held_stream.generation(), {n, n, fc::rotation::none}));
  }
  for (std::uint16_t n = 1; n <= 400; ++n) REQUIRE(put(free_stream, n) == fc::commit_status::committed);
  for (std::uint16_t n = 1; n <= 10; ++n) CHECK(put(new_stream, n) == fc::commit_status::committed);
}

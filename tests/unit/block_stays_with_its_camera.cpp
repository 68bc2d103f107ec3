// SPDX-License-Identifier: Apache-2.0
//
// What lies apart stays with the camera that left it, so that a steady stream is given nothing that has to be zeroed first (I5);
// and is the first to go when memory is wanted.
#include <doctest/doctest.h>

#include "model/raw_source.hpp"
#include "support/homes.hpp"

namespace {

struct cameras_in_turn {
  explicit cameras_in_turn(fc::config how = {.capacity = fc::mebibytes{2}}) : cache{homes, with_source(how)} {}

  fc::config with_source(fc::config how) {
    how.source = &memory;
    how.audit_each_operation = true;
    return how;
  }
  // Puts a frame of that many bytes, and says whether its memory held what its own camera had left there.
  bool put(fc::stream const& stream, char letter, std::uint64_t bytes) const {
    auto draft = stream.stage(fc::byte_count{bytes});
    REQUIRE(draft);
    CHECK(draft.why() == fc::commit_status::committed);
    bool const own = draft.bytes()[bytes / 2] == static_cast<std::byte>(letter);
    bool const clean = draft.bytes()[bytes / 2] == std::byte{0};
    CHECK((own || clean));
    std::memset(draft.bytes().data(), letter, bytes);
    REQUIRE(std::move(draft).commit({.size = fc::byte_count{bytes}}) == fc::commit_status::committed);
    return own;
  }

  testing::book book;
  fc::registry homes{book};
  testing::raw_source memory;
  fc::frame_cache<> cache;
  fc::publisher camera = cache.publisher(book.publisher(1));
  fc::stream porch = camera.begin(camera.device("porch"));
  fc::stream hall = camera.begin(camera.device("hall"));
};

}  // namespace

TEST_CASE("cameras that publish in turn are given their own blocks back, which nobody has to zero (I5)") {
  cameras_in_turn home;
  for (int i = 0; i != 2; ++i) {
    home.put(home.porch, 'p', 30'000);
    home.put(home.hall, 'h', 50'000);
  }
  auto const taken = home.memory.allocations();
  for (int i = 0; i != 10; ++i) {
    CHECK(home.put(home.porch, 'p', 30'000));
    CHECK(home.put(home.hall, 'h', 50'000));
  }
  CHECK(home.memory.allocations() == taken);
}

TEST_CASE("a frame a little smaller than the last goes into its block, a far smaller one does not") {
  cameras_in_turn home;
  for (int i = 0; i != 2; ++i) home.put(home.porch, 'p', 60'000);
  CHECK(home.put(home.porch, 'p', 40'000));
  auto const before = home.cache.stats().resident;
  home.put(home.porch, 'p', 3'000);
  CHECK(home.cache.stats().resident > before);  // a block of its own; what was left stays with the camera
  // A larger one than the camera keeps is kept in its stead.
  home.put(home.porch, 'p', 90'000);
  home.put(home.porch, 'p', 90'000);
  CHECK(home.put(home.porch, 'p', 90'000));
}

TEST_CASE("a block that a camera keeps goes before any frame does, and clean (I5, I10)") {
  cameras_in_turn home;
  for (int i = 0; i != 2; ++i) home.put(home.porch, 'p', 30'000);
  home.memory.have_no_more();
  CHECK_FALSE(home.put(home.hall, 'h', 30'000));
  CHECK(home.cache.stats().evictions == 0);
  CHECK(home.cache.stats().frames == 2);
  CHECK(home.memory.faults() == 0);
}

TEST_CASE("a cap counts all of the block that is used, and not what a camera keeps") {
  constexpr std::uint64_t page = 4096;
  for (std::uint64_t const cap : {32U, 31U}) {
    cameras_in_turn home{{.capacity = fc::mebibytes{2}, .tenant_cap = fc::byte_count{cap * page}}};
    auto ops = home.cache.admin(home.book.admin());
    for (int i = 0; i != 3; ++i) home.put(home.porch, 'p', 16 * page - 100);
    CHECK(ops.counts(testing::tenant(1)).charged == 16 * page);
    // Into the block of sixteen pages that the camera keeps, if that fits under the cap beside the frame that is there.
    bool const fits = cap == 32;
    CHECK(home.put(home.porch, 'p', 10 * page - 100) == fits);
    CHECK(ops.counts(testing::tenant(1)).charged == (fits ? 16 : 10) * page);
  }
}

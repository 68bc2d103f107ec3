// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "model/raw_source.hpp"
#include "support/homes.hpp"

TEST_CASE("what goes back to a block source is zero, whole, and everything goes back when the cache ends (I5, I10)") {
  testing::book book;
  fc::registry homes{book};
  testing::raw_source memory;
  {
    fc::frame_cache<> cache{homes, {.capacity = fc::kibibytes{400}, .source = &memory}};
    auto camera = cache.publisher(book.publisher(1));
    auto stream = camera.begin(camera.device("porch"));
    std::size_t most = 0;
    std::size_t before = 0;
    int shrunk = 0;
    // Sizes that never fit the block before them, so that blocks go back and forth.
    for (std::uint64_t i = 0; i != 200; ++i) {
      REQUIRE(testing::put(stream, std::string(1000 + (i * 37'123) % 90'000, 'p')) == fc::commit_status::committed);
      most = std::max(most, memory.out());
      if (memory.out() < before) ++shrunk;
      before = memory.out();
    }
    CHECK(most <= 400 * 1024);
    CHECK(shrunk > 0);
    CHECK(memory.out() > 0);
  }
  CHECK(memory.out() == 0);
  CHECK(memory.faults() == 0);
}

TEST_CASE("a block source that has nothing makes no_room, and the cache works again when it has (I12)") {
  testing::book book;
  fc::registry homes{book};
  testing::raw_source memory{8 * 4096};
  fc::frame_cache<> cache{homes, {.capacity = fc::mebibytes{1}, .source = &memory, .audit_each_operation = true}};
  auto camera = cache.publisher(book.publisher(1));
  auto stream = camera.begin(camera.device("porch"));
  auto const resident = cache.stats().resident;
  CHECK(stream.stage(fc::byte_count{std::uint64_t{100'000}}).why() == fc::commit_status::no_room);
  CHECK(cache.stats().resident == resident);  // what was charged for it is credited
  CHECK(testing::put(stream, "small enough") == fc::commit_status::committed);
  CHECK(memory.faults() == 0);
}

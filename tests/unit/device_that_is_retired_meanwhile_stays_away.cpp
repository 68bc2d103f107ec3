// SPDX-License-Identifier: Apache-2.0
//
// begin() may have to make room for its record of a device, and user code runs while it does.
#include <doctest/doctest.h>

#include "model/raw_source.hpp"
#include "support/homes.hpp"
#include "support/records.hpp"

#include <vector>

TEST_CASE("a device that is retired while a stream of it begins does not come back (I7)") {
  int overtaken = 0;
  // How much is left over depends on sizes that are nobody's business: one of these leaves less than the record needs.
  for (std::uint64_t spare = 0; spare != 4096; spare += 128) {
    testing::book book;
    fc::registry homes{book};
    testing::raw_source memory;
    fc::frame_cache<> cache{homes, {.capacity = fc::byte_count{256 * 1024 + spare}, .source = &memory}};
    auto camera = cache.publisher(book.publisher(1));
    auto boss = cache.steward(book.steward(1));
    auto const garden = *camera.device("garden");
    auto const porch = camera.begin(camera.device("porch"));
    auto const others = testing::use_up_records(cache, camera);
    std::vector<fc::draft> drafts;
    while (auto draft = porch.stage(fc::byte_count{1U})) drafts.push_back(std::move(draft));
    drafts.pop_back();  // a free block, which is given back when room is wanted
    bool retired = false;
    memory.when_asked = [&] {
      if (!std::exchange(retired, true)) CHECK(boss.retire(garden).status == fc::order_status::done);
    };
    auto const late = camera.begin(garden);
    memory.when_asked = nullptr;
    if (!retired) continue;
    ++overtaken;
    CHECK(late.why() == fc::begin_status::unknown);
    CHECK(boss.counts().devices == 1 + others.size());
  }
  CHECK(overtaken > 0);
}

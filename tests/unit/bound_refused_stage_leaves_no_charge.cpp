// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "support/homes.hpp"

#include <vector>

TEST_CASE("staging that finds no room leaves nothing charged, however often it is tried (I10, I12)") {
  testing::house<> h{{.capacity = fc::byte_count{std::uint64_t{256} * 1024}, .audit_each_operation = true}};
  auto camera = h.cache.publisher(h.keys.publisher(1));
  auto boss = h.cache.steward(h.keys.steward(1));
  auto const stream = camera.begin(camera.device("porch"));
  std::vector<fc::draft> drafts;
  while (auto draft = stream.stage(fc::byte_count{1U})) drafts.push_back(std::move(draft));
  auto const charged = boss.counts().charged;
  CHECK(charged == drafts.size() * testing::small_frame);
  for (int i = 0; i != 10; ++i) CHECK(stream.stage(fc::byte_count{1U}).why() == fc::commit_status::no_room);
  CHECK(boss.counts().charged == charged);
  drafts.clear();
  CHECK(boss.counts().charged == 0);
}

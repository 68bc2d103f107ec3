// SPDX-License-Identifier: Apache-2.0
//
// A frame that lies apart is charged to its home before its memory is taken; when there is none, that is taken back.
#include <doctest/doctest.h>

#include "support/homes.hpp"

#include <vector>

TEST_CASE("staging a large frame that finds no room leaves nothing charged, however often it is tried (I10, I12)") {
  testing::house<> h{{.capacity = fc::kibibytes{640}, .audit_each_operation = true}};
  auto camera = h.cache.publisher(h.keys.publisher(1));
  auto boss = h.cache.steward(h.keys.steward(1));
  auto const stream = camera.begin(camera.device("porch"));
  std::vector<fc::draft> drafts;
  while (auto draft = stream.stage(fc::byte_count{16'000U})) drafts.push_back(std::move(draft));
  auto const charged = boss.counts().charged;
  CHECK(charged == drafts.size() * 16'384);
  for (int i = 0; i != 10; ++i) CHECK(stream.stage(fc::byte_count{16'000U}).why() == fc::commit_status::no_room);
  CHECK(boss.counts().charged == charged);
  drafts.clear();
  CHECK(boss.counts().charged == 0);
}

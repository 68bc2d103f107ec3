// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "support/homes.hpp"

using namespace std::chrono_literals;

TEST_CASE("each figure of stats() and counts() is exact for a small traffic that is written down") {
  testing::clock_keeper const keeper;
  testing::house<> h;
  auto const empty = h.cache.stats();
  CHECK(empty.capacity == 4 * 1024 * 1024);
  CHECK(empty.resident > 0);
  CHECK(empty.tenants == 0);

  auto camera = h.cache.publisher(h.keys.publisher(1));
  auto neighbour = h.cache.publisher(h.keys.publisher(2));
  auto eye = h.cache.viewer(h.keys.viewer(1));
  auto const refused = h.cache.viewer("forged");
  auto const porch = camera.begin(camera.device("porch"));
  std::optional hall{camera.begin(camera.device("hall"))};
  REQUIRE(testing::put(porch, "one") == fc::commit_status::committed);
  REQUIRE(testing::put(porch, "two") == fc::commit_status::committed);
  REQUIRE(testing::put(*hall, "three") == fc::commit_status::committed);
  auto const old_hall = hall->generation();
  auto const again = camera.begin(hall->device());                                // fences the hall's frame off
  CHECK(hall->stage(fc::byte_count{1U}).why() == fc::commit_status::superseded);  // refused: 1
  hall.reset();
  auto const theirs = neighbour.begin(neighbour.device("porch"));
  REQUIRE(testing::put(theirs, std::string(5000, 'x')) == fc::commit_status::committed);

  auto const held = eye.find(porch.device(), porch.generation());  // hit: 1
  auto const shared = eye.share(held);                             // no lookup
  CHECK(eye.latest(porch.device(), fc::any_age));                  // hit: 2
  CHECK_FALSE(eye.find(again.device(), old_hall));                 // superseded: 1
  CHECK_FALSE(eye.find(again.device(), again.generation()));       // absent: 1
  CHECK_FALSE(eye.latest(theirs.device(), fc::any_age));           // absent: 2
  fc::base::advance_clocks(10s);
  CHECK_FALSE(eye.latest(porch.device(), fc::no_older_than(1s)));  // too_old: 1
  CHECK(eye.peek(porch.device(), porch.generation(), [](fc::frame_view const&) {}) == fc::lookup_status::hit);  // 3
  auto stranger = h.cache.viewer(h.keys.viewer(2));
  CHECK_FALSE(testing::holds(stranger.read(held)));  // crossing: 1
  auto const draft = porch.stage(fc::byte_count{1U});

  auto const s = h.cache.stats();
  CHECK(s.capacity == empty.capacity);
  CHECK(s.tenants == 2);
  CHECK(s.generations == 4);
  CHECK(s.commits == 4);
  CHECK(s.commits_refused == 1);
  CHECK(s.frames == 2);
  CHECK(s.hits == 3);
  CHECK(s.superseded == 1);
  CHECK(s.absent == 2);
  CHECK(s.too_old == 1);
  CHECK(s.misses == 4);
  CHECK(s.handles == 3);                        // held, shared, draft
  CHECK(s.pinned == 2 * testing::small_frame);  // one frame, one draft
  CHECK(s.evictions == 0);
  CHECK(s.wiped == 0);
  CHECK(s.crossings_refused == 1);
  CHECK(s.credentials_refused == 1);
  CHECK(s.resident > empty.resident + 3 * 4096 + 8192);
  CHECK(s.resident <= s.capacity);

  auto ops = h.cache.admin(h.keys.admin());
  auto const mine = ops.counts(testing::tenant(1));
  CHECK(mine.status == fc::order_status::done);
  CHECK(mine.charged == 2 * testing::small_frame);  // a frame and a draft
  CHECK(mine.pinned == 2 * testing::small_frame);
  CHECK(mine.frames == 1);
  CHECK(mine.devices == 2);
  CHECK(mine.hits == 3);
  CHECK(mine.misses == 4);
  CHECK(mine.commits == 3);
  CHECK(mine.evictions == 0);
  auto const neighbours = ops.counts(testing::tenant(2));
  CHECK(neighbours.charged == 8192);
  CHECK(neighbours.frames == 1);
  CHECK(neighbours.hits == 0);
  CHECK(neighbours.misses == 0);
  CHECK(neighbours.commits == 1);
  CHECK(ops.counts(testing::tenant(77)).status == fc::order_status::unknown);
  auto steward = h.cache.steward(h.keys.steward(1));
  CHECK(steward.counts().commits == mine.commits);
  CHECK(steward.counts().charged == mine.charged);
  CHECK(ops.stats().commits == s.commits);
  CHECK(h.homes.tenants() == 3);  // with the admin's own
}

TEST_CASE("refused and suspended lookups count as neither hit nor miss") {
  testing::house<> h;
  auto camera = h.cache.publisher(h.keys.publisher(1));
  auto const stream = camera.begin(camera.device("porch"));
  REQUIRE(testing::put(stream, "x") == fc::commit_status::committed);
  auto eye = h.cache.viewer(h.keys.viewer(1));
  auto ops = h.cache.admin(h.keys.admin());
  REQUIRE(ops.suspend(testing::tenant(1)) == fc::order_status::done);
  CHECK_FALSE(eye.latest(stream.device(), fc::any_age));
  REQUIRE(ops.resume(testing::tenant(1)) == fc::order_status::done);
  REQUIRE(ops.revoke(testing::tenant(1), testing::principal(7)) == fc::order_status::done);
  CHECK_FALSE(eye.latest(stream.device(), fc::any_age));
  CHECK(h.cache.stats().hits == 0);
  CHECK(h.cache.stats().misses == 0);
}

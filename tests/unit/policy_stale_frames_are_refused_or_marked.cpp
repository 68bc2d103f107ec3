// SPDX-License-Identifier: Apache-2.0
//
// stale<refuse> and stale<mark>: never silently an old frame. I6's one exception is made here and nowhere else.
#include <doctest/doctest.h>

#include "support/homes.hpp"

using namespace std::chrono_literals;

namespace {
using marking_house = testing::house<fc::frame_cache<fc::stale<fc::mark>>>;
}  // namespace

TEST_CASE("stale<refuse>: a frame older than asked is `too_old`, and none of the generation before is served") {
  testing::clock_keeper const keeper;
  testing::house<> h;
  auto camera = h.cache.publisher(h.keys.publisher(1));
  auto stream = camera.begin(camera.device("front door"));
  REQUIRE(testing::put(stream, "a frame") == fc::commit_status::committed);
  auto eye = h.cache.viewer(h.keys.viewer(1));
  auto const young = eye.latest(stream.device(), fc::no_older_than(10s));
  REQUIRE(young);
  CHECK_FALSE(eye.read(young).stale());
  fc::base::advance_clocks(11s);
  CHECK(eye.latest(stream.device(), fc::no_older_than(10s)).why() == fc::lookup_status::too_old);
  CHECK(eye.latest(stream.device(), fc::any_age));
  CHECK(eye.find(stream.device(), stream.generation()));
  CHECK(eye.read(young).age() >= 11s);
  auto const next = camera.begin(stream.device());
  CHECK(eye.latest(stream.device(), fc::any_age).why() == fc::lookup_status::absent);
  CHECK(h.cache.stats().frames == 0);
}

TEST_CASE("stale<mark>: an older frame than asked comes marked, a young one unmarked") {
  testing::clock_keeper const keeper;
  marking_house h;
  auto camera = h.cache.publisher(h.keys.publisher(1));
  auto const stream = camera.begin(camera.device("front door"));
  REQUIRE(testing::put(stream, "a frame") == fc::commit_status::committed);
  auto eye = h.cache.viewer(h.keys.viewer(1));
  auto const young = eye.latest(stream.device(), fc::no_older_than(10s));
  REQUIRE(young);
  CHECK_FALSE(eye.read(young).stale());
  fc::base::advance_clocks(11s);
  auto const old = eye.latest(stream.device(), fc::no_older_than(10s));
  REQUIRE(old);
  CHECK(old.why() == fc::lookup_status::hit);
  CHECK(eye.read(old).stale());
  auto const shared = eye.share(old);
  CHECK(eye.read(shared).stale());
  auto const asked_for_any = eye.latest(stream.device(), fc::any_age);
  CHECK_FALSE(eye.read(asked_for_any).stale());
  auto const exact = eye.find(stream.device(), stream.generation());
  CHECK_FALSE(eye.read(exact).stale());
}

TEST_CASE("stale<mark>: the last picture of the generation before is shown by `latest` alone, marked, until there is a "
          "new one") {
  marking_house h;
  auto camera = h.cache.publisher(h.keys.publisher(1));
  auto const before = camera.begin(camera.device("front door"));
  REQUIRE(testing::put(before, "older") == fc::commit_status::committed);
  REQUIRE(testing::put(before, "before") == fc::commit_status::committed);
  auto small = before.stage(fc::byte_count{4U}, fc::rendition{1, 1, fc::rotation::none});
  REQUIRE(std::move(small).commit({.size = fc::byte_count{4U}}) == fc::commit_status::committed);
  auto eye = h.cache.viewer(h.keys.viewer(1));

  auto const now = camera.begin(before.device());
  for (int i = 0; i != 2; ++i) {
    auto const marked = eye.latest(before.device(), fc::no_older_than(10s));
    REQUIRE(marked);
    CHECK(eye.read(marked).stale());
    CHECK(testing::text_of(eye.read(marked)) == "before");
    CHECK(eye.read(marked).generation() == before.generation());
    CHECK(eye.find(before.device(), before.generation()).why() == fc::lookup_status::superseded);
    CHECK(eye.latest(before.device(), fc::any_age, fc::rendition{1, 1, fc::rotation::none}).why() ==
          fc::lookup_status::absent);
    if (i == 0) REQUIRE(camera.begin(before.device()));  // a second begin without a frame keeps the same last picture
  }
  CHECK(testing::put(before, "late") == fc::commit_status::superseded);

  auto const live = camera.begin(before.device());
  REQUIRE(testing::put(live, "now") == fc::commit_status::committed);
  auto const fresh = eye.latest(before.device(), fc::no_older_than(10s));
  REQUIRE(fresh);
  CHECK_FALSE(eye.read(fresh).stale());
  CHECK(testing::text_of(eye.read(fresh)) == "now");
  CHECK(h.cache.stats().frames == 1);
}

TEST_CASE("stale<mark> shows nothing of a revoked epoch or a retired device (I7)") {
  marking_house h;
  auto camera = h.cache.publisher(h.keys.publisher(1));
  auto stream = camera.begin(camera.device("front door"));
  REQUIRE(testing::put(stream, "before") == fc::commit_status::committed);
  stream = camera.begin(stream.device());
  auto eye = h.cache.viewer(h.keys.viewer(1));
  REQUIRE(eye.latest(stream.device(), fc::any_age));
  REQUIRE(h.cache.steward(h.keys.steward(1)).retire(stream.device()).wiped == testing::small_frame);
  CHECK(eye.latest(stream.device(), fc::any_age).why() == fc::lookup_status::absent);
  stream = camera.begin(camera.device("front door"));
  REQUIRE(testing::put(stream, "again") == fc::commit_status::committed);
  stream = camera.begin(stream.device());
  REQUIRE(h.cache.admin(h.keys.admin()).revoke(testing::tenant(1)).status == fc::order_status::done);
  CHECK(h.cache.viewer(h.keys.viewer(1)).latest(stream.device(), fc::any_age).why() == fc::lookup_status::absent);
  CHECK(h.cache.stats().frames == 0);
}

// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "support/homes.hpp"

using namespace std::chrono_literals;

TEST_CASE("a wall clock that is set back extends nothing that is open") {
  testing::clock_keeper const keeper;
  testing::house<> h;
  auto admission = testing::book::admission(fc::role::viewer, 1, 7);
  admission.expires = fc::expiry::at(fc::base::wall_now() + 60s);
  auto eye = h.cache.viewer(h.keys.issue(admission));
  REQUIRE(eye);
  fc::base::set_wall_clock_by(-1h);
  fc::base::advance_clocks(59s);
  CHECK(eye);
  fc::base::advance_clocks(1s);
  CHECK(eye.why() == fc::refusal::refused);
}

TEST_CASE("a wall clock that is set forward ends nothing early, and refuses what would be opened now") {
  testing::clock_keeper const keeper;
  testing::house<> h;
  auto admission = testing::book::admission(fc::role::viewer, 1, 7);
  admission.expires = fc::expiry::at(fc::base::wall_now() + 60s);
  auto const key = h.keys.issue(admission);
  auto eye = h.cache.viewer(key);
  REQUIRE(eye);
  fc::base::set_wall_clock_by(1h);
  CHECK(eye);
  CHECK(h.cache.viewer(key).why() == fc::refusal::refused);
}

TEST_CASE("age is counted on the steady clock: setting the wall clock makes no frame young or old") {
  testing::clock_keeper const keeper;
  testing::house<> h;
  auto camera = h.cache.publisher(h.keys.publisher(1));
  auto const stream = camera.begin(camera.device("front door"));
  REQUIRE(testing::put(stream, "a frame") == fc::commit_status::committed);
  auto eye = h.cache.viewer(h.keys.viewer(1));
  fc::base::set_wall_clock_by(24h);
  CHECK(eye.latest(stream.device(), fc::no_older_than(10s)));
  fc::base::set_wall_clock_by(-48h);
  fc::base::advance_clocks(11s);
  CHECK(eye.latest(stream.device(), fc::no_older_than(10s)).why() == fc::lookup_status::too_old);
}

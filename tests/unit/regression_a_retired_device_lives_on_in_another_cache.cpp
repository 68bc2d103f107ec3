// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "support/homes.hpp"

TEST_CASE("a device that was retired through one cache is neither found nor fed in another one of the same registry") {
  testing::book keys;
  fc::registry homes{keys};
  fc::frame_cache<> stills{homes, {.capacity = fc::mebibytes{1}}};
  fc::frame_cache<> clips{homes, {.capacity = fc::mebibytes{1}}};
  auto camera = clips.publisher(keys.publisher(1));
  auto const stream = camera.begin(camera.device("porch"));
  REQUIRE(testing::put(stream, "a frame") == fc::commit_status::committed);
  auto eye = clips.viewer(keys.viewer(1));
  auto steward = stills.steward(keys.steward(1));
  REQUIRE(steward.retire(stream.device()).status == fc::order_status::done);
  REQUIRE_FALSE(eye.device("porch").has_value());
  CHECK(eye.find(stream.device(), stream.generation()).why() == fc::lookup_status::absent);
  CHECK(eye.latest(stream.device(), fc::any_age).why() == fc::lookup_status::absent);
  CHECK_FALSE(eye.current(stream.device()).has_value());
  CHECK(testing::put(stream, "another") == fc::commit_status::retired);
}

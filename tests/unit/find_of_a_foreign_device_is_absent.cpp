// SPDX-License-Identifier: Apache-2.0
//
// A stranger who knows a device's number and its generations learns nothing by asking for them: not even that one has passed.
#include <doctest/doctest.h>

#include "support/homes.hpp"

#include <array>

namespace core = fc::core;

TEST_CASE("another home's device is absent in every lookup, whatever generation of it is asked for (I2, I12)") {
  testing::house<> h;
  auto camera = h.cache.publisher(h.keys.publisher(1));
  auto const before = camera.begin(camera.device("porch"));
  REQUIRE(testing::put(before, "older") == fc::commit_status::committed);
  auto const now = camera.begin(before.device());
  REQUIRE(testing::put(now, "newer") == fc::commit_status::committed);
  auto eye = h.cache.viewer(h.keys.viewer(1));
  REQUIRE(eye.find(now.device(), before.generation()).why() == fc::lookup_status::superseded);
  auto stranger = h.cache.viewer(h.keys.viewer(2));
  // With a camera of its own, so that it has a room and devices to be looked up in.
  auto their_camera = h.cache.publisher(h.keys.publisher(2));
  auto const theirs = their_camera.begin(their_camera.device("porch"));
  REQUIRE(testing::put(theirs, "theirs") == fc::commit_status::committed);
  auto const never = [](fc::frame_view const&) { FAIL("there is nothing to look at"); };
  for (auto const generation : {before.generation(), now.generation()}) {
    CHECK(stranger.find(now.device(), generation).why() == fc::lookup_status::absent);
    CHECK(stranger.peek(now.device(), generation, never) == fc::lookup_status::absent);
    CHECK(stranger.find_many(std::array{fc::place{now.device(), generation}})[0].why() == fc::lookup_status::absent);
  }
  CHECK(stranger.latest(now.device(), fc::any_age).why() == fc::lookup_status::absent);
  CHECK_FALSE(stranger.current(now.device()).has_value());
  CHECK(their_camera.begin(now.device()).why() == fc::begin_status::unknown);
  CHECK(stranger.find(theirs.device(), theirs.generation()));
}

TEST_CASE("a device of a home whose labels end alike is absent, with a frame and without, whatever generation is asked "
          "for (I2, I12)") {
  testing::house<> h;
  auto owner = h.cache.publisher(h.keys.publisher(1));
  auto const label = core::next_label_word() - 1;  // home 1's
  // What a device's word bears of a label is fifteen bits: the stranger's is the next one that ends like the owner's.
  REQUIRE(core::next_label_word((std::uint64_t{1} << 15) - 3) == label + (std::uint64_t{1} << 15) - 1);
  auto their_camera = h.cache.publisher(h.keys.publisher(2));
  auto stranger = h.cache.viewer(h.keys.viewer(2));
  auto const theirs = their_camera.begin(their_camera.device("porch"));
  REQUIRE(testing::put(theirs, "theirs") == fc::commit_status::committed);

  auto const never = [](fc::frame_view const&) { FAIL("there is nothing to look at"); };
  for (bool const with_a_frame : {false, true}) {
    auto const before = owner.begin(owner.device(with_a_frame ? "porch" : "garden"));
    auto const now = owner.begin(before.device());
    if (with_a_frame) REQUIRE(testing::put(now, "a frame") == fc::commit_status::committed);
    for (auto const generation : {before.generation(), now.generation()}) {
      CHECK(stranger.find(now.device(), generation).why() == fc::lookup_status::absent);
      CHECK(stranger.find(now.device(), generation, {320, 180, fc::rotation::none}).why() == fc::lookup_status::absent);
      CHECK(stranger.peek(now.device(), generation, never) == fc::lookup_status::absent);
    }
    CHECK(stranger.latest(now.device(), fc::any_age).why() == fc::lookup_status::absent);
    CHECK_FALSE(stranger.current(now.device()).has_value());
  }
  CHECK(stranger.find(theirs.device(), theirs.generation()));
}

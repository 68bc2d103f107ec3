// SPDX-License-Identifier: Apache-2.0
//
// I6: a commit by a superseded stream is refused, a lookup of a superseded generation misses.
#include <doctest/doctest.h>

#include "support/homes.hpp"

#include <array>

TEST_CASE("when a device begins anew, everything of the stream before is superseded (I6)") {
  testing::house<> h;
  auto camera = h.cache.publisher(h.keys.publisher(1));
  auto const device = *camera.device("front door");
  auto const before = camera.begin(device);
  REQUIRE(testing::put(before, "before") == fc::commit_status::committed);
  auto staged_before = before.stage(fc::byte_count{4U});
  auto eye = h.cache.viewer(h.keys.viewer(1));
  auto const held = eye.find(device, before.generation());

  auto const now = camera.begin(device);
  CHECK(before.stage(fc::byte_count{4U}).why() == fc::commit_status::superseded);
  CHECK(std::move(staged_before).commit({.size = fc::byte_count{4U}}) == fc::commit_status::superseded);
  CHECK(eye.current(device) == now.generation());
  CHECK(eye.find(device, before.generation()).why() == fc::lookup_status::superseded);
  CHECK(eye.find(device, before.generation(), fc::rendition{1, 1, fc::rotation::none}).why() ==
        fc::lookup_status::superseded);
  CHECK(eye.find_many(std::array{fc::place{device, before.generation()}})[0].why() == fc::lookup_status::superseded);
  CHECK(eye.peek(device, before.generation(), [](fc::frame_view const&) { FAIL("reached"); }) ==
        fc::lookup_status::superseded);
  CHECK(eye.latest(device, fc::any_age).why() == fc::lookup_status::absent);
  CHECK(eye.find(device, now.generation()).why() == fc::lookup_status::absent);
  // What is held is held: a fence is no revocation.
  CHECK(testing::text_of(eye.read(held)) == "before");

  REQUIRE(testing::put(now, "now") == fc::commit_status::committed);
  auto const frame = eye.latest(device, fc::any_age);
  REQUIRE(frame);
  CHECK(testing::text_of(eye.read(frame)) == "now");
  CHECK(eye.read(frame).generation() == now.generation());
}

TEST_CASE("derived pictures die with their generation (I6)") {
  testing::house<> h;
  auto camera = h.cache.publisher(h.keys.publisher(1));
  auto const device = *camera.device("front door");
  fc::rendition const small{320, 180, fc::rotation::none};
  auto const before = camera.begin(device);
  auto draft = before.stage(fc::byte_count{4U}, small);
  REQUIRE(std::move(draft).commit({.size = fc::byte_count{4U}}) == fc::commit_status::committed);
  auto eye = h.cache.viewer(h.keys.viewer(1));
  REQUIRE(eye.latest(device, fc::any_age, small));
  auto const now = camera.begin(device);
  CHECK(eye.latest(device, fc::any_age, small).why() == fc::lookup_status::absent);
  CHECK(eye.find(device, before.generation(), small).why() == fc::lookup_status::superseded);
  CHECK(h.cache.stats().frames == 0);
}

TEST_CASE("a generation that was never begun is absent if it is above the live one, superseded if below") {
  testing::house<> h;
  auto camera = h.cache.publisher(h.keys.publisher(1));
  auto const stream = camera.begin(camera.device("front door"));
  REQUIRE(testing::put(stream, "a frame") == fc::commit_status::committed);
  auto eye = h.cache.viewer(h.keys.viewer(1));
  auto const live = stream.generation().value();
  CHECK(eye.find(stream.device(), fc::stream_generation{live + 1}).why() == fc::lookup_status::absent);
  CHECK(eye.find(stream.device(), fc::stream_generation{~std::uint64_t{0}}).why() == fc::lookup_status::absent);
  CHECK(eye.find(stream.device(), fc::stream_generation{live - 1}).why() == fc::lookup_status::superseded);
  CHECK(eye.find(stream.device(), fc::stream_generation{std::uint64_t{0}}).why() == fc::lookup_status::superseded);
}

TEST_CASE("one device's new generation fences no other device") {
  testing::house<> h;
  auto camera = h.cache.publisher(h.keys.publisher(1));
  auto const porch = camera.begin(camera.device("porch"));
  auto const hall = camera.begin(camera.device("hall"));
  REQUIRE(testing::put(hall, "the hall") == fc::commit_status::committed);
  auto const again = camera.begin(porch.device());
  REQUIRE(again);
  CHECK(h.cache.viewer(h.keys.viewer(1)).find(hall.device(), hall.generation()));
  CHECK(testing::put(hall, "goes on") == fc::commit_status::committed);
}

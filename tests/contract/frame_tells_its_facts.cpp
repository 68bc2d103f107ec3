// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "support/homes.hpp"

using namespace std::chrono_literals;

TEST_CASE("a view tells what the publisher said of the frame, and what the cache knows") {
  testing::clock_keeper const keeper;
  testing::house<> h;
  auto camera = h.cache.publisher(h.keys.publisher(1));
  auto const stream = camera.begin(camera.device("front door"));
  auto eye = h.cache.viewer(h.keys.viewer(1));
  auto const captured = std::chrono::system_clock::time_point{1234567890s};
  auto const before = fc::base::steady_now();
  fc::rendition const turned{360, 640, fc::rotation::quarter};
  auto draft = stream.stage(fc::byte_count{6U}, turned);
  REQUIRE(std::move(draft).commit({.size = fc::byte_count{5U},
                                   .captured_at = captured,
                                   .keyframe = true,
                                   .codec = fc::codec::av1,
                                   .width = 360,
                                   .height = 640}) == fc::commit_status::committed);
  auto const frame = eye.find(stream.device(), stream.generation(), turned);
  REQUIRE(frame);
  fc::base::advance_clocks(3s);
  auto const& view = eye.read(frame);
  CHECK(view.why() == fc::lookup_status::hit);
  CHECK(view.size() == fc::byte_count{5U});
  CHECK(view.bytes().size() == 5);
  REQUIRE(view.buffers().size() == 1);
  CHECK(view.buffers()[0].data() == view.bytes().data());
  CHECK(view.captured_at() == captured);
  CHECK(view.committed_at() >= before);
  CHECK(view.age() >= 3s);
  CHECK(view.age() < 3s + 1h);
  CHECK(view.keyframe());
  CHECK(view.codec() == fc::codec::av1);
  CHECK(view.width() == 360);
  CHECK(view.height() == 640);
  CHECK(view.generation() == stream.generation());
  CHECK(view.is_rendition(turned));
  CHECK_FALSE(view.is_rendition(fc::rendition::source()));
  CHECK_FALSE(view.stale());
}

TEST_CASE("what was not said of a frame is not stated") {
  testing::house<> h;
  auto camera = h.cache.publisher(h.keys.publisher(1));
  auto const stream = camera.begin(camera.device("front door"));
  REQUIRE(testing::put(stream, "x") == fc::commit_status::committed);
  auto eye = h.cache.viewer(h.keys.viewer(1));
  auto const frame = eye.latest(stream.device(), fc::any_age);
  REQUIRE(frame);
  auto const& view = eye.read(frame);
  CHECK_FALSE(view.keyframe());
  CHECK(view.codec() == fc::codec::unknown);
  CHECK(view.width() == 0);
  CHECK(view.height() == 0);
  CHECK(view.captured_at() == std::chrono::system_clock::time_point{});
}

TEST_CASE("sequences grow with every commit of a device, across its generations and renditions") {
  testing::house<> h;
  auto camera = h.cache.publisher(h.keys.publisher(1));
  auto stream = camera.begin(camera.device("front door"));
  auto eye = h.cache.viewer(h.keys.viewer(1));
  std::uint64_t expected = 0;
  for (int i = 0; i != 6; ++i) {
    if (i % 2 == 0) stream = camera.begin(stream.device());
    REQUIRE(testing::put(stream, "x") == fc::commit_status::committed);
    auto const frame = eye.latest(stream.device(), fc::any_age);
    CHECK(eye.read(frame).sequence() == fc::frame_sequence{++expected});
    auto tiny = stream.stage(fc::byte_count{1U}, fc::rendition{1, 1, fc::rotation::none});
    REQUIRE(std::move(tiny).commit({.size = fc::byte_count{1U}}) == fc::commit_status::committed);
    ++expected;
  }
  auto const other = camera.begin(camera.device("another"));
  REQUIRE(testing::put(other, "x") == fc::commit_status::committed);
  auto const first = eye.latest(other.device(), fc::any_age);
  CHECK(eye.read(first).sequence() == fc::frame_sequence{std::uint64_t{1}});
}

TEST_CASE("a false view has no bytes and no facts") {
  testing::house<> h;
  auto eye = h.cache.viewer(h.keys.viewer(1));
  fc::frame_cache<>::handle_type<fc::anyone> const nothing;
  auto const& view = eye.read(nothing);
  CHECK_FALSE(testing::holds(view));
  CHECK(view.why() == fc::lookup_status::absent);
  CHECK(view.bytes().empty());
  CHECK(view.buffers().empty());
  CHECK(view.size() == fc::byte_count{0U});
  CHECK(view.sequence().value() == 0);
  CHECK(view.generation().value() == 0);
  CHECK(view.age() == 0ns);
  CHECK_FALSE(view.is_rendition(fc::rendition::source()));
  CHECK_FALSE(view.stale());
}

// SPDX-License-Identifier: Apache-2.0
//
// A watch is one-shot: its callback runs once or never, without a lock held (I9), and not at all after it was cancelled.
#include <doctest/doctest.h>

#include "support/homes.hpp"

namespace {
struct watched_home : testing::house<> {
  fc::publisher camera = cache.publisher(keys.publisher(1));
  fc::stream stream = camera.begin(camera.device("front door"));
  fc::frame_cache<>::viewer_type<fc::anyone> eye = cache.viewer(keys.viewer(1));

  fc::commit_status commit() { return testing::put(stream, "a frame"); }
};
constexpr fc::frame_sequence nth(std::uint64_t n) { return fc::frame_sequence{n}; }
}  // namespace

TEST_CASE("a watch tells of the next frame once, and not of the one after") {
  watched_home h;
  int told = 0;
  auto const watch = h.eye.notify_newer(h.stream.device(), nth(0), [&] { ++told; });
  CHECK(told == 0);
  REQUIRE(h.commit() == fc::commit_status::committed);
  CHECK(told == 1);
  REQUIRE(h.commit() == fc::commit_status::committed);
  CHECK(told == 1);
}

TEST_CASE("a watch tells at once when what it asks for is there already, and of nothing that is not newer") {
  watched_home h;
  REQUIRE(h.commit() == fc::commit_status::committed);
  REQUIRE(h.commit() == fc::commit_status::committed);
  int old = 0;
  int newer = 0;
  auto const first = h.eye.notify_newer(h.stream.device(), nth(1), [&] { ++old; });
  auto const second = h.eye.notify_newer(h.stream.device(), nth(2), [&] { ++newer; });
  CHECK(old == 1);
  CHECK(newer == 0);
  REQUIRE(h.commit() == fc::commit_status::committed);
  CHECK(old == 1);
  CHECK(newer == 1);
}

TEST_CASE("derived pictures, other devices, refused commits and new generations without a frame wake nobody") {
  watched_home h;
  int told = 0;
  auto const watch = h.eye.notify_newer(h.stream.device(), nth(0), [&] { ++told; });
  auto small = h.stream.stage(fc::byte_count{1U}, fc::rendition{1, 1, fc::rotation::none});
  REQUIRE(std::move(small).commit({.size = fc::byte_count{1U}}) == fc::commit_status::committed);
  REQUIRE(testing::put(h.camera.begin(h.camera.device("another")), "x") == fc::commit_status::committed);
  auto late = h.stream.stage(fc::byte_count{1U});
  h.stream = h.camera.begin(h.stream.device());
  REQUIRE(std::move(late).commit({.size = fc::byte_count{1U}}) == fc::commit_status::superseded);
  CHECK(told == 0);
  REQUIRE(h.commit() == fc::commit_status::committed);
  CHECK(told == 1);
}

TEST_CASE("a callback that watches again is told of each frame") {
  watched_home h;
  std::vector<std::uint64_t> seen;
  fc::watch watch;
  std::function<void()> again = [&] {
    auto const frame = h.eye.latest(h.stream.device(), fc::any_age);
    seen.push_back(h.eye.read(frame).sequence().value());
    watch = h.eye.notify_newer(h.stream.device(), nth(seen.back()), again);
  };
  watch = h.eye.notify_newer(h.stream.device(), nth(0), again);
  for (int i = 0; i != 5; ++i) REQUIRE(h.commit() == fc::commit_status::committed);
  CHECK(seen == std::vector<std::uint64_t>{1, 2, 3, 4, 5});
}

TEST_CASE("a watch outlives the viewer it came from, and is told when a device streams for the first time") {
  testing::house<> h;
  auto camera = h.cache.publisher(h.keys.publisher(1));
  auto const device = *camera.device("new camera");
  int told = 0;
  std::optional<fc::watch> watch;
  watch.emplace(h.cache.viewer(h.keys.viewer(1)).notify_newer(device, nth(0), [&] { ++told; }));
  auto const stream = camera.begin(device);
  CHECK(told == 0);
  REQUIRE(testing::put(stream, "the first frame") == fc::commit_status::committed);
  CHECK(told == 1);
}

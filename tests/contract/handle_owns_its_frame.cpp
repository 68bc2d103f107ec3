// SPDX-License-Identifier: Apache-2.0
//
// I4: a frame is immutable once committed and freed once, when its last handle is let go of.
#include <doctest/doctest.h>

#include "support/homes.hpp"

#include <type_traits>

namespace {
using eye_handle = fc::frame_cache<>::handle_type<fc::anyone>;
}  // namespace

TEST_CASE("a handle keeps its frame as it was, also when newer ones have taken its place (I4)") {
  testing::house<> h;
  auto camera = h.cache.publisher(h.keys.publisher(1));
  auto const stream = camera.begin(camera.device("front door"));
  auto eye = h.cache.viewer(h.keys.viewer(1));
  std::vector<eye_handle> held;
  for (int i = 0; i != 8; ++i) {
    REQUIRE(testing::put(stream, "frame " + std::to_string(i)) == fc::commit_status::committed);
    held.push_back(eye.latest(stream.device(), fc::any_age));
  }
  for (int i = 0; i != 8; ++i) {
    CHECK(testing::text_of(eye.read(held[static_cast<std::size_t>(i)])) == "frame " + std::to_string(i));
  }
  CHECK(h.cache.stats().frames == 1);
  CHECK(h.cache.stats().pinned == 8 * testing::small_frame);
  held.clear();
  CHECK(h.cache.stats().pinned == 0);
  CHECK(h.cache.stats().handles == 0);
}

TEST_CASE("a handle is moved, never copied, and what was moved from holds nothing") {
  static_assert(!std::is_copy_constructible_v<eye_handle> && !std::is_copy_assignable_v<eye_handle>);
  static_assert(std::is_nothrow_move_constructible_v<eye_handle> && std::is_nothrow_move_assignable_v<eye_handle>);
  testing::house<> h;
  auto camera = h.cache.publisher(h.keys.publisher(1));
  auto const stream = camera.begin(camera.device("front door"));
  REQUIRE(testing::put(stream, "a frame") == fc::commit_status::committed);
  auto eye = h.cache.viewer(h.keys.viewer(1));
  auto first = eye.latest(stream.device(), fc::any_age);
  auto second = std::move(first);
  CHECK_FALSE(first);
  CHECK(eye.read(first).why() == fc::lookup_status::absent);
  REQUIRE(second);
  CHECK(second.why() == fc::lookup_status::hit);
  CHECK(testing::text_of(eye.read(second)) == "a frame");
  CHECK(h.cache.stats().handles == 1);

  auto third = eye.latest(stream.device(), fc::any_age);
  CHECK(h.cache.stats().handles == 2);
  third = std::move(second);
  CHECK(h.cache.stats().handles == 1);
  CHECK(testing::text_of(eye.read(third)) == "a frame");
  auto& same = third;
  third = std::move(same);  // onto itself
  CHECK(testing::text_of(eye.read(third)) == "a frame");
  third = eye_handle{};
  CHECK(h.cache.stats().handles == 0);
}

TEST_CASE("a shared handle is a second owner of the same frame") {
  testing::house<> h;
  auto camera = h.cache.publisher(h.keys.publisher(1));
  auto const stream = camera.begin(camera.device("front door"));
  REQUIRE(testing::put(stream, "a frame") == fc::commit_status::committed);
  auto eye = h.cache.viewer(h.keys.viewer(1));
  auto other = h.cache.viewer(h.keys.viewer(1, 70));
  std::optional first{eye.latest(stream.device(), fc::any_age)};
  auto const second = other.share(*first);
  REQUIRE(second);
  CHECK(second.why() == fc::lookup_status::hit);
  CHECK(eye.read(*first).bytes().data() == other.read(second).bytes().data());
  CHECK(h.cache.stats().handles == 2);
  CHECK(h.cache.stats().pinned == testing::small_frame);
  first.reset();
  CHECK(testing::text_of(other.read(second)) == "a frame");
  CHECK_FALSE(eye.share(eye_handle{}));
  CHECK(eye.share(eye_handle{}).why() == fc::lookup_status::absent);
  CHECK_FALSE(h.cache.viewer(h.keys.viewer(2)).share(second));
}

TEST_CASE("a handle outlives the viewer that found it") {
  testing::house<> h;
  auto camera = h.cache.publisher(h.keys.publisher(1));
  auto const stream = camera.begin(camera.device("front door"));
  REQUIRE(testing::put(stream, "a frame") == fc::commit_status::committed);
  auto const held = h.cache.viewer(h.keys.viewer(1)).latest(stream.device(), fc::any_age);
  auto later = h.cache.viewer(h.keys.viewer(1, 70));
  CHECK(testing::text_of(later.read(held)) == "a frame");
}

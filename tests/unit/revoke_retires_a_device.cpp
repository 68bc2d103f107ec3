// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "support/homes.hpp"

namespace {
constexpr std::uint64_t small_block = testing::small_frame;
}  // namespace

TEST_CASE("a retired device's frames are gone, its streams and drafts end, and the others go on") {
  testing::house<> h;
  auto camera = h.cache.publisher(h.keys.publisher(1));
  auto const porch = camera.begin(camera.device("porch"));
  auto const hall = camera.begin(camera.device("hall"));
  REQUIRE(testing::put(porch, "the porch") == fc::commit_status::committed);
  REQUIRE(testing::put(hall, "the hall") == fc::commit_status::committed);
  auto draft = porch.stage(fc::byte_count{4U});
  auto eye = h.cache.viewer(h.keys.viewer(1));
  auto steward = h.cache.steward(h.keys.steward(1));

  auto const answer = steward.retire(porch.device());
  CHECK(answer.status == fc::order_status::done);
  CHECK(answer.wiped == small_block);
  CHECK(h.cache.stats().wiped == small_block);
  CHECK(eye.find(porch.device(), porch.generation()).why() == fc::lookup_status::absent);
  CHECK(eye.latest(porch.device(), fc::any_age).why() == fc::lookup_status::absent);
  CHECK_FALSE(eye.current(porch.device()).has_value());
  CHECK_FALSE(eye.device("porch").has_value());
  CHECK(std::move(draft).commit({.size = fc::byte_count{4U}}) == fc::commit_status::retired);
  CHECK(porch.stage(fc::byte_count{4U}).why() == fc::commit_status::retired);
  CHECK(camera.begin(porch.device()).why() == fc::begin_status::unknown);
  CHECK(steward.retire(porch.device()).status == fc::order_status::unknown);

  CHECK(eye.find(hall.device(), hall.generation()));
  CHECK(testing::put(hall, "goes on") == fc::commit_status::committed);
  CHECK(steward.counts().devices == 1);
}

TEST_CASE("a handle that is held of a retired device stays charged, and is wiped when it is let go of (I5)") {
  testing::house<> h;
  auto camera = h.cache.publisher(h.keys.publisher(1));
  auto const porch = camera.begin(camera.device("porch"));
  REQUIRE(testing::put(porch, std::string(3000, 's')) == fc::commit_status::committed);
  auto eye = h.cache.viewer(h.keys.viewer(1));
  std::optional held{eye.find(porch.device(), porch.generation())};
  auto steward = h.cache.steward(h.keys.steward(1));

  auto const answer = steward.retire(porch.device());
  CHECK(answer.wiped == 0);
  CHECK(answer.pinned == 4096);
  CHECK(steward.counts().pinned == 4096);
  CHECK_FALSE(steward.drain(std::chrono::steady_clock::now()));
  held.reset();
  CHECK(steward.drain(std::chrono::steady_clock::now()));
  CHECK(steward.counts().pinned == 0);
  CHECK(steward.counts().charged == 0);

  auto const again = camera.begin(camera.device("porch"));
  auto draft = again.stage(fc::byte_count{3000U});
  REQUIRE(draft);
  for (auto const each : draft.bytes()) REQUIRE(each == std::byte{0});
}

TEST_CASE("whoever waits for a retired device is told once") {
  testing::house<> h;
  auto camera = h.cache.publisher(h.keys.publisher(1));
  auto const porch = camera.begin(camera.device("porch"));
  auto const hall = camera.begin(camera.device("hall"));
  auto eye = h.cache.viewer(h.keys.viewer(1));
  auto steward = h.cache.steward(h.keys.steward(1));
  fc::frame_sequence const none{std::uint64_t{0}};
  int porch_told = 0;
  int hall_told = 0;
  auto const one = eye.notify_newer(porch.device(), none, [&] { ++porch_told; });
  auto const two = eye.notify_newer(hall.device(), none, [&] { ++hall_told; });
  REQUIRE(steward.retire(porch.device()).status == fc::order_status::done);
  CHECK(porch_told == 1);
  CHECK(hall_told == 0);
  auto const late = eye.notify_newer(porch.device(), none, [&] { ++porch_told; });
  CHECK(porch_told == 2);  // at once
}

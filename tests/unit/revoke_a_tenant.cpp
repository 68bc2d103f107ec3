// SPDX-License-Identifier: Apache-2.0
//
// I7: revoke ends the tenant's epoch for lookups, reads of held handles, streams, drafts and names.
#include <doctest/doctest.h>

#include "support/homes.hpp"

#include <array>

TEST_CASE("after a tenant is revoked none of its scopes, handles, streams or drafts does anything (I7)") {
  testing::house<> h;
  auto camera = h.cache.publisher(h.keys.publisher(1));
  auto const stream = camera.begin(camera.device("front door"));
  REQUIRE(testing::put(stream, "a frame") == fc::commit_status::committed);
  auto eye = h.cache.viewer(h.keys.viewer(1));
  auto const steward = h.cache.steward(h.keys.steward(1));
  auto const held = eye.find(stream.device(), stream.generation());
  auto draft = stream.stage(fc::byte_count{8U});
  auto ops = h.cache.admin(h.keys.admin());

  REQUIRE(ops.revoke(testing::tenant(1)).status == fc::order_status::done);

  CHECK(eye.why() == fc::refusal::refused);
  CHECK(eye.find(stream.device(), stream.generation()).why() == fc::lookup_status::refused);
  CHECK(eye.latest(stream.device(), fc::any_age).why() == fc::lookup_status::refused);
  CHECK(eye.read(held).why() == fc::lookup_status::refused);
  CHECK(eye.read(held).bytes().empty());
  CHECK_FALSE(eye.share(held));
  CHECK_FALSE(eye.device("front door").has_value());
  CHECK_FALSE(eye.current(stream.device()).has_value());
  CHECK(camera.why() == fc::refusal::refused);
  CHECK(camera.device("front door").why() == fc::name_status::refused);
  CHECK(camera.begin(stream.device()).why() == fc::begin_status::refused);
  CHECK(stream.stage(fc::byte_count{8U}).why() == fc::commit_status::refused);
  CHECK(std::move(draft).commit({.size = fc::byte_count{8U}}) == fc::commit_status::refused);
  CHECK_FALSE(steward);
  CHECK(steward.retire(stream.device()).status == fc::order_status::refused);
  CHECK(h.cache.stats().frames == 0);
}

TEST_CASE("the next epoch begins empty, and nothing of the old one comes back to life in it (I7)") {
  testing::house<> h;
  auto old_camera = h.cache.publisher(h.keys.publisher(1));
  auto const old_stream = old_camera.begin(old_camera.device("front door"));
  REQUIRE(testing::put(old_stream, "the old tenant") == fc::commit_status::committed);
  auto old_eye = h.cache.viewer(h.keys.viewer(1));
  auto const held = old_eye.find(old_stream.device(), old_stream.generation());
  auto ops = h.cache.admin(h.keys.admin());
  REQUIRE(ops.revoke(testing::tenant(1)).status == fc::order_status::done);

  auto camera = h.cache.publisher(h.keys.publisher(1));
  auto eye = h.cache.viewer(h.keys.viewer(1));
  REQUIRE(eye);
  CHECK_FALSE(eye.device("front door").has_value());
  CHECK(eye.find(old_stream.device(), old_stream.generation()).why() == fc::lookup_status::absent);
  CHECK(eye.read(held).why() == fc::lookup_status::refused);
  CHECK(camera.begin(old_stream.device()).why() == fc::begin_status::unknown);

  auto const stream = camera.begin(camera.device("front door"));
  REQUIRE(stream);
  CHECK(stream.device() != old_stream.device());
  CHECK(testing::put(stream, "the new tenant") == fc::commit_status::committed);
  CHECK(eye.latest(stream.device(), fc::any_age));
  // The old scopes stay dead, also with the new numbers in hand.
  CHECK_FALSE(old_eye);
  CHECK_FALSE(old_camera);
  CHECK(old_eye.find(stream.device(), stream.generation()).why() == fc::lookup_status::refused);
  CHECK(testing::put(old_stream, "x") == fc::commit_status::refused);
  CHECK(old_camera.begin(stream.device()).why() == fc::begin_status::refused);
}

TEST_CASE("labels are never used twice: each epoch's handles are foreign to every later one (I7)") {
  testing::house<> h;
  auto ops = h.cache.admin(h.keys.admin());
  std::vector<fc::frame_cache<>::handle_type<fc::anyone>> held;
  for (int epoch = 0; epoch != 5; ++epoch) {
    auto camera = h.cache.publisher(h.keys.publisher(1));
    auto const stream = camera.begin(camera.device("front door"));
    REQUIRE(testing::put(stream, "a frame") == fc::commit_status::committed);
    auto eye = h.cache.viewer(h.keys.viewer(1));
    for (auto const& old : held) CHECK(eye.read(old).why() == fc::lookup_status::refused);
    CHECK(h.crossings.size() == static_cast<std::size_t>(epoch * (epoch + 1) / 2));
    held.push_back(eye.find(stream.device(), stream.generation()));
    REQUIRE(testing::holds(eye.read(held.back())));
    REQUIRE(ops.revoke(testing::tenant(1)).status == fc::order_status::done);
  }
}

TEST_CASE("revoking one tenant leaves every other as it was, and an unknown one is `unknown`") {
  testing::house<> h;
  auto camera = h.cache.publisher(h.keys.publisher(2));
  auto const stream = camera.begin(camera.device("front door"));
  REQUIRE(testing::put(stream, "a neighbour") == fc::commit_status::committed);
  auto eye = h.cache.viewer(h.keys.viewer(2));
  auto const held = eye.find(stream.device(), stream.generation());
  REQUIRE(testing::holds(h.cache.viewer(h.keys.viewer(1))));
  auto ops = h.cache.admin(h.keys.admin());
  CHECK(ops.revoke(testing::tenant(77)).status == fc::order_status::unknown);
  auto const none = ops.revoke(testing::tenant(1));
  CHECK(none.status == fc::order_status::done);
  CHECK(none.wiped == 0);
  CHECK(none.pinned == 0);
  CHECK(testing::text_of(eye.read(held)) == "a neighbour");
  CHECK(eye.device("front door") == stream.device());
  CHECK(eye.find(stream.device(), stream.generation()));
  CHECK(testing::put(stream, "goes on") == fc::commit_status::committed);
}

// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "support/homes.hpp"

#include <array>

TEST_CASE(
    "a suspended tenant's viewers and publishers answer `suspended`, its frames stay, and resume shows them (I12)") {
  testing::house<> h;
  auto camera = h.cache.publisher(h.keys.publisher(1));
  auto stream = camera.begin(camera.device("front door"));
  REQUIRE(testing::put(stream, "a frame") == fc::commit_status::committed);
  auto eye = h.cache.viewer(h.keys.viewer(1));
  auto const held = eye.find(stream.device(), stream.generation());
  auto draft = stream.stage(fc::byte_count{8U});
  auto ops = h.cache.admin(h.keys.admin());
  auto const frames = h.cache.stats().frames;

  REQUIRE(ops.suspend(testing::tenant(1)) == fc::order_status::done);
  CHECK(eye.why() == fc::refusal::suspended);
  CHECK_FALSE(eye);
  CHECK(eye.find(stream.device(), stream.generation()).why() == fc::lookup_status::suspended);
  CHECK(eye.latest(stream.device(), fc::any_age).why() == fc::lookup_status::suspended);
  CHECK(eye.read(held).why() == fc::lookup_status::suspended);
  CHECK(eye.read(held).bytes().empty());
  CHECK(eye.share(held).why() == fc::lookup_status::suspended);
  CHECK(eye.find_many(std::array{fc::place{stream.device(), stream.generation()}})[0].why() ==
        fc::lookup_status::suspended);
  CHECK(eye.peek(stream.device(), stream.generation(), [](fc::frame_view const&) { FAIL("reached"); }) ==
        fc::lookup_status::suspended);
  CHECK_FALSE(eye.device("front door").has_value());
  CHECK_FALSE(eye.current(stream.device()).has_value());

  CHECK(camera.why() == fc::refusal::suspended);
  CHECK(camera.device("front door").why() == fc::name_status::suspended);
  CHECK(camera.begin(camera.device("front door")).why() == fc::begin_status::suspended);
  CHECK(camera.begin(stream.device()).why() == fc::begin_status::suspended);
  CHECK(stream.stage(fc::byte_count{8U}).why() == fc::commit_status::suspended);
  CHECK(std::move(draft).commit({.size = fc::byte_count{8U}}) == fc::commit_status::suspended);
  // Opened while suspended: accepted, and not counted as refused.
  CHECK(h.cache.viewer(h.keys.viewer(1)).why() == fc::refusal::suspended);
  CHECK(h.cache.stats().credentials_refused == 0);
  CHECK(h.cache.stats().frames == frames);

  REQUIRE(ops.resume(testing::tenant(1)) == fc::order_status::done);
  CHECK(eye);
  CHECK(testing::text_of(eye.read(held)) == "a frame");
  CHECK(eye.find(stream.device(), stream.generation()));
  CHECK(testing::put(stream, "the same stream goes on") == fc::commit_status::committed);
}

TEST_CASE("suspending one tenant leaves the others, and one that was never admitted is unknown") {
  testing::house<> h;
  auto camera = h.cache.publisher(h.keys.publisher(2));
  auto const stream = camera.begin(camera.device("front door"));
  auto eye = h.cache.viewer(h.keys.viewer(1));
  auto ops = h.cache.admin(h.keys.admin());
  REQUIRE(ops.suspend(testing::tenant(1)) == fc::order_status::done);
  CHECK_FALSE(eye);
  CHECK(testing::put(stream, "a frame") == fc::commit_status::committed);
  CHECK(testing::holds(h.cache.viewer(h.keys.viewer(2))));
  CHECK(ops.suspend(testing::tenant(77)) == fc::order_status::unknown);
  CHECK(ops.resume(testing::tenant(77)) == fc::order_status::unknown);
  // Twice is once.
  CHECK(ops.suspend(testing::tenant(1)) == fc::order_status::done);
  CHECK(ops.resume(testing::tenant(1)) == fc::order_status::done);
  CHECK(eye);
}

TEST_CASE("an admin whose own tenant is suspended can still resume it") {
  testing::house<> h;
  auto ops = h.cache.admin(h.keys.issue(fc::role::admin, 1, 3));
  REQUIRE(ops.suspend(testing::tenant(1)) == fc::order_status::done);
  CHECK(ops);
  CHECK(ops.resume(testing::tenant(1)) == fc::order_status::done);
}

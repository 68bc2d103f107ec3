// SPDX-License-Identifier: Apache-2.0
//
// I12: every call on what was refused is harmless, yields no frame and says so.
#include <doctest/doctest.h>

#include "support/homes.hpp"

#include <array>

using namespace std::chrono_literals;

TEST_CASE("a refused viewer finds nothing, waits for nothing and shares nothing (I12)") {
  testing::house<> h;
  auto camera = h.cache.publisher(h.keys.publisher(1));
  auto const stream = camera.begin(camera.device("front door"));
  REQUIRE(testing::put(stream, "a frame") == fc::commit_status::committed);
  auto owner = h.cache.viewer(h.keys.viewer(1));
  auto const held = owner.find(stream.device(), stream.generation());
  auto const far = std::chrono::steady_clock::now() + 1h;

  auto const thief = h.cache.viewer("forged");
  CHECK_FALSE(thief.device("front door").has_value());
  CHECK_FALSE(thief.current(stream.device()).has_value());
  CHECK(thief.find(stream.device(), stream.generation()).why() == fc::lookup_status::refused);
  CHECK(thief.latest(stream.device(), fc::any_age).why() == fc::lookup_status::refused);
  CHECK(thief.peek(stream.device(), stream.generation(), [](fc::frame_view const&) { FAIL("reached"); }) ==
        fc::lookup_status::refused);
  CHECK(thief.find_many(std::array{fc::place{stream.device(), stream.generation()}})[0].why() ==
        fc::lookup_status::refused);
  CHECK(thief.read(held).why() == fc::lookup_status::refused);
  CHECK(thief.read(held).bytes().empty());
  CHECK(thief.read(held).buffers().empty());
  CHECK(thief.share(held).why() == fc::lookup_status::refused);
  CHECK(thief.wait_newer(stream.device(), fc::frame_sequence{std::uint64_t{0}}, far).why() ==
        fc::lookup_status::refused);
  int told = 0;
  auto const watch = thief.notify_newer(stream.device(), fc::frame_sequence{std::uint64_t{0}}, [&] { ++told; });
  CHECK(told == 1);
}

TEST_CASE("a refused publisher, steward and admin change nothing (I12)") {
  testing::house<> h;
  auto camera = h.cache.publisher(h.keys.publisher(1));
  auto const stream = camera.begin(camera.device("front door"));
  REQUIRE(testing::put(stream, "a frame") == fc::commit_status::committed);
  auto const soon = std::chrono::steady_clock::now();

  auto const false_camera = h.cache.publisher("forged");
  CHECK(false_camera.device("front door").why() == fc::name_status::refused);
  auto const none = false_camera.begin(stream.device());
  CHECK(none.why() == fc::begin_status::refused);
  CHECK(testing::put(none, "x") == fc::commit_status::refused);

  auto const false_steward = h.cache.steward("forged");
  CHECK(false_steward.revoke(testing::principal(8)) == fc::order_status::refused);
  CHECK(false_steward.reinstate(testing::principal(8)) == fc::order_status::refused);
  CHECK(false_steward.retire(stream.device()).status == fc::order_status::refused);
  CHECK(false_steward.counts().status == fc::order_status::refused);
  CHECK_FALSE(false_steward.drain(soon));

  auto const false_ops = h.cache.admin("forged");
  CHECK(false_ops.suspend(testing::tenant(1)) == fc::order_status::refused);
  CHECK(false_ops.suspend(fc::capability::view) == fc::order_status::refused);
  CHECK(false_ops.suspend<fc::anyone>() == fc::order_status::refused);
  CHECK(false_ops.revoke(testing::tenant(1)).status == fc::order_status::refused);
  CHECK(false_ops.revoke(testing::tenant(1), testing::principal(8)) == fc::order_status::refused);
  CHECK(false_ops.set_budget(testing::tenant(1), {.cap = fc::byte_count{0U}}) == fc::order_status::refused);
  CHECK(false_ops.counts(testing::tenant(1)).status == fc::order_status::refused);
  CHECK(false_ops.stats().commits == 0);

  auto eye = h.cache.viewer(h.keys.viewer(1));
  CHECK(eye.find(stream.device(), stream.generation()));
  CHECK(testing::put(stream, "still streaming") == fc::commit_status::committed);
}

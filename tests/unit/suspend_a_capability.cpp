// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "support/homes.hpp"

using namespace std::chrono_literals;

TEST_CASE("with `view` off nobody sees a frame, cameras go on, and `on` again shows what came meanwhile") {
  testing::house<> h;
  auto camera = h.cache.publisher(h.keys.publisher(1));
  auto const stream = camera.begin(camera.device("front door"));
  auto one = h.cache.viewer(h.keys.viewer(1));
  auto two = h.cache.viewer(h.keys.viewer(2));
  auto ops = h.cache.admin(h.keys.admin());
  REQUIRE(ops.suspend(fc::capability::view) == fc::order_status::done);
  CHECK(one.why() == fc::refusal::suspended);
  CHECK(two.why() == fc::refusal::suspended);
  CHECK(camera);
  CHECK(testing::put(stream, "meanwhile") == fc::commit_status::committed);
  CHECK(one.latest(stream.device(), fc::any_age).why() == fc::lookup_status::suspended);
  REQUIRE(ops.resume(fc::capability::view) == fc::order_status::done);
  auto const frame = one.latest(stream.device(), fc::any_age);
  REQUIRE(frame);
  CHECK(testing::text_of(one.read(frame)) == "meanwhile");
}

TEST_CASE("with `publish` off nothing is named, begun, staged or committed, and viewers see what there is") {
  testing::house<> h;
  auto camera = h.cache.publisher(h.keys.publisher(1));
  auto const stream = camera.begin(camera.device("front door"));
  REQUIRE(testing::put(stream, "before") == fc::commit_status::committed);
  auto draft = stream.stage(fc::byte_count{5U});
  auto eye = h.cache.viewer(h.keys.viewer(1));
  auto ops = h.cache.admin(h.keys.admin());
  REQUIRE(ops.suspend(fc::capability::publish) == fc::order_status::done);
  CHECK(camera.why() == fc::refusal::suspended);
  CHECK(camera.device("another").why() == fc::name_status::suspended);
  CHECK(camera.begin(stream.device()).why() == fc::begin_status::suspended);
  CHECK(stream.stage(fc::byte_count{5U}).why() == fc::commit_status::suspended);
  CHECK(std::move(draft).commit({.size = fc::byte_count{5U}}) == fc::commit_status::suspended);
  CHECK(eye);
  auto const frame = eye.latest(stream.device(), fc::any_age);
  REQUIRE(frame);
  CHECK(testing::text_of(eye.read(frame)) == "before");
  REQUIRE(ops.resume(fc::capability::publish) == fc::order_status::done);
  CHECK(testing::put(stream, "after") == fc::commit_status::committed);
}

TEST_CASE("with `live` off a viewer may look and nobody waits: whoever waits is woken at once") {
  testing::house<> h;
  auto camera = h.cache.publisher(h.keys.publisher(1));
  auto const stream = camera.begin(camera.device("front door"));
  REQUIRE(testing::put(stream, "a frame") == fc::commit_status::committed);
  auto eye = h.cache.viewer(h.keys.viewer(1));
  auto ops = h.cache.admin(h.keys.admin());
  fc::frame_sequence const first{std::uint64_t{1}};
  int told = 0;
  auto const waiting = eye.notify_newer(stream.device(), first, [&] { ++told; });
  REQUIRE(ops.suspend(fc::capability::live) == fc::order_status::done);
  CHECK(told == 1);
  CHECK(eye.latest(stream.device(), fc::any_age));
  CHECK_FALSE(eye.wait_newer(stream.device(), first, std::chrono::steady_clock::now() + 1h));
  auto const refused = eye.notify_newer(stream.device(), first, [&] { ++told; });
  CHECK(told == 2);
  REQUIRE(ops.resume(fc::capability::live) == fc::order_status::done);
  auto const again = eye.notify_newer(stream.device(), first, [&] { ++told; });
  CHECK(told == 2);
}

// SPDX-License-Identifier: Apache-2.0
//
// I12: no frame and a typed reason; `suspended` speaks of the viewer itself.
#include <doctest/doctest.h>

#include "support/homes.hpp"

using namespace std::chrono_literals;

TEST_CASE("with `live` off wait_newer says `suspended`, not `absent`") {
  testing::house<> h;
  auto camera = h.cache.publisher(h.keys.publisher(1));
  auto const stream = camera.begin(camera.device("porch"));
  REQUIRE(testing::put(stream, "a frame") == fc::commit_status::committed);
  auto eye = h.cache.viewer(h.keys.viewer(1));
  auto ops = h.cache.admin(h.keys.admin());
  REQUIRE(ops.suspend(fc::capability::live) == fc::order_status::done);
  auto const far = std::chrono::steady_clock::now() + 1h;
  CHECK(eye.wait_newer(stream.device(), fc::frame_sequence{std::uint64_t{1}}, far).why() ==
        fc::lookup_status::suspended);
}

TEST_CASE("with `view` off there is nothing to wait for: a watch is told at once") {
  testing::house<> h;
  auto camera = h.cache.publisher(h.keys.publisher(1));
  auto const stream = camera.begin(camera.device("porch"));
  auto eye = h.cache.viewer(h.keys.viewer(1));
  auto ops = h.cache.admin(h.keys.admin());
  REQUIRE(ops.suspend(fc::capability::view) == fc::order_status::done);
  int told = 0;
  auto const watch = eye.notify_newer(stream.device(), fc::frame_sequence{std::uint64_t{0}}, [&] { ++told; });
  CHECK(told == 1);
}

TEST_CASE("with `view` off wait_newer says so at once, also when a newer frame is there, instead of asking until its "
          "deadline") {
  testing::house<> h;
  auto camera = h.cache.publisher(h.keys.publisher(1));
  auto const stream = camera.begin(camera.device("porch"));
  REQUIRE(testing::put(stream, "a frame") == fc::commit_status::committed);
  auto eye = h.cache.viewer(h.keys.viewer(1));
  auto ops = h.cache.admin(h.keys.admin());
  REQUIRE(ops.suspend(fc::capability::view) == fc::order_status::done);
  auto const deadline = std::chrono::steady_clock::now() + 200ms;
  CHECK(eye.wait_newer(stream.device(), fc::frame_sequence{std::uint64_t{0}}, deadline).why() ==
        fc::lookup_status::suspended);
  CHECK(std::chrono::steady_clock::now() < deadline);
}

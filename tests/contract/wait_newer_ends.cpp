// SPDX-License-Identifier: Apache-2.0
//
// The blocking form: a newer frame, or why there is none, and never later than the deadline.
#include <doctest/doctest.h>

#include "support/homes.hpp"

#include <future>

using namespace std::chrono_literals;

namespace {
struct patient_home : testing::house<> {
  fc::publisher camera = cache.publisher(keys.publisher(1));
  fc::stream stream = camera.begin(camera.device("front door"));
  fc::frame_cache<>::viewer_type<fc::anyone> eye = cache.viewer(keys.viewer(1));
  fc::frame_cache<>::admin_type ops = cache.admin(keys.admin());
};
fc::frame_sequence const nothing_yet{std::uint64_t{0}};
}  // namespace

TEST_CASE("wait_newer returns a newer frame at once, or the one that comes while it waits") {
  patient_home h;
  auto const far = std::chrono::steady_clock::now() + 1h;
  REQUIRE(testing::put(h.stream, "first") == fc::commit_status::committed);
  auto const first = h.eye.wait_newer(h.stream.device(), nothing_yet, far);
  REQUIRE(first);
  CHECK(testing::text_of(h.eye.read(first)) == "first");
  auto committed = std::async(std::launch::async, [&] { return testing::put(h.stream, "second"); });
  auto const second = h.eye.wait_newer(h.stream.device(), fc::frame_sequence{std::uint64_t{1}}, far);
  CHECK(committed.get() == fc::commit_status::committed);
  REQUIRE(second);
  CHECK(testing::text_of(h.eye.read(second)) == "second");
}

TEST_CASE("wait_newer at its deadline, or for what can never come, returns no frame") {
  patient_home h;
  auto const now = std::chrono::steady_clock::now();
  auto const far = now + 1h;
  CHECK(h.eye.wait_newer(h.stream.device(), nothing_yet, now).why() == fc::lookup_status::absent);
  CHECK_FALSE(h.eye.wait_newer(h.stream.device(), nothing_yet, std::chrono::steady_clock::now() + 10ms));
  REQUIRE(testing::put(h.stream, "first") == fc::commit_status::committed);
  // What the caller has seen already is no answer.
  CHECK_FALSE(h.eye.wait_newer(h.stream.device(), fc::frame_sequence{std::uint64_t{1}}, now));
  CHECK(h.eye.wait_newer(fc::device_id{std::uint64_t{1} << 60}, nothing_yet, far).why() == fc::lookup_status::absent);
  REQUIRE(h.ops.suspend(testing::tenant(1)) == fc::order_status::done);
  CHECK(h.eye.wait_newer(h.stream.device(), nothing_yet, far).why() == fc::lookup_status::suspended);
}

TEST_CASE("wait_newer ends when its tenant is revoked, whenever that happens (I7)") {
  patient_home h;
  auto const deadline = std::chrono::steady_clock::now() + 60s;
  auto waiting =
      std::async(std::launch::async, [&] { return h.eye.wait_newer(h.stream.device(), nothing_yet, deadline).why(); });
  REQUIRE(h.ops.revoke(testing::tenant(1)).status == fc::order_status::done);
  CHECK(waiting.get() == fc::lookup_status::refused);
  CHECK(std::chrono::steady_clock::now() < deadline);
}

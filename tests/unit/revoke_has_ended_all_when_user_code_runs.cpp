// SPDX-License-Identifier: Apache-2.0
//
// A revocation calls user code: whoever waited is told, and foreign memory goes back. By then the tenant has its new label and
// nothing of the old epoch does anything any more.
#include <doctest/doctest.h>

#include "model/owned_bytes.hpp"
#include "support/homes.hpp"

TEST_CASE("whatever a revocation calls finds the old epoch ended already (I7)") {
  testing::house<> h;
  auto camera = h.cache.publisher(h.keys.publisher(1));
  auto stream = camera.begin(camera.device("porch"));
  REQUIRE(testing::put(stream, "a frame") == fc::commit_status::committed);
  auto eye = h.cache.viewer(h.keys.viewer(1));
  auto const held = eye.latest(stream.device(), fc::any_age);
  REQUIRE(held);
  int called = 0;
  auto const look = [&] {
    ++called;
    CHECK(eye.why() == fc::refusal::refused);
    CHECK(eye.read(held).why() == fc::lookup_status::refused);
    CHECK(eye.latest(stream.device(), fc::any_age).why() == fc::lookup_status::refused);
    CHECK(stream.stage(fc::byte_count{1U}).why() == fc::commit_status::refused);
    CHECK(camera.begin(stream.device()).why() == fc::begin_status::refused);
  };
  auto const watch = eye.notify_newer(stream.device(), fc::frame_sequence{std::uint64_t{1}}, look);
  auto hall = camera.begin(camera.device("hall"));
  testing::owned_bytes packet{{"foreign memory"}};
  packet.calling(look);
  REQUIRE(hall.adopt(std::move(packet), {}) == fc::commit_status::committed);
  REQUIRE(called == 0);

  auto ops = h.cache.admin(h.keys.admin());
  CHECK(ops.revoke(testing::tenant(1)).status == fc::order_status::done);
  CHECK(called == 2);
}

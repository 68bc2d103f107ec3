// SPDX-License-Identifier: Apache-2.0
//
// A free block's first bytes are overwritten by the note of whose it was: that is no wipe. What matters lies further in.
#include <doctest/doctest.h>

#include "model/raw_source.hpp"
#include "support/homes.hpp"

namespace {

constexpr std::string_view ended_secret = "who was in the garden that evening";

struct ending_relay {
  testing::book book;
  fc::registry homes{book};
  testing::raw_source memory;
  fc::frame_cache<> cache{homes, {.capacity = fc::mebibytes{2}, .source = &memory, .audit_each_operation = true}};
  fc::publisher camera = cache.publisher(book.publisher(1));
  fc::stream stream = camera.begin(camera.device("garden"));
  fc::frame_cache<>::viewer_type<> eye = cache.viewer(book.viewer(1));
  fc::steward boss = cache.steward(book.steward(1));
  fc::frame_cache<>::admin_type ops = cache.admin(book.admin());

  fc::frame_cache<>::handle_type<> held() {
    REQUIRE(testing::put(stream, std::string(1000, '.') + std::string{ended_secret}) == fc::commit_status::committed);
    return eye.latest(stream.device(), fc::any_age);
  }
};

}  // namespace

TEST_CASE("all of a frame that is held of a revoked home is wiped at its last release (I7)") {
  ending_relay r;
  auto held = r.held();
  CHECK(r.ops.revoke(testing::tenant(1)).pinned != 0);
  CHECK(r.memory.contains(ended_secret));
  held = {};
  CHECK_FALSE(r.memory.contains(ended_secret));
}

TEST_CASE("all of a frame that is held of an erased stream is wiped at its last release (I7)") {
  ending_relay r;
  auto held = r.held();
  CHECK(r.stream.erase().pinned != 0);
  CHECK(r.memory.contains(ended_secret));
  held = {};
  CHECK_FALSE(r.memory.contains(ended_secret));
}

TEST_CASE("all of a frame that is held of a retired device is wiped at its last release (I7)") {
  ending_relay r;
  auto held = r.held();
  CHECK(r.boss.retire(r.stream.device()).pinned != 0);
  CHECK(r.memory.contains(ended_secret));
  held = {};
  CHECK_FALSE(r.memory.contains(ended_secret));
}

// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "support/homes.hpp"

namespace {

struct drained_relay {
  testing::book book;
  fc::registry homes{book};
  fc::frame_cache<> cache{homes, {.capacity = fc::mebibytes{1}}};
  fc::publisher camera = cache.publisher(book.publisher(1));
  fc::stream stream = camera.begin(camera.device("porch"));
  fc::steward boss = cache.steward(book.steward(1));
};

}  // namespace

TEST_CASE("retire() counts a draft of the device as pinned, and drain() waits for it (I7)") {
  drained_relay r;
  auto const draft = r.stream.stage(fc::byte_count{std::uint64_t{3000}});
  CHECK(r.boss.retire(r.stream.device()).pinned == 4096);
  CHECK_FALSE(r.boss.drain({}));
}

TEST_CASE("retire() counts a superseded frame that is still held as pinned, and drain() waits for it (I7)") {
  drained_relay r;
  auto eye = r.cache.viewer(r.book.viewer(1));
  REQUIRE(testing::put(r.stream, std::string(3000, 'h')) == fc::commit_status::committed);
  auto const held = eye.latest(r.stream.device(), fc::any_age);
  r.stream = r.camera.begin(r.camera.device("porch"));
  CHECK(r.boss.retire(r.stream.device()).pinned == 4096);
  CHECK_FALSE(r.boss.drain({}));
}

// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "model/owned_bytes.hpp"
#include "model/raw_source.hpp"
#include "support/homes.hpp"

namespace {

struct credited_relay {
  testing::book book;
  fc::registry homes{book};
  testing::raw_source memory;
  fc::frame_cache<> cache{homes, {.capacity = fc::mebibytes{4}, .source = &memory}};
  fc::publisher camera = cache.publisher(book.publisher(1));
  fc::steward boss = cache.steward(book.steward(1));
  fc::frame_cache<>::viewer_type<> eye = cache.viewer(book.viewer(1));
  fc::frame_cache<>::admin_type ops = cache.admin(book.admin());

  // Everything charged but blocks: names, devices, tables, rooms, adopted memory.
  std::uint64_t besides_blocks() { return cache.stats().resident - memory.out(); }
};

void publish_ten(credited_relay& r) {
  for (int i = 0; i != 10; ++i) {
    auto stream = r.camera.begin(r.camera.device("camera " + std::to_string(i)));
    REQUIRE(testing::put(stream, std::string(5000, 'x')) == fc::commit_status::committed);
  }
}

}  // namespace

TEST_CASE("retiring every device credits names, devices and frames to the byte, again and again (I10)") {
  credited_relay r;
  publish_ten(r);  // the tables have grown now, and stay
  for (int i = 0; i != 10; ++i) static_cast<void>(r.boss.retire(*r.boss.device("camera " + std::to_string(i))));
  auto const start = r.besides_blocks();
  auto const blocks = r.memory.out();
  for (int round = 0; round != 20; ++round) {
    publish_ten(r);
    CHECK(r.besides_blocks() > start);
    for (int i = 0; i != 10; ++i) {
      REQUIRE(r.boss.retire(*r.boss.device("camera " + std::to_string(i))).status == fc::order_status::done);
    }
    CHECK(r.besides_blocks() == start);
    CHECK(r.memory.out() == blocks);
    CHECK(r.boss.counts().charged == 0);
    CHECK(r.boss.counts().pinned == 0);
  }
}

TEST_CASE("revoking a tenant credits everything it had, and so does every epoch after (I7, I10)") {
  credited_relay r;
  auto epoch = [&] {
    auto camera = r.cache.publisher(r.book.publisher(2));
    auto stream = camera.begin(camera.device("porch"));
    REQUIRE(testing::put(stream, "something") == fc::commit_status::committed);
    REQUIRE(r.ops.revoke(testing::tenant(2)).status == fc::order_status::done);
    CHECK(r.ops.counts(testing::tenant(2)).charged == 0);
    CHECK(r.ops.counts(testing::tenant(2)).devices == 0);
    return r.besides_blocks();
  };
  auto const start = epoch();
  for (int round = 0; round != 20; ++round) CHECK(epoch() == start);
}

TEST_CASE("drafts that are dropped, refused or empty leave no charge behind (I10)") {
  credited_relay r;
  auto stream = r.camera.begin(r.camera.device("porch"));
  REQUIRE(testing::put(stream, "first") == fc::commit_status::committed);
  auto const start = r.boss.counts();
  auto const besides = r.besides_blocks();
  {
    auto const dropped = stream.stage(fc::byte_count{std::uint64_t{100'000}});
  }
  auto late = stream.stage(fc::byte_count{std::uint64_t{10}});
  CHECK(r.boss.counts().pinned == 4096);
  CHECK(r.cache.stats().handles == 1);
  auto const newer = r.camera.begin(r.camera.device("porch"));
  CHECK(std::move(late).commit({.size = fc::byte_count{std::uint64_t{10}}}) == fc::commit_status::superseded);
  CHECK(r.boss.counts().pinned == 0);
  CHECK(r.boss.counts().charged == start.charged - 4096);  // the first frame was superseded
  CHECK(r.cache.stats().handles == 0);
  CHECK(r.besides_blocks() == besides);
}

TEST_CASE("adopted memory is charged as declared while it is held, and credited at its release (I10)") {
  credited_relay r;
  auto stream = r.camera.begin(r.camera.device("porch"));
  REQUIRE(stream.adopt(testing::owned_bytes{{"warm up the index"}}, {}) == fc::commit_status::committed);
  stream = r.camera.begin(r.camera.device("porch"));
  auto const start = r.cache.stats().resident;
  REQUIRE(stream.adopt(testing::owned_bytes{{"a packet"}, 70'000}, {}) == fc::commit_status::committed);
  CHECK(r.cache.stats().resident >= start + 70'000);
  CHECK(r.cache.stats().resident < start + 71'000);
  auto held = r.eye.latest(stream.device(), fc::any_age);
  stream = r.camera.begin(r.camera.device("porch"));
  CHECK(r.cache.stats().resident >= start + 70'000);  // superseded, but still held
  held = {};
  CHECK(r.cache.stats().resident == start);
}

// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "model/raw_source.hpp"
#include "support/homes.hpp"

namespace {

constexpr std::string_view revoked_secret = "a child asleep in the upper room";

struct revoking_relay {
  testing::book book;
  fc::registry homes{book};
  testing::raw_source memory;
  fc::frame_cache<> cache{homes, {.capacity = fc::mebibytes{2}, .source = &memory, .audit_each_operation = true}};
  fc::publisher camera = cache.publisher(book.publisher(1));
  fc::stream stream = camera.begin(camera.device("nursery"));
  fc::frame_cache<>::viewer_type<> eye = cache.viewer(book.viewer(1));
  fc::steward boss = cache.steward(book.steward(1));
  fc::frame_cache<>::admin_type ops = cache.admin(book.admin());
};

}  // namespace

TEST_CASE("revoking a tenant wipes its linked frames and its free blocks before it returns (I7)") {
  revoking_relay r;
  REQUIRE(testing::put(r.stream, revoked_secret) == fc::commit_status::committed);
  r.stream = r.camera.begin(r.camera.device("nursery"));  // the first one's block is free now
  auto other = r.camera.begin(r.camera.device("hall"));
  REQUIRE(testing::put(other, revoked_secret) == fc::commit_status::committed);
  auto const done = r.ops.revoke(testing::tenant(1));
  CHECK(done.status == fc::order_status::done);
  CHECK(done.pinned == 0);
  CHECK(done.wiped >= 2 * revoked_secret.size());
  CHECK(r.cache.stats().wiped == done.wiped);
  CHECK_FALSE(r.memory.contains(revoked_secret));
}

TEST_CASE("what a handle holds of a revoked tenant is wiped at its last release, and drain() waits for it (I7)") {
  revoking_relay r;
  REQUIRE(testing::put(r.stream, revoked_secret) == fc::commit_status::committed);
  auto first = r.eye.latest(r.stream.device(), fc::any_age);
  auto second = r.eye.share(first);
  REQUIRE(second);
  auto const done = r.ops.revoke(testing::tenant(1));
  CHECK(done.pinned == 4096);
  CHECK(r.memory.contains(revoked_secret));
  CHECK(r.eye.read(first).why() == fc::lookup_status::refused);
  CHECK_FALSE(r.ops.drain(testing::tenant(1), {}));
  first = {};
  CHECK(r.memory.contains(revoked_secret));
  CHECK_FALSE(r.ops.drain(testing::tenant(1), {}));
  second = {};
  CHECK_FALSE(r.memory.contains(revoked_secret));
  CHECK(r.ops.drain(testing::tenant(1), {}));
}

TEST_CASE("a draft that was open when its tenant was revoked is refused, and its bytes are wiped (I7)") {
  revoking_relay r;
  auto draft = r.stream.stage(fc::byte_count{revoked_secret.size()});
  std::memcpy(draft.bytes().data(), revoked_secret.data(), revoked_secret.size());
  CHECK(r.ops.revoke(testing::tenant(1)).pinned == 4096);
  CHECK_FALSE(r.ops.drain(testing::tenant(1), {}));
  CHECK(std::move(draft).commit({.size = fc::byte_count{revoked_secret.size()}}) == fc::commit_status::refused);
  CHECK_FALSE(r.memory.contains(revoked_secret));
  CHECK(r.ops.drain(testing::tenant(1), {}));
  CHECK(r.cache.stats().frames == 0);
}

TEST_CASE(
    "retiring a device wipes its frames, free blocks and, at its release, what is held; others keep theirs (I7)") {
  revoking_relay r;
  constexpr std::string_view other_text = "the hall, which stays";
  auto other = r.camera.begin(r.camera.device("hall"));
  REQUIRE(testing::put(other, other_text) == fc::commit_status::committed);
  REQUIRE(testing::put(r.stream, revoked_secret) == fc::commit_status::committed);
  r.stream = r.camera.begin(r.camera.device("nursery"));
  REQUIRE(testing::put(r.stream, revoked_secret) == fc::commit_status::committed);
  auto held = r.eye.latest(r.stream.device(), fc::any_age);
  auto const done = r.boss.retire(r.stream.device());
  CHECK(done.status == fc::order_status::done);
  CHECK(done.pinned == 4096);
  CHECK_FALSE(r.boss.drain({}));
  held = {};
  CHECK(r.boss.drain({}));
  CHECK_FALSE(r.memory.contains(revoked_secret));
  CHECK(r.memory.contains(other_text));
  CHECK(r.eye.latest(other.device(), fc::any_age));
}

// SPDX-License-Identifier: Apache-2.0
//
// A ticket is one right to one answer: staged, adopted, denied or dropped, and spent after that.
#include <doctest/doctest.h>

#include "model/loading_home.hpp"
#include "model/owned_bytes.hpp"

using testing::loading_home;
using namespace std::chrono_literals;

TEST_CASE("a ticket that was used or moved from is spent (I8)") {
  loading_home h;
  std::vector<fc::ticket> kept;
  REQUIRE(h.ask(h.eye, h.small, kept).why() == fc::lookup_status::loading);
  fc::ticket first = std::move(kept[0]);
  CHECK_FALSE(testing::holds(kept[0]));
  CHECK(std::move(kept[0]).stage(fc::byte_count{8U}).why() == fc::commit_status::spent);
  CHECK(std::move(kept[0]).absent_for(1s) == fc::commit_status::spent);
  CHECK(kept[0].device().value() == 0);

  auto draft = std::move(first).stage(fc::byte_count{4U});
  REQUIRE(testing::holds(draft));
  CHECK_FALSE(testing::holds(first));
  CHECK(std::move(first).stage(fc::byte_count{4U}).why() == fc::commit_status::spent);
  std::memcpy(draft.bytes().data(), "once", 4);
  CHECK(std::move(draft).commit({.size = fc::byte_count{5U}}) == fc::commit_status::too_long);
  CHECK(std::move(draft).commit({.size = fc::byte_count{4U}}) == fc::commit_status::committed);
  CHECK(std::move(draft).commit({.size = fc::byte_count{4U}}) == fc::commit_status::spent);
  CHECK(testing::holds(h.eye.find(h.device, h.generation, h.small)));
}

TEST_CASE("a ticket publishes memory of somebody else's like a stream does, under its own rendition (I8)") {
  loading_home h;
  std::atomic<int> released{0};
  auto held = h.eye.get_or_load(h.device, h.generation, h.small, h.soon(), [&](fc::ticket t) {
    testing::owned_bytes owner{{"kept elsewhere"}};
    owner.counting(released);
    CHECK(std::move(t).adopt(std::move(owner), {}) == fc::commit_status::committed);
  });
  CHECK(testing::text_of(h.eye.read(held)) == "kept elsewhere");
  CHECK(h.eye.latest(h.device, fc::any_age).why() == fc::lookup_status::absent);
  held = {};
  CHECK(released == 0);
  h.stream = h.camera.begin(h.device);
  CHECK(released == 1);
}

TEST_CASE("a dropped ticket, and a draft of it that is dropped, give the load up to the next who asks (I8)") {
  loading_home h;
  std::vector<fc::ticket> kept;
  REQUIRE(h.ask(h.eye, h.small, kept).why() == fc::lookup_status::loading);
  int told = 0;
  auto const watch = h.eye.notify_loaded(h.device, h.generation, h.small, [&] { ++told; });
  kept.clear();
  CHECK(told == 1);
  REQUIRE(h.ask(h.eye, h.small, kept).why() == fc::lookup_status::loading);
  REQUIRE(kept.size() == 1);
  auto const again = h.eye.notify_loaded(h.device, h.generation, h.small, [&] { ++told; });
  {
    auto draft = std::move(kept[0]).stage(fc::byte_count{4U});
    REQUIRE(testing::holds(draft));
    CHECK(told == 1);
  }
  CHECK(told == 2);
  CHECK(h.cache.stats().pinned == 0);
}

TEST_CASE("a ticket that finds no room can still say so by other means (I8, I10)") {
  loading_home h;
  std::vector<fc::ticket> kept;
  REQUIRE(h.ask(h.eye, h.small, kept).why() == fc::lookup_status::loading);
  CHECK(std::move(kept[0]).stage(fc::byte_count{std::uint64_t{1} << 40}).why() == fc::commit_status::no_room);
  REQUIRE(testing::holds(kept[0]));
  CHECK(testing::answer(std::move(kept[0]), "smaller") == fc::commit_status::committed);
}

TEST_CASE("a load is charged while it is under way and leaves nothing behind (I10)") {
  loading_home h;
  std::vector<fc::ticket> kept;
  auto const before = h.cache.stats().resident;
  REQUIRE(h.ask(h.eye, h.small, kept).why() == fc::lookup_status::loading);
  auto const during = h.cache.stats().resident;
  CHECK(during > before);
  REQUIRE(h.ask(h.eye, h.large, kept).why() == fc::lookup_status::loading);
  CHECK(h.cache.stats().resident - during == during - before);
  CHECK(h.ask(h.eye, h.small, kept).why() == fc::lookup_status::loading);
  CHECK(h.cache.stats().resident - during == during - before);
  kept.clear();
  CHECK(h.cache.stats().resident == before);
  REQUIRE(h.ask(h.eye, h.small, kept).why() == fc::lookup_status::loading);
  CHECK(h.ops.revoke(testing::tenant(1)).status == fc::order_status::done);
  kept.clear();
  CHECK(h.cache.stats().resident < before);
}

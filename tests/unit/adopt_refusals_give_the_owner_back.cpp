// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "model/owned_bytes.hpp"
#include "support/homes.hpp"

namespace {

// Offers a packet that will be refused; returns the answer, having checked that the owner came back whole and unreleased.
template <class Stream>
fc::commit_status offer(Stream const& stream) {
  std::atomic<int> releases{0};
  fc::commit_status answer{};
  {
    testing::owned_bytes owner{{"a packet"}};
    owner.counting(releases);
    answer = stream.adopt(std::move(owner), {});
    REQUIRE_FALSE(owner.moved_from());
    CHECK(releases == 0);
    CHECK(owner.buffers().size() == 1);
  }
  CHECK(releases == 1);
  return answer;
}

}  // namespace

TEST_CASE("a refused adopt() gives the owner back, whatever the reason, and nothing stays charged") {
  testing::book book;
  fc::registry homes{book};
  fc::frame_cache<> cache{homes, {.capacity = fc::mebibytes{1}, .audit_each_operation = true}};
  auto camera = cache.publisher(book.publisher(1));
  auto boss = cache.steward(book.steward(1));
  auto ops = cache.admin(book.admin());
  auto old = camera.begin(camera.device("porch"));
  auto stream = camera.begin(camera.device("porch"));
  auto retired = camera.begin(camera.device("hall"));
  REQUIRE(boss.retire(retired.device()).status == fc::order_status::done);
  auto const resident = cache.stats().resident;

  CHECK(offer(old) == fc::commit_status::superseded);
  CHECK(offer(retired) == fc::commit_status::retired);
  CHECK(offer(camera.begin(fc::device_id{~std::uint64_t{0}})) == fc::commit_status::retired);
  REQUIRE(ops.suspend(testing::tenant(1)) == fc::order_status::done);
  CHECK(offer(stream) == fc::commit_status::suspended);
  REQUIRE(ops.resume(testing::tenant(1)) == fc::order_status::done);
  REQUIRE(ops.set_budget(testing::tenant(1), {.cap = fc::byte_count{std::uint64_t{10}}}) == fc::order_status::done);
  CHECK(offer(stream) == fc::commit_status::no_room);
  REQUIRE(ops.set_budget(testing::tenant(1), {.device_cap = fc::byte_count{std::uint64_t{10}}}) ==
          fc::order_status::done);
  CHECK(offer(stream) == fc::commit_status::no_room);
  CHECK(cache.stats().resident == resident);
  CHECK(boss.counts().charged == 0);
  REQUIRE(ops.revoke(testing::tenant(1)).status == fc::order_status::done);
  CHECK(offer(stream) == fc::commit_status::refused);
  CHECK(offer(fc::stream{fc::begin_status::no_room}) == fc::commit_status::no_room);
  CHECK(cache.stats().frames == 0);
}

TEST_CASE("under scrub<on_release> foreign memory cannot be wiped: adopt() says so and takes nothing") {
  testing::book book;
  fc::registry homes{book};
  fc::frame_cache<fc::scrub<fc::on_release>> cache{homes, {.capacity = fc::mebibytes{1}}};
  auto camera = cache.publisher(book.publisher(1));
  auto stream = camera.begin(camera.device("porch"));
  CHECK(offer(stream) == fc::commit_status::unscrubbable);
}

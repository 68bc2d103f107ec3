// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "support/homes.hpp"

namespace {

constexpr std::uint64_t budget_page = 4096;

struct capped_relay {
  explicit capped_relay(fc::config how) : cache{homes, std::move(how)} {}
  testing::book book;
  fc::registry homes{book};
  fc::frame_cache<> cache;
  fc::publisher camera = cache.publisher(book.publisher(1));
  fc::frame_cache<>::viewer_type<> eye = cache.viewer(book.viewer(1));
  fc::frame_cache<>::admin_type ops = cache.admin(book.admin());

  // One page each: a frame of rendition n of that stream.
  fc::commit_status put(fc::stream const& stream, std::uint16_t n) {
    auto draft = stream.stage(fc::byte_count{std::uint64_t{3000}}, fc::rendition{n, n, fc::rotation::none});
    if (!draft) return draft.why();
    return std::move(draft).commit({.size = fc::byte_count{std::uint64_t{3000}}});
  }
  bool has(fc::stream const& stream, std::uint16_t n) {
    return static_cast<bool>(eye.find(stream.device(), stream.generation(), {n, n, fc::rotation::none}));
  }
  std::uint64_t charged() { return ops.counts(testing::tenant(1)).charged; }
};

}  // namespace

TEST_CASE("a tenant's cap is never exceeded: its own least recently used frame leaves, nobody else's") {
  capped_relay r{
      {.capacity = fc::mebibytes{4}, .tenant_cap = fc::byte_count{5 * budget_page}, .audit_each_operation = true}};
  auto other = r.cache.publisher(r.book.publisher(2));
  auto theirs = other.begin(other.device("porch"));
  REQUIRE(testing::put(theirs, "theirs") == fc::commit_status::committed);
  auto stream = r.camera.begin(r.camera.device("porch"));
  for (std::uint16_t n = 1; n <= 5; ++n) REQUIRE(r.put(stream, n) == fc::commit_status::committed);
  CHECK(r.charged() == 5 * budget_page);
  CHECK(r.has(stream, 1));  // and is the newest in use now
  REQUIRE(r.put(stream, 6) == fc::commit_status::committed);
  CHECK(r.charged() == 5 * budget_page);
  CHECK(r.has(stream, 1));
  CHECK_FALSE(r.has(stream, 2));
  CHECK(r.ops.counts(testing::tenant(2)).frames == 1);
}

TEST_CASE("a device's cap is never exceeded: that device's oldest frame leaves, its neighbour's stay") {
  capped_relay r{
      {.capacity = fc::mebibytes{4}, .device_cap = fc::byte_count{3 * budget_page}, .audit_each_operation = true}};
  auto hall = r.camera.begin(r.camera.device("hall"));
  REQUIRE(r.put(hall, 1) == fc::commit_status::committed);
  auto porch = r.camera.begin(r.camera.device("porch"));
  for (std::uint16_t n = 1; n <= 8; ++n) {
    REQUIRE(r.put(porch, n) == fc::commit_status::committed);
    CHECK(r.charged() <= 4 * budget_page);
  }
  CHECK(r.has(hall, 1));
  CHECK_FALSE(r.has(porch, 5));
  CHECK(r.has(porch, 6));
  CHECK(r.has(porch, 7));
  CHECK(r.has(porch, 8));
}

TEST_CASE("a lower cap binds at once, and what is pinned then leaves when it is let go of") {
  capped_relay r{{.capacity = fc::mebibytes{4}, .audit_each_operation = true}};
  auto stream = r.camera.begin(r.camera.device("porch"));
  for (std::uint16_t n = 1; n <= 10; ++n) REQUIRE(r.put(stream, n) == fc::commit_status::committed);
  auto held = r.eye.find(stream.device(), stream.generation(), {1, 1, fc::rotation::none});
  REQUIRE(held);
  REQUIRE(r.ops.set_budget(testing::tenant(1), {.cap = fc::byte_count{3 * budget_page}}) == fc::order_status::done);
  CHECK(r.charged() == 3 * budget_page);
  CHECK(r.has(stream, 1));
  CHECK(r.has(stream, 10));
  CHECK_FALSE(r.has(stream, 8));

  REQUIRE(r.ops.set_budget(testing::tenant(1), {.cap = fc::byte_count{std::uint64_t{0}}}) == fc::order_status::done);
  CHECK(r.charged() == budget_page);  // under a handle
  CHECK(r.put(stream, 11) == fc::commit_status::no_room);
  held = {};
  CHECK(r.put(stream, 11) == fc::commit_status::no_room);
  REQUIRE(r.ops.set_budget(testing::tenant(1), {}) == fc::order_status::done);
  CHECK(r.put(stream, 11) == fc::commit_status::committed);
}

TEST_CASE("a budget is an admin's word about a tenant that is here") {
  capped_relay r{{.capacity = fc::mebibytes{4}}};
  CHECK(r.ops.set_budget(testing::tenant(77), {}) == fc::order_status::unknown);
  auto guest = r.cache.admin(r.book.viewer(1));  // a viewer's credential
  CHECK_FALSE(guest);
  CHECK(guest.set_budget(testing::tenant(1), {}) == fc::order_status::refused);
}

// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "support/homes.hpp"

#include <memory>

namespace {

constexpr std::uint64_t fair_page = 4096;

struct fair_relay {
  explicit fair_relay(fc::config how) : cache{homes, std::move(how)} {}
  testing::book book;
  fc::registry homes{book};
  fc::frame_cache<> cache;
  fc::frame_cache<>::admin_type ops = cache.admin(book.admin());

  std::uint64_t charged(std::uint64_t home) { return ops.counts(testing::tenant(home)).charged; }
};

// One home whose cameras publish renditions of a page each, numbered on.
struct home {
  home(fair_relay& in, std::uint64_t number)
      : camera{in.cache.publisher(in.book.publisher(number))},
        eye{in.cache.viewer(in.book.viewer(number))},
        stream{camera.begin(camera.device("porch"))} {}
  fc::publisher camera;
  fc::frame_cache<>::viewer_type<> eye;
  fc::stream stream;
  std::uint16_t next = 1;

  static fc::rendition numbered(std::uint16_t n) { return {n, n, fc::rotation::none}; }
  bool put() {
    auto draft = stream.stage(fc::byte_count{std::uint64_t{3000}}, numbered(next++));
    return std::move(draft).commit({.size = fc::byte_count{std::uint64_t{3000}}}) == fc::commit_status::committed;
  }
  bool has(std::uint16_t n) { return static_cast<bool>(eye.find(stream.device(), stream.generation(), numbered(n))); }
};

}  // namespace

TEST_CASE("fair: free space is anybody's, and what was borrowed is given back to whoever is below its share") {
  fair_relay r{
      {.capacity = fc::mebibytes{1}, .tenant_floor = fc::byte_count{30 * fair_page}, .audit_each_operation = true}};
  home second{r, 2};
  home first{r, 1};
  for (int i = 0; i != 1000; ++i) REQUIRE(first.put());
  CHECK(r.charged(1) > 100 * fair_page);  // far beyond its floor: nobody else wanted it
  for (int i = 0; i != 30; ++i) REQUIRE(second.put());
  CHECK(r.charged(2) == 30 * fair_page);
  // Beyond its floor it pays for itself while memory is short.
  auto const evicted = r.ops.counts(testing::tenant(1)).evictions;
  for (int i = 0; i != 30; ++i) REQUIRE(second.put());
  CHECK(r.ops.counts(testing::tenant(1)).evictions == evicted);
}

TEST_CASE("fair: a tenant at its floor keeps every frame, however hard its neighbour writes") {
  fair_relay r{
      {.capacity = fc::mebibytes{1}, .tenant_floor = fc::byte_count{30 * fair_page}, .audit_each_operation = true}};
  home quiet{r, 1};
  home busy{r, 2};
  for (int i = 0; i != 30; ++i) REQUIRE(quiet.put());
  for (int i = 0; i != 2000; ++i) REQUIRE(busy.put());
  for (std::uint16_t n = 1; n <= 30; ++n) CHECK(quiet.has(n));
  CHECK(r.ops.counts(testing::tenant(1)).evictions == 0);
}

TEST_CASE(
    "fair: who asks for its share is not told to pay itself because the next in turn have less than a frame too many") {
  fair_relay r{{.capacity = fc::mebibytes{1},
                .tenant_floor = fc::byte_count{30 * fair_page + fair_page / 2},
                .audit_each_operation = true}};
  home needy{r, 1};
  home one{r, 2};
  home other{r, 3};
  home rich{r, 4};
  for (int i = 0; i != 31; ++i) REQUIRE(one.put());
  for (int i = 0; i != 31; ++i) REQUIRE(other.put());
  while (r.ops.counts(testing::tenant(4)).evictions == 0) REQUIRE(rich.put());
  for (int i = 0; i != 30; ++i) REQUIRE(needy.put());
  for (std::uint64_t n = 1; n != 4; ++n) CHECK(r.ops.counts(testing::tenant(n)).evictions == 0);
  CHECK(r.charged(1) == 30 * fair_page);
}

TEST_CASE("fair: an admin's floor for one tenant is kept as the common one is") {
  fair_relay r{
      {.capacity = fc::mebibytes{1}, .tenant_floor = fc::byte_count{5 * fair_page}, .audit_each_operation = true}};
  home valued{r, 1};
  home busy{r, 2};
  home third{r, 3};
  REQUIRE(r.ops.set_budget(testing::tenant(1), {.floor = fc::byte_count{40 * fair_page}}) == fc::order_status::done);
  for (int i = 0; i != 40; ++i) REQUIRE(valued.put());
  for (int i = 0; i != 500; ++i) REQUIRE(busy.put());
  for (int i = 0; i != 100; ++i) REQUIRE(third.put());
  CHECK(r.ops.counts(testing::tenant(1)).evictions == 0);
  CHECK(r.ops.counts(testing::tenant(2)).evictions > 0);
}

TEST_CASE("fair: without a stated floor, tenants that write alike end up with about the same") {
  fair_relay r{{.capacity = fc::mebibytes{1}, .audit_each_operation = true}};
  std::vector<std::unique_ptr<home>> all;
  for (std::uint64_t n = 1; n <= 4; ++n) all.push_back(std::make_unique<home>(r, n));
  for (int i = 0; i != 500; ++i) {
    for (auto& each : all) REQUIRE(each->put());
  }
  for (std::uint64_t n = 1; n <= 4; ++n) {
    CHECK(r.charged(n) > 256 * 1024 * 7 / 10);
    CHECK(r.charged(n) <= 256 * 1024);
  }
}

TEST_CASE("fair: which of a tenant's own frames leaves is its own affair: the one it has not used for longest") {
  fair_relay r{
      {.capacity = fc::mebibytes{1}, .tenant_floor = fc::byte_count{10 * fair_page}, .audit_each_operation = true}};
  home first{r, 1};
  home second{r, 2};
  for (int i = 0; i != 60; ++i) REQUIRE(first.put());
  for (std::uint16_t n = 1; n <= 20; ++n) REQUIRE(first.has(n));  // in use now; 21 is the oldest
  while (r.ops.counts(testing::tenant(1)).evictions < 10) REQUIRE(first.put());
  CHECK(first.has(1));
  CHECK(first.has(20));
  for (std::uint16_t n = 21; n <= 30; ++n) CHECK_FALSE(first.has(n));
  CHECK(first.has(31));
}

// SPDX-License-Identifier: Apache-2.0
//
// In a large cache a put that needs room takes a frame of each of the next few tenants that have more than their share, so that what it
// waits for is under way for all of them together; those that come next find room. Where all share one budget, the few oldest leave.
#include <doctest/doctest.h>

#include "support/homes.hpp"

#include <memory>
#include <vector>

namespace {

// Homes of one camera that publish one small rendition after another.
template <class Cache>
struct street {
  explicit street(fc::byte_count capacity) : cache{homes, {.capacity = capacity}} {}
  testing::book book;
  fc::registry homes{book};
  Cache cache;
  typename Cache::admin_type ops = cache.admin(book.admin());

  struct home {
    home(street& in, std::uint64_t number)
        : camera{in.cache.publisher(in.book.publisher(number))},
          eye{in.cache.viewer(in.book.viewer(number))},
          stream{camera.begin(camera.device("porch"))} {}
    fc::publisher camera;
    typename Cache::template viewer_type<> eye;
    fc::stream stream;
    std::uint32_t next = 1;

    static fc::rendition numbered(std::uint32_t n) {
      return {static_cast<std::uint16_t>(1 + n % 60'000), static_cast<std::uint16_t>(1 + n / 60'000),
              fc::rotation::none};
    }
    bool put(std::uint64_t bytes = 1) {
      auto draft = stream.stage(fc::byte_count{bytes}, numbered(next++));
      return std::move(draft).commit({.size = fc::byte_count{bytes}}) == fc::commit_status::committed;
    }
    bool has(std::uint32_t n) { return static_cast<bool>(eye.find(stream.device(), stream.generation(), numbered(n))); }
  };

  std::uint64_t evictions() { return cache.stats().evictions; }
  std::uint64_t evictions_of(std::uint64_t number) { return ops.counts(testing::tenant(number)).evictions; }
};

using fair = street<fc::frame_cache<>>;
using shared = street<fc::frame_cache<fc::isolate<fc::shared>>>;

constexpr std::uint64_t neighbours = 16;
constexpr std::uint64_t few = 8;

// Fills the cache with the frames of `neighbours` homes, numbered from 1.
template <class Street>
std::vector<std::unique_ptr<typename Street::home>> crowd(Street& in) {
  std::vector<std::unique_ptr<typename Street::home>> all;
  all.reserve(neighbours);
  for (std::uint64_t n = 1; n <= neighbours; ++n) all.push_back(std::make_unique<typename Street::home>(in, n));
  while (in.evictions() == 0) {
    for (auto const& each : all) REQUIRE(each->put());
  }
  return all;
}

std::uint32_t oldest_of(fair::home& h) {
  std::uint32_t n = 1;
  while (!h.has(n)) ++n;
  return n;
}

}  // namespace

TEST_CASE("a put into a large cache takes the oldest frame of each of a few neighbours, and the next puts take none") {
  fair in{fc::mebibytes{8}};
  fair::home late{in, neighbours + 1};
  for (int i = 0; i != 80; ++i) REQUIRE(late.put());  // so that its index has room for those that follow
  auto const crowded = crowd(in);
  // To be found is to be used: this one of each is not the oldest any more, the one after it is.
  std::vector<std::uint32_t> oldest;
  oldest.reserve(crowded.size());
  for (auto const& each : crowded) oldest.push_back(oldest_of(*each));
  std::vector<std::uint64_t> before;
  before.reserve(neighbours);
  for (std::uint64_t n = 1; n <= neighbours; ++n) before.push_back(in.evictions_of(n));

  auto const evicted = in.evictions();
  while (in.evictions() == evicted) REQUIRE(late.put());
  CHECK(in.evictions() == evicted + few);
  std::uint64_t paid = 0;
  for (std::uint64_t n = 1; n <= neighbours; ++n) {
    auto& each = *crowded[n - 1];
    auto const lost = in.evictions_of(n) - before[n - 1];
    CHECK(lost <= 1);
    paid += lost;
    CHECK(each.has(oldest[n - 1]));
    CHECK(each.has(oldest[n - 1] + 1) == (lost == 0));
    CHECK(each.has(oldest[n - 1] + 2));
  }
  CHECK(paid == few);
  for (std::uint64_t i = 1; i != few; ++i) REQUIRE(late.put());
  CHECK(in.evictions() == evicted + few);
  REQUIRE(late.put());
  CHECK(in.evictions() == evicted + 2 * few);
}

TEST_CASE("a put into a small cache takes one frame") {
  fair in{fc::mebibytes{1}};
  auto const crowded = crowd(in);
  fair::home late{in, neighbours + 1};
  auto const evicted = in.evictions();
  while (in.evictions() == evicted) REQUIRE(late.put());
  for (std::uint64_t i = 1; i != 20; ++i) {
    CHECK(in.evictions() == evicted + i);
    REQUIRE(late.put());
  }
}

TEST_CASE("shared: a put into a large cache takes the few oldest frames of all, and the next puts take none") {
  shared in{fc::mebibytes{8}};
  shared::home early{in, neighbours + 1};
  // The oldest of all, but for the first, which is used once more at the end.
  for (std::uint64_t i = 0; i != 40 * few; ++i) REQUIRE(early.put());
  std::vector<std::unique_ptr<shared::home>> all;
  all.reserve(neighbours);
  for (std::uint64_t n = 1; n <= neighbours; ++n) all.push_back(std::make_unique<shared::home>(in, n));
  auto const lost = [&] { return in.evictions_of(neighbours + 1); };
  auto const put_until_evicted = [&] {
    auto const before = lost();
    for (std::uint64_t n = 0; lost() == before; ++n) REQUIRE(all[n % neighbours]->put());
    return lost() - before;
  };
  REQUIRE(early.has(1));
  // Where a table has to fit, many more leave.
  for (int tries = 0; put_until_evicted() != few; ++tries) REQUIRE(tries != 20);
  CHECK(early.has(1));
  auto const first_lost = lost();
  REQUIRE(first_lost < 40 * few - few);
  for (std::uint64_t n = 2; n < 2 + first_lost; ++n) CHECK_FALSE(early.has(static_cast<std::uint32_t>(n)));
  CHECK(early.has(static_cast<std::uint32_t>(2 + first_lost)));
}

TEST_CASE("a small put into a large cache of large frames takes one of them") {
  fair in{fc::mebibytes{8}};
  fair::home late{in, neighbours + 1};
  std::vector<std::unique_ptr<fair::home>> all;
  all.reserve(neighbours);
  for (std::uint64_t n = 1; n <= neighbours; ++n) all.push_back(std::make_unique<fair::home>(in, n));
  while (in.evictions() == 0) {
    for (auto const& each : all) REQUIRE(each->put(100'000));
  }
  auto const evicted = in.evictions();
  while (in.evictions() == evicted) REQUIRE(late.put());
  CHECK(in.evictions() == evicted + 1);
}

// SPDX-License-Identifier: Apache-2.0
//
// A thread counts its peeks in tables of its own, for which it asks once there is something to count there. Where there is no memory for
// one, or all that was set aside for them is used up, peeks succeed and are counted all the same.
#include <doctest/doctest.h>

#include "faults/allocations.hpp"
#include "support/homes.hpp"

#include <deque>
#include <thread>

namespace {

struct street final {
  street(fc::byte_count capacity, std::uint64_t homes) : cache{registry, {.capacity = capacity}} {
    for (std::uint64_t number = 1; number <= homes; ++number) {
      all.emplace_back(cache, keys, number);
      REQUIRE(testing::put(all.back().stream, "a picture") == fc::commit_status::committed);
    }
  }
  [[nodiscard]] std::uint64_t hits(std::uint64_t number) { return cache.steward(keys.steward(number)).counts().hits; }
  [[nodiscard]] bool peek(std::size_t at) const {
    return all[at].peek([](fc::frame_view const&) {}) == fc::lookup_status::hit;
  }
  testing::book keys;
  fc::registry registry{keys};
  fc::frame_cache<> cache;
  std::deque<testing::home_with_a_camera> all;
};

// How many allocations that took.
template <class F>
[[nodiscard]] std::uint64_t allocations_of(F const& f) {
  testing::watched_allocations const watched;
  f();
  return watched.count();
}

// Of which a 256th is one table.
constexpr fc::byte_count one_table = fc::mebibytes{1};

}  // namespace

TEST_CASE("a peek whose table finds no memory is counted, and the table is asked for again at the next home") {
  street s(one_table, 2);
  {
    testing::watched_allocations const watched(1);
    CHECK(s.peek(0));
    CHECK(watched.refused_one());
  }
  CHECK(s.peek(0));
  CHECK(s.hits(1) == 2);
  auto const both = [&s] {
    for (int i = 0; i != 10; ++i) {
      CHECK(s.peek(1));
      CHECK(s.peek(0));
    }
  };
  CHECK(allocations_of(both) == 1);
  CHECK(s.hits(1) == 12);
  CHECK(s.hits(2) == 10);
  CHECK(s.cache.audit().ok);
}

TEST_CASE("a peek that finds no memory at one home is not counted at the one before") {
  street s(fc::mebibytes{4}, 257);  // which are two tables
  CHECK(s.peek(0));
  {
    testing::watched_allocations const watched(1);
    CHECK(s.peek(256));
    CHECK(watched.refused_one());
  }
  CHECK(s.hits(1) == 1);
  CHECK(s.hits(257) == 1);
}

TEST_CASE("threads take no more than is set aside to count in, and what has none is counted") {
  street s(one_table, 1);
  auto const before = s.cache.stats().resident;
  auto const once = [&s] { CHECK(s.peek(0)); };
  CHECK(allocations_of(once) == 1);
  std::uint64_t allocations = 1;
  std::thread other([&] { allocations = allocations_of(once); });
  other.join();
  CHECK(allocations == 0);
  CHECK(s.hits(1) == 2);
  CHECK(s.cache.stats().resident == before);
}

TEST_CASE("what is set aside to count peeks in is part of the bound") {
  testing::book keys;
  fc::registry registry{keys};
  auto const resident = [&](fc::byte_count capacity) {
    fc::frame_cache<> cache{registry, {.capacity = capacity, .most_capacity = fc::mebibytes{8}}};
    return cache.stats().resident;
  };
  CHECK(resident(fc::mebibytes{8}) - resident(fc::mebibytes{4}) == (4 << 20) / 256);
}

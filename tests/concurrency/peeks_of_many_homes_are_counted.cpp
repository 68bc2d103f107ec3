// SPDX-License-Identifier: Apache-2.0
//
// Threads peek at the cameras of many homes, each going from home to home in an order of its own, while another asks for the counts of
// one of them. No count goes down or tells of more hits than there were, also when threads have ended and others take their numbers.
#include <doctest/doctest.h>

#include "support/homes.hpp"

#include <array>
#include <deque>
#include <thread>

namespace {

// More than one block of rooms.
constexpr std::uint64_t peeked_homes = 300;
constexpr std::uint64_t peek_rounds = 20;
constexpr std::uint64_t peek_generations = 3;
// Each goes on by another number of homes, which has no divisor in common with 300, so that it comes to all of them.
constexpr std::array<std::uint64_t, 3> peek_strides{1, 7, 77};
constexpr std::uint64_t peek_all_hits = peek_rounds * peek_generations * peek_strides.size();

}  // namespace

TEST_CASE("each peek is counted once and in its own home, whoever goes between which homes") {
  testing::book keys;
  fc::registry registry{keys};
  fc::frame_cache<> cache{registry, {.capacity = fc::mebibytes{4}}};
  std::deque<testing::home_with_a_camera> all;
  for (std::uint64_t number = 1; number <= peeked_homes; ++number) {
    all.emplace_back(cache, keys, number);
    REQUIRE(testing::put(all.back().stream, std::to_string(number)) == fc::commit_status::committed);
  }
  auto const steward = cache.steward(keys.steward(1));

  std::atomic<std::uint64_t> wrong{0};
  std::atomic<bool> over{false};
  std::thread asks([&] {
    std::uint64_t last = 0;
    while (!over) {
      auto const hits = steward.counts().hits;
      if (hits < last || hits > peek_all_hits) ++wrong;
      last = hits;
    }
  });
  for (std::uint64_t generation = 0; generation != peek_generations; ++generation) {
    std::vector<std::thread> threads;
    threads.reserve(peek_strides.size());
    for (auto const stride : peek_strides) {
      threads.emplace_back([&, stride] {
        for (std::uint64_t i = 0; i != peek_rounds * peeked_homes; ++i) {
          auto const at = i * stride % peeked_homes;
          auto const why = all[at].peek([&](fc::frame_view const& view) {
            if (testing::text_of(view) != std::to_string(at + 1)) ++wrong;
          });
          if (why != fc::lookup_status::hit) ++wrong;
        }
      });
    }
    for (auto& each : threads) each.join();
  }
  over = true;
  asks.join();

  CHECK(wrong == 0);
  auto const ops = cache.admin(keys.admin());
  std::uint64_t uneven = 0;
  for (std::uint64_t number = 1; number <= peeked_homes; ++number) {
    if (ops.counts(testing::tenant(number)).hits != peek_all_hits) ++uneven;
  }
  CHECK(uneven == 0);
  CHECK(cache.stats().hits == peeked_homes * peek_all_hits);
}

// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "support/homes.hpp"

#include <deque>
#include <memory>

using shared_cache = fc::frame_cache<fc::isolate<fc::shared>>;

TEST_CASE("shared: the frame that no tenant has used for longest leaves, whosever it is") {
  testing::book book;
  fc::registry homes{book};
  shared_cache cache{homes, {.capacity = fc::kibibytes{512}, .audit_each_operation = true}};
  auto first = cache.publisher(book.publisher(1));
  auto second = cache.publisher(book.publisher(2));
  auto first_eye = cache.viewer(book.viewer(1));
  auto second_eye = cache.viewer(book.viewer(2));
  auto first_stream = first.begin(first.device("porch"));
  auto second_stream = second.begin(second.device("porch"));
  auto const numbered = [](std::uint16_t n) { return fc::rendition{n, n, fc::rotation::none}; };
  auto const put = [&](fc::stream const& stream, std::uint16_t n) {
    auto draft = stream.stage(fc::byte_count{std::uint64_t{3000}}, numbered(n));
    return std::move(draft).commit({.size = fc::byte_count{std::uint64_t{3000}}}) == fc::commit_status::committed;
  };
  auto const has = [&](int home, std::uint16_t n) {
    return home == 1
               ? static_cast<bool>(first_eye.find(first_stream.device(), first_stream.generation(), numbered(n)))
               : static_cast<bool>(second_eye.find(second_stream.device(), second_stream.generation(), numbered(n)));
  };
  // What should be there, oldest tick first; of one tick any may leave. The tick moves with each put.
  struct used {
    int home;
    std::uint16_t n;
    int tick;
  };
  std::deque<used> order;
  std::uint16_t n = 0;
  // Looking whether one is there uses it.
  auto const somebody_of_the_oldest_tick_left = [&] {
    for (auto const oldest = order.front().tick; !order.empty() && order.front().tick == oldest;) {
      auto const one = order.front();
      order.pop_front();
      if (!has(one.home, one.n)) return true;
      order.push_back({one.home, one.n, n});
    }
    return false;
  };
  auto const put_next = [&](int home) {
    auto const before = cache.stats().evictions;
    REQUIRE(put(home == 1 ? first_stream : second_stream, ++n));
    for (auto gone = cache.stats().evictions - before; gone != 0; --gone) REQUIRE(somebody_of_the_oldest_tick_left());
    order.push_back({home, n, n});
  };
  for (int i = 0; i != 60; ++i) put_next(1);
  for (int i = 0; i != 200; ++i) {
    put_next(2);
    // The first home looks at one of its frames now and then: those stay.
    if (i % 7 == 0 && order.front().home == 1) {
      auto const looked_at = order.front();
      REQUIRE(has(looked_at.home, looked_at.n));
      order.pop_front();
      order.push_back({looked_at.home, looked_at.n, n});
    }
  }
  CHECK(cache.stats().evictions > 100);
  CHECK(cache.stats().frames == order.size());
  auto const left = order;
  for (auto const& each : left) CHECK(has(each.home, each.n));
}

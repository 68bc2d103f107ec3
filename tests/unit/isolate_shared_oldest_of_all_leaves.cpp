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
  // What should be there, oldest first.
  std::deque<std::pair<int, std::uint16_t>> order;
  std::uint16_t n = 0;
  auto const put_next = [&](int home) {
    auto const before = cache.stats().evictions;
    REQUIRE(put(home == 1 ? first_stream : second_stream, ++n));
    for (auto gone = cache.stats().evictions - before; gone != 0; --gone) {
      auto const [whose, which] = order.front();
      order.pop_front();
      REQUIRE_FALSE(has(whose, which));
    }
    order.emplace_back(home, n);
  };
  for (int i = 0; i != 60; ++i) put_next(1);
  for (int i = 0; i != 200; ++i) {
    put_next(2);
    // The first home looks at one of its frames now and then: those stay.
    if (i % 7 == 0 && order.front().first == 1) {
      REQUIRE(has(1, order.front().second));
      order.push_back(order.front());
      order.pop_front();
    }
  }
  CHECK(cache.stats().evictions > 100);
  CHECK(cache.stats().frames == order.size());
  auto const left = order;
  for (auto const& [whose, which] : left) CHECK(has(whose, which));
}

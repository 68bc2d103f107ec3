// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "model/stamped.hpp"

using namespace std::chrono_literals;

// The cap is looked at under the lock and charged after it: threads that look together pass it together.
TEST_CASE("a tenant never has more than its cap, also when several threads stage at once") {
  constexpr std::uint64_t cap = 6 * 4096;
  testing::book book;
  fc::registry homes{book};
  fc::frame_cache<> cache{homes, {.capacity = fc::mebibytes{1}, .tenant_cap = fc::byte_count{cap}}};
  auto camera = cache.publisher(book.publisher(1));
  auto ops = cache.admin(book.admin());
  std::atomic<std::uint64_t> highest{0};
  auto const deadline = std::chrono::steady_clock::now() + 1500ms;
  testing::in_threads(6, [&](unsigned i) {
    auto stream = camera.begin(camera.device("camera " + std::to_string(i)));
    while (testing::before(deadline)) {
      std::vector<fc::draft> drafts;
      for (int n = 0; n != 6; ++n) drafts.push_back(stream.stage(fc::byte_count{std::uint64_t{200}}));
      auto const now = ops.counts(testing::tenant(1)).charged;
      if (now > highest) highest = now;
    }
  });
  CHECK(highest.load() > cap / 2);
  CHECK(highest.load() <= cap);
}

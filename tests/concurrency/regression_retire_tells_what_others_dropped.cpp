// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "model/stamped.hpp"

#include <atomic>

using namespace std::chrono_literals;

// The registry forgets a device before the cache drops it. Whoever of the tenant looks at anything in between drops it first, and
// retire() said that nothing was held.
TEST_CASE("retire() says what is held of a device, also when another thread was there first (I7)") {
  constexpr int rounds = 40'000;
  testing::book book;
  fc::registry homes{book};
  fc::frame_cache<> cache{homes, {.capacity = fc::mebibytes{4}}};
  auto const camera = cache.publisher(book.publisher(1));
  auto const boss = cache.steward(book.steward(1));
  auto const eye = cache.viewer(book.viewer(1));
  auto const other = camera.begin(camera.device("porch"));
  std::atomic<bool> stop{false};
  std::thread looks([&] {
    auto const same_home = cache.viewer(book.viewer(1));
    while (!stop) static_cast<void>(same_home.latest(other.device(), fc::any_age));
  });
  int not_put = 0;
  int untold = 0;
  auto const deadline = std::chrono::steady_clock::now() + 3s;
  for (int round = 0; round != rounds && testing::before(deadline); ++round) {
    auto const stream = camera.begin(camera.device("garden"));
    if (testing::put(stream, "seen") != fc::commit_status::committed) ++not_put;
    auto const held = eye.latest(stream.device(), fc::any_age);
    if (boss.retire(stream.device()).pinned != 256) ++untold;
  }
  stop = true;
  looks.join();
  CHECK(not_put == 0);
  CHECK(untold == 0);
}

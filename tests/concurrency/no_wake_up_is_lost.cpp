// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "model/stamped.hpp"

using namespace std::chrono_literals;

namespace {

constexpr auto waiting_for_ever = 40s;  // a lost wake-up shows as a wait of this length

struct waiting_relay {
  testing::book book;
  fc::registry homes{book};
  fc::frame_cache<> cache{homes, {.capacity = fc::mebibytes{1}}};
  fc::publisher camera = cache.publisher(book.publisher(1));
  fc::stream stream = camera.begin(camera.device("porch"));
  fc::frame_cache<>::viewer_type<> eye = cache.viewer(book.viewer(1));
  fc::frame_cache<>::admin_type ops = cache.admin(book.admin());
  fc::steward boss = cache.steward(book.steward(1));
};

}  // namespace

TEST_CASE("three threads that wait for every next frame of a camera get every one that they were slower than") {
  waiting_relay r;
  constexpr std::uint64_t frames = 500;
  constexpr unsigned readers = 3;
  std::array<std::atomic<std::uint64_t>, readers> seen{};
  std::atomic<int> lost{0};
  auto const deadline = std::chrono::steady_clock::now() + waiting_for_ever;
  testing::in_threads(readers + 1, [&](unsigned i) {
    if (i == readers) {
      for (std::uint64_t n = 1; n <= frames && lost == 0; ++n) {
        if (testing::put_stamped(r.stream, 1, n, 200) != fc::commit_status::committed) ++lost;
        // The next one only after all have this one: whoever is not woken stays behind for ever.
        for (auto& each : seen) {
          while (each.load() < n && lost == 0) std::this_thread::yield();
        }
      }
      return;
    }
    std::uint64_t last = 0;
    while (last < frames && lost == 0) {
      auto const next = r.eye.wait_newer(r.stream.device(), fc::frame_sequence{std::uint64_t{last}}, deadline);
      if (!next) {
        ++lost;
        return;
      }
      last = r.eye.read(next).sequence().value();
      seen[i] = last;
    }
  });
  CHECK(lost == 0);
}

TEST_CASE(
    "whoever waits is woken when the device is retired, the tenant or principal revoked, or something suspended") {
  for (int order = 0; order != 5; ++order) {
    for (int round = 0; round != 20; ++round) {
      waiting_relay r;
      auto const begun = std::chrono::steady_clock::now();
      std::atomic<bool> waits{false};
      std::thread reader([&] {
        waits = true;
        CHECK_FALSE(
            r.eye.wait_newer(r.stream.device(), fc::frame_sequence{std::uint64_t{9}}, begun + waiting_for_ever));
      });
      while (!waits) std::this_thread::yield();
      // Sooner or later than the reader is asleep: both must do.
      for (int i = 0; i != round * 20; ++i) std::this_thread::yield();
      switch (order) {
        case 0: CHECK(r.boss.retire(r.stream.device()).status == fc::order_status::done); break;
        case 1: CHECK(r.ops.revoke(testing::tenant(1)).status == fc::order_status::done); break;
        case 2: CHECK(r.boss.revoke(testing::principal(7)) == fc::order_status::done); break;
        case 3: CHECK(r.ops.suspend(testing::tenant(1)) == fc::order_status::done); break;
        default: CHECK(r.ops.suspend(fc::capability::live) == fc::order_status::done);
      }
      reader.join();
      CHECK(std::chrono::steady_clock::now() - begun < waiting_for_ever / 2);
    }
  }
}

TEST_CASE("close() and drain() are woken by the last handle, whichever thread lets go of it") {
  for (int round = 0; round != 100; ++round) {
    waiting_relay r;
    auto const begun = std::chrono::steady_clock::now();
    REQUIRE(testing::put_stamped(r.stream, 1, 1, 200) == fc::commit_status::committed);
    auto first = r.eye.latest(r.stream.device(), fc::any_age);
    auto second = r.eye.share(first);
    // The frame that is let go of is revoked, superseded, or can still be found. 448: 200 bytes with header and zeros, rounded up.
    if (round % 3 == 0) REQUIRE(r.ops.revoke(testing::tenant(1)).pinned == 448);
    if (round % 3 == 1) r.stream = r.camera.begin(r.camera.device("porch"));
    std::thread one([&] { first = {}; });
    std::thread other([&] { second = {}; });
    if (round % 3 == 0) {
      CHECK(r.ops.drain(testing::tenant(1), begun + waiting_for_ever));
    } else {
      CHECK(r.cache.close(begun + waiting_for_ever) == 0);
    }
    bool const woken = std::chrono::steady_clock::now() - begun < waiting_for_ever / 2;
    one.join();
    other.join();
    REQUIRE(woken);
  }
}

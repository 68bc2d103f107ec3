// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "model/owned_bytes.hpp"
#include "model/raw_source.hpp"
#include "model/stamped.hpp"

#include <deque>
#include <mutex>

using namespace std::chrono_literals;

TEST_CASE(
    "handles that one thread found and another lets go of keep their bytes, and leave nothing pinned or charged") {
  testing::book book;
  fc::registry homes{book};
  testing::raw_source memory;
  std::atomic<int> adopted{0};
  std::atomic<int> released{0};
  {
    fc::frame_cache<> cache{homes, {.capacity = fc::mebibytes{1}, .source = &memory}};
    auto camera = cache.publisher(book.publisher(1));
    auto const device = *camera.device("porch");
    auto eye = cache.viewer(book.viewer(1));
    testing::faults found;
    std::mutex mutex;
    std::deque<fc::frame_cache<>::handle_type<>> passed;
    auto const deadline = std::chrono::steady_clock::now() + 1500ms;
    testing::in_threads(6, [&](unsigned i) {
      testing::numbers random{i + 1};
      while (testing::before(deadline)) {
        if (i < 2) {
          auto stream = camera.begin(device);
          for (int n = 0; n != 10; ++n) {
            if (n == 5) {
              testing::owned_bytes owner{{"an adopted packet"}};
              owner.counting(released);
              if (stream.adopt(std::move(owner), {}) == fc::commit_status::committed)
                ++adopted;
              else
                released.fetch_sub(1);  // this thread's owner counts itself when it ends
              continue;
            }
            static_cast<void>(testing::put_stamped(stream, 1, random.below(256), 200 + random.below(9000)));
          }
        } else if (i < 4) {
          auto handle = eye.latest(device, fc::any_age);
          if (!handle) continue;
          std::lock_guard const lock(mutex);
          if (passed.size() < 20) passed.push_back(std::move(handle));
        } else {
          fc::frame_cache<>::handle_type<> mine;
          {
            std::lock_guard const lock(mutex);
            if (passed.empty()) continue;
            mine = std::move(passed.front());
            passed.pop_front();
          }
          auto const view = eye.read(mine);
          if (view.size() != fc::byte_count{std::uint64_t{17}}) found.look(view, 1, device.value());
        }
      }
    });
    passed.clear();
    CHECK(found.foreign == 0);
    CHECK(found.torn == 0);
    CHECK(found.looked > 0);
    CHECK(cache.stats().handles == 0);
    CHECK(cache.stats().pinned == 0);
    CHECK(cache.audit().ok);
  }
  CHECK(adopted > 0);
  CHECK(released == adopted);
  CHECK(memory.out() == 0);
  CHECK(memory.faults() == 0);
}

TEST_CASE("close() while readers run returns what is out at the deadline, and nothing once they have stopped") {
  testing::book book;
  fc::registry homes{book};
  fc::frame_cache<> cache{homes, {.capacity = fc::mebibytes{1}}};
  auto camera = cache.publisher(book.publisher(1));
  auto stream = camera.begin(camera.device("porch"));
  auto eye = cache.viewer(book.viewer(1));
  REQUIRE(testing::put_stamped(stream, 1, 1, 200) == fc::commit_status::committed);
  std::atomic<bool> stop{false};
  std::atomic<int> holding{0};
  std::vector<std::thread> readers;
  for (int i = 0; i != 4; ++i) {
    readers.emplace_back([&] {
      auto const steady = eye.latest(stream.device(), fc::any_age);
      ++holding;
      while (!stop) {
        auto const brief = eye.latest(stream.device(), fc::any_age);
        std::this_thread::yield();
      }
    });
  }
  while (holding != 4) std::this_thread::yield();
  auto const out = cache.close(std::chrono::steady_clock::now() + 5ms);
  CHECK(out >= 4);
  CHECK(out <= 8);
  stop = true;
  CHECK(cache.close(std::chrono::steady_clock::now() + 60s) == 0);
  for (auto& each : readers) each.join();
}

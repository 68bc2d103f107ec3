// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "model/stamped.hpp"

#include <memory>

using namespace std::chrono_literals;

namespace {

struct one_watch {
  std::atomic<int> calls{0};
  std::atomic<bool> cancelled{false};
};

}  // namespace

TEST_CASE("a watch is called at most once, never after its destructor has returned, and the rest by the next frame") {
  testing::book book;
  fc::registry homes{book};
  fc::frame_cache<> cache{homes, {.capacity = fc::mebibytes{1}}};
  auto camera = cache.publisher(book.publisher(1));
  auto stream = camera.begin(camera.device("porch"));
  testing::faults found;
  std::atomic<std::uint64_t> fired{0};
  std::atomic<std::uint64_t> sequence{0};
  auto const deadline = std::chrono::steady_clock::now() + 1500ms;

  testing::in_threads(6, [&](unsigned i) {
    testing::numbers random{i + 1};
    auto eye = cache.viewer(book.viewer(1));
    std::vector<std::pair<std::unique_ptr<one_watch>, fc::watch>> mine;
    auto cancel = [&](std::size_t which) {
      mine[which].second.cancel();
      mine[which].first->cancelled = true;
      if (mine[which].first->calls > 1) found.note("called twice");
    };
    while (testing::before(deadline)) {
      if (i < 2) {
        if (testing::put_stamped(stream, 1, random.below(1000), 200) == fc::commit_status::committed) ++sequence;
        continue;
      }
      auto state = std::make_unique<one_watch>();
      auto* const at = state.get();
      auto const than = fc::frame_sequence{sequence.load() + random.below(3)};
      auto watch = eye.notify_newer(stream.device(), than, [at, &found, &fired] {
        if (at->cancelled) found.note("called after cancel()");
        ++at->calls;
        ++fired;
      });
      mine.emplace_back(std::move(state), std::move(watch));
      if (mine.size() > 10) {
        auto const which = static_cast<std::size_t>(random.below(mine.size()));
        cancel(which);
        mine.erase(mine.begin() + static_cast<std::ptrdiff_t>(which));
      }
    }
    for (std::size_t which = 0; which != mine.size(); ++which) cancel(which);
  });
  CHECK_MESSAGE(found.other == 0, found.first_other.load());
  CHECK(fired > 100);

  // None is left behind: every watch that is armed now is called by the next frame, exactly once.
  auto eye = cache.viewer(book.viewer(1));
  std::atomic<int> calls{0};
  std::vector<fc::watch> armed;
  auto const last = eye.latest(stream.device(), fc::any_age);
  for (int i = 0; i != 50; ++i) {
    armed.push_back(eye.notify_newer(stream.device(), eye.read(last).sequence(), [&] { ++calls; }));
  }
  CHECK(calls == 0);
  REQUIRE(testing::put_stamped(stream, 1, 1, 200) == fc::commit_status::committed);
  CHECK(calls == 50);
  REQUIRE(testing::put_stamped(stream, 1, 1, 200) == fc::commit_status::committed);
  CHECK(calls == 50);
}

TEST_CASE("cancelling waits for a callback that is running in another thread") {
  testing::book book;
  fc::registry homes{book};
  fc::frame_cache<> cache{homes, {.capacity = fc::mebibytes{1}}};
  auto camera = cache.publisher(book.publisher(1));
  auto stream = camera.begin(camera.device("porch"));
  auto eye = cache.viewer(book.viewer(1));
  for (int round = 0; round != 100; ++round) {
    std::atomic<bool> entered{false};
    std::atomic<bool> left{false};
    auto watch = eye.notify_newer(stream.device(), fc::frame_sequence{static_cast<std::uint64_t>(round)}, [&] {
      entered = true;
      for (int i = 0; i != 50; ++i) std::this_thread::yield();
      left = true;
    });
    std::thread writer([&] { CHECK(testing::put_stamped(stream, 1, 1, 200) == fc::commit_status::committed); });
    while (!entered) std::this_thread::yield();
    watch.cancel();
    CHECK(left);
    writer.join();
  }
}

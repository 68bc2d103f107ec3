// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "model/stamped.hpp"

#include <memory>
#include <mutex>

using namespace std::chrono_literals;

TEST_CASE("once begin() has returned, no thread sees or publishes a frame of an older generation (I6)") {
  testing::book book;
  fc::registry homes{book};
  fc::frame_cache<> cache{homes, {.capacity = fc::mebibytes{1}}};
  auto camera = cache.publisher(book.publisher(1));
  auto eye = cache.viewer(book.viewer(1));
  auto const device = *camera.device("porch");
  testing::faults found;
  // The stream that is live, and its generation once begin() has returned.
  std::mutex mutex;
  auto live = std::make_shared<fc::stream>(camera.begin(device));
  std::atomic<std::uint64_t> fence{live->generation().value()};
  auto const deadline = std::chrono::steady_clock::now() + 1500ms;

  testing::in_threads(6, [&](unsigned i) {
    testing::numbers random{i + 1};
    while (testing::before(deadline)) {
      if (i == 0) {
        auto fresh = std::make_shared<fc::stream>(camera.begin(device));
        auto const now = fresh->generation().value();
        fence.store(now);
        auto const seen = eye.latest(device, fc::any_age);
        if (seen && eye.read(seen).generation().value() < now) found.note("an older frame right after begin()");
        std::shared_ptr<fc::stream> old;
        {
          std::lock_guard const lock(mutex);
          old = std::exchange(live, fresh);
        }
        if (eye.find(device, old->generation()).why() != fc::lookup_status::superseded)
          found.note("an old generation is not superseded");
        continue;
      }
      auto const at_least = fence.load();
      if (i % 2 == 1) {
        std::shared_ptr<fc::stream> stream;
        {
          std::lock_guard const lock(mutex);
          stream = live;
        }
        auto const behind = stream->generation().value() < at_least;
        auto const answer = testing::put_stamped(*stream, 1, i, 200);
        if (answer == fc::commit_status::committed) ++found.written;
        if (behind && answer != fc::commit_status::superseded) found.note("an old stream published");
      } else {
        auto const seen = eye.latest(device, fc::any_age);
        auto const view = eye.read(seen);
        found.look(view, 1, device.value());
        if (view && view.generation().value() < at_least) found.note("an older frame than was fenced");
      }
    }
  });
  CHECK_MESSAGE(found.other == 0, found.first_other.load());
  CHECK(found.torn == 0);
  CHECK(found.looked > 0);
  CHECK(found.written > 0);
}

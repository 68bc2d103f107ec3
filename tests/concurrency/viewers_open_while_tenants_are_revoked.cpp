// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "model/stamped.hpp"

using namespace std::chrono_literals;

// Each epoch of the home has its own number in its frames. A viewer that was opened before a revocation began must never see a
// frame that was published after it returned.
TEST_CASE("viewers that are opened while their tenant is revoked live in one epoch, and see nothing of another (I7)") {
  testing::book book;
  fc::registry homes{book};
  fc::frame_cache<> cache{homes, {.capacity = fc::mebibytes{1}}};
  auto const credential = book.viewer(1);
  auto const publishing = book.publisher(1);
  std::atomic<std::uint64_t> epoch{1};  // moves after revoke() has returned
  testing::faults found;
  auto const deadline = std::chrono::steady_clock::now() + 1500ms;
  testing::in_threads(6, [&](unsigned i) {
    auto ops = cache.admin(book.admin());
    while (testing::before(deadline)) {
      if (i == 0) {
        auto eye = cache.viewer(credential);
        static_cast<void>(ops.revoke(testing::tenant(1)));
        if (eye) found.note("live after revoke()");
        ++epoch;
        std::this_thread::yield();
      } else if (i < 3) {
        auto camera = cache.publisher(publishing);
        auto const now = epoch.load();
        auto stream = camera.begin(camera.device("porch"));
        for (int n = 0; n != 5 && stream; ++n) {
          if (testing::put_stamped(stream, 1, now, 200) == fc::commit_status::committed) ++found.written;
        }
      } else {
        auto eye = cache.viewer(credential);
        auto const opened = epoch.load();  // revocations that have returned when the viewer stood
        for (int n = 0; n != 5; ++n) {
          auto const device = eye.device("porch");
          if (!device) break;
          auto const seen = eye.latest(*device, fc::any_age);
          auto const view = eye.read(seen);
          if (!view) continue;
          testing::stamp s{};
          std::memcpy(&s, view.bytes().data(), sizeof s);
          // One revocation may be under way while each looks at the number.
          if (s.number > opened + 1) found.note("saw a later epoch");
          found.look(view, 1, device->value());
        }
      }
    }
  });
  CHECK_MESSAGE(found.other == 0, found.first_other.load());
  CHECK(found.foreign == 0);
  CHECK(found.torn == 0);
  CHECK(found.written > 0);
  CHECK(cache.audit().ok);
  auto ops = cache.admin(book.admin());
  CHECK(ops.drain(testing::tenant(1), std::chrono::steady_clock::now() + 10s));
}

// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "model/raw_source.hpp"
#include "model/stamped.hpp"

using namespace std::chrono_literals;

// A release decides under the lock whether to wipe, and frees after it. A revocation in between sweeps the free blocks before this
// one is among them: it stays as it is.
TEST_CASE("nothing of a revoked tenant stays in memory, also of what other threads were letting go of (I7)") {
  constexpr unsigned threads = 6;
  testing::book book;
  fc::registry homes{book};
  testing::raw_source memory;
  fc::frame_cache<> cache{homes, {.capacity = fc::mebibytes{4}, .source = &memory}};
  auto ops = cache.admin(book.admin());
  int left_behind = 0;
  auto const deadline = std::chrono::steady_clock::now() + 4s;
  for (int round = 0; testing::before(deadline); ++round) {
    auto const secret = "secret of round " + std::to_string(round) + ".";
    auto camera = cache.publisher(book.publisher(1));
    auto stream = camera.begin(camera.device("porch"));
    std::vector<std::vector<fc::draft>> drafts(threads);
    for (unsigned i = 0; i != threads * 100; ++i) {
      auto draft = stream.stage(fc::byte_count{std::uint64_t{400}});
      REQUIRE(draft);
      std::memcpy(draft.bytes().data() + 100, secret.data(), secret.size());
      drafts[i % threads].push_back(std::move(draft));
    }
    std::atomic<unsigned> releasing{0};
    testing::in_threads(threads + 1, [&](unsigned i) {
      if (i == threads) {
        while (releasing != threads) std::this_thread::yield();
        static_cast<void>(ops.revoke(testing::tenant(1)));
        return;
      }
      ++releasing;
      for (auto& each : drafts[i]) {
        auto const gone = std::move(each);
      }
    });
    if (memory.contains(secret)) ++left_behind;
  }
  CHECK(left_behind == 0);
}

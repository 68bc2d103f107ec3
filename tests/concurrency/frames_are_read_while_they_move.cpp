// SPDX-License-Identifier: Apache-2.0
//
// Frames are moved out of nearly empty chunks of memory so that those can go back. Whoever reads, holds or peeks meanwhile sees the
// frame whole, in the one place or the other.
#include <doctest/doctest.h>

#include "model/stamped.hpp"

using namespace std::chrono_literals;

namespace {

constexpr std::uint64_t homes = 3;
constexpr std::uint64_t cameras = 60;

// Puts frames of one size for a while and then of another, so that whole chunks have to change hands.
void put(fc::frame_cache<>& cache, std::string const& key, std::uint64_t home, testing::faults& found,
         std::chrono::steady_clock::time_point deadline) {
  auto const camera = cache.publisher(key);
  std::vector<fc::stream> streams;
  for (std::uint64_t n = 0; n != cameras; ++n) streams.push_back(camera.begin(camera.device(std::to_string(n))));
  testing::numbers random{home};
  std::uint64_t number = 0;
  while (testing::before(deadline)) {
    auto const size = 100 + random.below(400);
    for (int i = 0; i != 300; ++i) {
      auto const why = testing::put_stamped(streams[random.below(cameras)], home, ++number, size);
      if (why != fc::commit_status::committed && why != fc::commit_status::no_room) found.note("not committed");
    }
  }
}

void look(fc::frame_cache<>& cache, std::string const& key, std::uint64_t home, bool peeks, testing::faults& found,
          std::chrono::steady_clock::time_point deadline) {
  auto const eye = cache.viewer(key);
  testing::numbers random{home + 100};
  while (testing::before(deadline)) {
    auto const device = eye.device(std::to_string(random.below(cameras)));
    auto const generation = device ? eye.current(*device) : std::nullopt;
    if (!generation) continue;
    if (peeks) {
      static_cast<void>(
          eye.peek(*device, *generation, [&](fc::frame_view const& view) { found.look(view, home, device->value()); }));
    } else {
      auto const held = eye.find(*device, *generation);
      found.look(eye.read(held), home, device->value());
    }
  }
}

}  // namespace

TEST_CASE("frames that move are seen whole by whoever finds, holds or peeks at them (I1, I3, I4)") {
  testing::book book;
  fc::registry registry{book};
  fc::frame_cache<> cache{registry, {.capacity = fc::byte_count{std::uint64_t{300'000}}}};
  testing::faults found;
  auto const deadline = std::chrono::steady_clock::now() + 2500ms;
  testing::in_threads(2 * homes, [&](unsigned i) {
    auto const home = i / 2 + 1;
    if (i % 2 == 0) {
      put(cache, book.publisher(home), home, found, deadline);
    } else {
      look(cache, book.viewer(home), home, home == 1, found, deadline);
    }
  });
  MESSAGE(found.looked.load(), " looks, ", cache.stats().evictions, " evictions");
  CHECK(found.looked > 0);
  CHECK(found.foreign == 0);
  CHECK(found.torn == 0);
  CHECK_MESSAGE(found.other == 0, found.first_other.load());
  auto const report = cache.audit();
  CHECK_MESSAGE(report.ok, report.broken);
  CHECK(cache.close({}) == 0);
  CHECK(cache.stats().pinned == 0);
}

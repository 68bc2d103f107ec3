// SPDX-License-Identifier: Apache-2.0
//
// An index grows a few buckets with each put, under the lock of its room's lane; whoever looks frames up meanwhile neither waits for that
// nor misses one. The put is stopped in the middle of it: by the cache's hash function, which is asked again for each frame that moves,
// under that lock. While it stands there every frame is looked up in every way, and viewers are opened.
#include <doctest/doctest.h>

#include "support/homes.hpp"
#include "support/turnstile.hpp"
#include "support/under_tsan.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <thread>
#include <utility>
#include <vector>

using namespace std::chrono_literals;

namespace {

fc::rendition picture(std::uint32_t number) {
  return {static_cast<std::uint16_t>(number), static_cast<std::uint16_t>(1 + (number >> 16)), fc::rotation::none};
}

struct answers final {
  std::uint64_t stops = 0;
  std::uint64_t lookups = 0;
  std::uint64_t missed = 0;
};

template <class Viewer>
void look_up_all(Viewer const& eye, fc::stream const& stream, std::uint32_t frames, std::uint32_t step, answers& out) {
  auto const device = stream.device();
  auto const generation = stream.generation();
  auto const count = [&](bool hit) {
    ++out.lookups;
    if (!hit) ++out.missed;
  };
  for (std::uint32_t i = 0; i < frames; i += step) {
    auto const found = eye.find(device, generation, picture(i));
    count(testing::holds(found) && eye.read(found).size() == fc::byte_count{1U});
    count(testing::holds(eye.share(found)));
    count(testing::holds(eye.latest(device, fc::any_age, picture(i))));
    auto const two =
        eye.find_many(std::array{fc::place{device, generation, picture(i)}, fc::place{device, generation}});
    count(testing::holds(two[0]) && testing::holds(two[1]));
  }
  count(testing::holds(eye.latest(device, fc::no_older_than(1h))));
  count(eye.peek(device, generation, [](fc::frame_view const&) {}) == fc::lookup_status::hit);
}

template <class... Policies>
void grow_under_readers(fc::config how) {
  using cache_type = fc::frame_cache<fc::hash<testing::hash_that_stands>, Policies...>;
  constexpr std::uint32_t most = testing::under_tsan ? 300 : 1500;
  constexpr std::uint32_t all_are_looked_up = 100;
  testing::book keys;
  fc::registry registry{keys};
  cache_type cache{registry, std::move(how)};
  auto const camera = cache.publisher(keys.publisher(1));
  auto const stream = camera.begin(camera.device("porch"));
  REQUIRE(testing::put(stream, "0") == fc::commit_status::committed);
  auto const other = cache.publisher(keys.publisher(2));
  auto const neighbour = other.begin(other.device("porch"));
  REQUIRE(testing::put(neighbour, "0") == fc::commit_status::committed);
  auto const eye = cache.viewer(keys.viewer(1));
  auto const next_door = cache.viewer(keys.viewer(2));
  auto const credential = keys.viewer(1);

  testing::turnstile gate;
  std::atomic<std::uint32_t> known{0};
  answers out;
  std::uint64_t refused = 0;
  std::thread reads([&] {
    while (gate.wait_for_one()) {
      auto const frames = known.load();
      ++out.stops;
      look_up_all(eye, stream, frames, frames < all_are_looked_up ? 1 : 37, out);
      look_up_all(next_door, neighbour, 0, 1, out);
      if (!testing::holds(cache.viewer(credential))) ++refused;
      gate.let_through();
    }
  });
  std::uint64_t committed = 0;
  std::thread puts([&] {
    for (std::uint32_t i = 0; i != most; ++i) {
      testing::standing_here = {&gate, 0, testing::standing_here.moved, i < all_are_looked_up ? 1U : 29U};
      auto draft = stream.stage(fc::byte_count{1U}, picture(i));
      if (std::move(draft).commit({.size = fc::byte_count{1U}}) == fc::commit_status::committed) ++committed;
      known = i + 1;
    }
    gate.open();
  });
  CHECK(gate.watch_for(20s));
  puts.join();
  reads.join();
  MESSAGE(out.stops << " stops, " << out.lookups << " lookups");
  CHECK(out.stops > all_are_looked_up / 4);
  CHECK(out.missed == 0);
  CHECK(refused == 0);
  CHECK(committed == most);
  CHECK(cache.stats().evictions == 0);
}

}  // namespace

TEST_CASE("a put that is standing in the middle of the index's growth, with its lock, is passed by all readers (I4)") {
  grow_under_readers<>({.capacity = fc::mebibytes{16}});
}
TEST_CASE("with one budget for all its neighbours pass by as well (I4)") {
  grow_under_readers<fc::isolate<fc::shared>>({.capacity = fc::mebibytes{16}});
}
TEST_CASE("it stands in nobody's way within walls of its own (I4)") {
  grow_under_readers<fc::isolate<fc::strict>>({.capacity = fc::mebibytes{16}, .tenant_partition = fc::mebibytes{4}});
}

TEST_CASE("readers on another thread miss nothing while an index grows as fast as it can (I4)") {
  constexpr std::uint32_t most = 20'000;
  testing::book keys;
  fc::registry registry{keys};
  fc::frame_cache<> cache{registry, {.capacity = fc::mebibytes{64}}};
  auto const camera = cache.publisher(keys.publisher(1));
  auto const stream = camera.begin(camera.device("porch"));
  REQUIRE(testing::put(stream, "0") == fc::commit_status::committed);
  auto const eye = cache.viewer(keys.viewer(1));
  std::atomic<std::uint32_t> known{0};
  std::atomic<std::uint32_t> rounds{0};
  answers out;
  std::thread reads([&] {
    for (std::uint32_t frames = 0; frames != most;) {
      frames = known.load();
      look_up_all(eye, stream, frames, 1 + frames / 16, out);
      ++rounds;
    }
  });
  std::uint64_t committed = 0;
  for (std::uint32_t i = 0; i != most; ++i) {
    auto draft = stream.stage(fc::byte_count{1U}, picture(i));
    if (std::move(draft).commit({.size = fc::byte_count{1U}}) == fc::commit_status::committed) ++committed;
    known = i + 1;
    // Neither is done before the other has begun, however they are scheduled.
    if (i % 250 != 249) continue;
    for (auto const before = rounds.load(); rounds == before && known != most;) std::this_thread::yield();
  }
  reads.join();
  CHECK(rounds >= most / 250);
  CHECK(out.missed == 0);
  CHECK(committed == most);
  CHECK(cache.stats().evictions == 0);
}

// SPDX-License-Identifier: Apache-2.0
//
// Frames leave in the order of their use, memory goes back a chunk at a time. A full cache once evicted most of what it had before
// one more table, device or frame of another size fit in, because every chunk had a frame left in it.
#include <doctest/doctest.h>

#include "support/homes.hpp"

#include <memory>

namespace {

struct town {
  town(std::uint64_t capacity, std::uint64_t homes, int cameras)
      : cache{registry, {.capacity = fc::byte_count{capacity}}} {
    for (std::uint64_t home = 1; home <= homes; ++home) {
      publishers.emplace_back(new fc::publisher(cache.publisher(keys.publisher(home))));
      for (int n = 0; n != cameras; ++n)
        streams.push_back(publishers.back()->begin(publishers.back()->device(std::to_string(n))));
    }
  }
  // Bytes for that many frames of a size, evenly spread.
  static std::uint64_t room_for(std::size_t frames, std::uint64_t homes, int cameras) {
    town probe(std::uint64_t{64} << 20, homes, cameras);
    REQUIRE(probe.put_all(frames, 64) == 0);
    return probe.cache.stats().resident;
  }
  // Returns how many were refused.
  [[nodiscard]] std::uint64_t put_all(std::size_t count, std::size_t bytes) {
    std::uint64_t refused = 0;
    std::string const text(bytes, 'x');
    for (std::size_t i = 0; i != count; ++i)
      refused += testing::put(streams[i * streams.size() / count], text) == fc::commit_status::committed ? 0U : 1U;
    return refused;
  }

  testing::book keys;
  fc::registry registry{keys};
  fc::frame_cache<> cache;
  std::vector<std::unique_ptr<fc::publisher>> publishers;
  std::vector<fc::stream> streams;
};

}  // namespace

TEST_CASE("homes that come to a full cache cost it about as many frames as they bring (I10)") {
  town t(town::room_for(4000, 40, 400), 40, 400);
  CHECK(t.put_all(16'000, 64) == 0);  // home by home, four times as many as fit
  auto const held = t.cache.stats().frames;
  CHECK_MESSAGE(held > 3200, held, " of 4000");
  auto const report = t.cache.audit();
  CHECK_MESSAGE(report.ok, report.broken);
}

TEST_CASE("frames of another size take the place of about as many bytes (I10)") {
  town t(town::room_for(2000, 4, 1000), 4, 1000);
  CHECK(t.put_all(4000, 64) == 0);
  // What leaves next lies all over the memory.
  std::vector<std::unique_ptr<fc::frame_cache<>::viewer_type<>>> eyes;
  for (std::uint64_t home = 1; home != 5; ++home)
    eyes.emplace_back(new fc::frame_cache<>::viewer_type<>(t.cache.viewer(t.keys.viewer(home))));
  for (std::size_t i = 0; i < t.streams.size(); i += 3)
    static_cast<void>(eyes[i / 1000]->latest(t.streams[i].device(), fc::any_age));
  auto const before = t.cache.stats().frames;
  constexpr std::size_t few = 100;
  constexpr std::size_t large = 800;
  CHECK(t.put_all(few, large) == 0);
  auto const gone = before + few - t.cache.stats().frames;
  auto const chunk = fc::memory::slab::chunk_bytes(t.cache.stats().capacity);
  // With their header seven of them fit into a chunk of eight kilobytes.
  REQUIRE(chunk == 8192);
  CHECK_MESSAGE(gone * testing::small_frame < (few / 7 + 4) * chunk, gone, " frames went for ", few);
  auto const report = t.cache.audit();
  CHECK_MESSAGE(report.ok, report.broken);
}

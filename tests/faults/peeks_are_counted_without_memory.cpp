// SPDX-License-Identifier: Apache-2.0
//
// A thread counts its peeks in a table of its own, for which it asks once there is something to count. Where there is no memory for it,
// or no room within the bound, peeks succeed and are counted all the same.
#include <doctest/doctest.h>

#include "faults/allocations.hpp"
#include "support/homes.hpp"

#include <array>

namespace {

template <class Cache>
struct two_homes final {
  explicit two_homes(fc::config how) : cache{registry, std::move(how)} {
    for (auto const& each : streams) REQUIRE(testing::put(each, "a picture") == fc::commit_status::committed);
  }
  [[nodiscard]] fc::lookup_status peek(std::size_t at) const {
    return eyes[at].peek(streams[at].device(), streams[at].generation(), [](fc::frame_view const&) {});
  }
  [[nodiscard]] std::uint64_t hits(std::size_t at) { return stewards[at].counts().hits; }

  testing::book keys;
  fc::registry registry{keys, {.names_per_tenant = 100'000}};
  Cache cache;
  std::array<typename Cache::publisher_type, 2> cameras = {cache.publisher(keys.publisher(1)),
                                                           cache.publisher(keys.publisher(2))};
  std::array<fc::stream, 2> streams = {cameras[0].begin(cameras[0].device("porch")),
                                       cameras[1].begin(cameras[1].device("porch"))};
  std::array<typename Cache::template viewer_type<>, 2> eyes = {cache.viewer(keys.viewer(1)),
                                                                cache.viewer(keys.viewer(2))};
  std::array<typename Cache::steward_type, 2> stewards = {cache.steward(keys.steward(1)),
                                                          cache.steward(keys.steward(2))};
};

}  // namespace

TEST_CASE("a peek whose table finds no memory is counted, and the table is asked for again at the next home") {
  two_homes<fc::frame_cache<>> h{{.capacity = fc::mebibytes{4}}};
  auto const before = h.cache.stats().resident;
  {
    testing::watched_allocations const watched(1);
    CHECK(h.peek(0) == fc::lookup_status::hit);
    CHECK(watched.refused_one());
  }
  CHECK(h.cache.stats().resident == before);
  CHECK(h.peek(0) == fc::lookup_status::hit);
  CHECK(h.hits(0) == 2);
  {
    testing::watched_allocations const watched;
    for (int i = 0; i != 10; ++i) {
      CHECK(h.peek(1) == fc::lookup_status::hit);
      CHECK(h.peek(0) == fc::lookup_status::hit);
    }
    CHECK(watched.count() == 1);
  }
  CHECK(h.cache.stats().resident > before);
  CHECK(h.hits(0) == 12);
  CHECK(h.hits(1) == 10);
  CHECK(h.cache.audit().ok);
}

TEST_CASE("a peek in a cache that has no room for a table is counted") {
  two_homes<fc::frame_cache<>> h{{.capacity = fc::byte_count{std::uint64_t{256} << 10}}};
  // What is held cannot leave, and names stay.
  std::vector<fc::handle<fc::anyone>> held;
  for (std::size_t at = 0; at != 2; ++at) held.push_back(h.eyes[at].latest(h.streams[at].device(), fc::any_age));
  for (int camera = 0;; ++camera) {
    auto const name = h.cameras[0].device(std::to_string(camera));
    if (!name) break;
    auto const stream = h.cameras[0].begin(name);
    if (testing::put(stream, "x") == fc::commit_status::committed)
      held.push_back(h.eyes[0].find(stream.device(), stream.generation()));
  }
  CHECK(held.size() > 10);
  auto const before = h.cache.stats().resident;
  std::array const hits_before{h.hits(0), h.hits(1)};
  for (int i = 0; i != 10; ++i) {
    CHECK(h.peek(1) == fc::lookup_status::hit);
    CHECK(h.peek(0) == fc::lookup_status::hit);
  }
  CHECK(h.hits(0) == hits_before[0] + 10);
  CHECK(h.hits(1) == hits_before[1] + 10);
  CHECK(h.cache.stats().resident == before);
  // What is let go of makes room for it.
  held.clear();
  CHECK(h.peek(1) == fc::lookup_status::hit);
  CHECK(h.hits(1) == hits_before[1] + 11);
  CHECK(h.cache.stats().resident <= 256 << 10);
  CHECK(h.cache.audit().ok);
}

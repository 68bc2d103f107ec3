// SPDX-License-Identifier: Apache-2.0
//
// A relay that has all its cameras and viewers asks for no memory any more, whatever it puts and looks at.
#include <doctest/doctest.h>

#include "faults/allocations.hpp"
#include "support/homes.hpp"

#include <array>
#include <new>

namespace {

template <class Cache>
void run_steadily(fc::config how, std::size_t least, std::size_t most) {
  constexpr std::size_t cameras = 20;
  testing::book keys;
  fc::registry homes{keys};
  Cache cache{homes, std::move(how)};
  auto const camera = cache.publisher(keys.publisher(1));
  auto const eye = cache.viewer(keys.viewer(1));
  std::vector<fc::stream> streams;
  for (std::size_t n = 0; n != cameras; ++n) streams.push_back(camera.begin(camera.device(std::to_string(n))));
  std::uint64_t committed = 0;
  std::uint64_t seen = 0;
  auto const round = [&](std::size_t from, std::size_t to) {
    for (std::size_t i = from; i != to; ++i) {
      auto const& stream = streams[i % cameras];
      auto const size = least + i * 97 % (most - least + 1);
      {
        auto draft = stream.stage(fc::byte_count{size});
        if (draft && std::move(draft).commit({.size = fc::byte_count{size}}) == fc::commit_status::committed)
          ++committed;
      }
      auto const held = eye.find(stream.device(), stream.generation());
      auto const newest = eye.latest(stream.device(), fc::any_age);
      auto const again = eye.share(held);
      auto const many = eye.find_many(std::array{fc::place{stream.device(), stream.generation()}});
      if (eye.read(held).size() == fc::byte_count{size} && newest && again && many[0]) ++seen;
      static_cast<void>(eye.peek(stream.device(), stream.generation(), [](fc::frame_view const&) {}));
    }
  };
  constexpr std::size_t warm = 4000;
  constexpr std::size_t length = 20'000;
  round(0, warm);
  std::uint64_t allocations = 0;
  {
    testing::watched_allocations const watched;
    round(warm, warm + length);
    allocations = watched.count();
  }
  CHECK(allocations == 0);
  CHECK(committed == warm + length);
  CHECK(seen == warm + length);
}

// What a full cache did in some of its puts.
struct full_hours final {
  std::uint64_t puts = 0;
  std::uint64_t evictions = 0;
  std::uint64_t allocations = 0;
};

// The same in a cache that is full, where every put has somebody's frame leave: `pictures` of each of `cameras` in each of three homes in
// turn, of which there is never room for all.
template <class Cache>
full_hours run_full(fc::config how, std::size_t cameras, std::size_t pictures, std::size_t least, std::size_t most) {
  constexpr std::size_t homes = 3;
  testing::book keys;
  fc::registry registry{keys, {.names_per_tenant = cameras}};
  Cache cache{registry, std::move(how)};
  std::vector<fc::stream> streams;
  for (std::size_t n = 0; n != cameras; ++n) {
    for (std::size_t home = 1; home <= homes; ++home) {
      auto const camera = cache.publisher(keys.publisher(home));
      streams.push_back(camera.begin(camera.device(std::to_string(n))));
    }
  }
  auto const eye = cache.viewer(keys.viewer(1));
  std::uint64_t committed = 0;
  std::uint64_t seen = 0;
  auto const round = [&](std::size_t from, std::size_t to) {
    for (std::size_t i = from; i != to; ++i) {
      auto const number = static_cast<std::uint16_t>(i / streams.size() % pictures);
      auto const picture = number == 0 ? fc::rendition::source() : fc::rendition{number, number, fc::rotation::none};
      auto const& stream = streams[i % streams.size()];
      auto const size = least + i * 97 % (most - least + 1);
      {
        auto draft = stream.stage(fc::byte_count{size}, picture);
        if (draft && std::move(draft).commit({.size = fc::byte_count{size}}) == fc::commit_status::committed)
          ++committed;
      }
      if (eye.find(stream.device(), stream.generation(), picture)) ++seen;
    }
  };
  auto const all = streams.size() * pictures;
  full_hours did{.puts = 2 * all};
  round(0, 3 * all);
  auto const evicted_before = cache.stats().evictions;
  {
    testing::watched_allocations const watched;
    round(3 * all, 3 * all + did.puts);
    did.allocations = watched.count();
  }
  did.evictions = cache.stats().evictions - evicted_before;
  CHECK(committed == 5 * all);
  CHECK(seen == 5 * all / homes);
  CHECK(did.evictions > did.puts / 10 * 9);
  return did;
}

constexpr auto full_cache = [] { return fc::config{.capacity = fc::mebibytes{1}}; };
constexpr auto full_rooms = [] {
  return fc::config{.capacity = fc::mebibytes{3}, .tenant_partition = fc::byte_count{std::uint64_t{512} << 10}};
};

}  // namespace

TEST_CASE("the counter counts, and refuses the one that it is told to") {
  std::uint64_t counted = 0;
  bool refused = false;
  {
    testing::watched_allocations const watched(2);
    void* const volatile one = ::operator new(8);
    void* const volatile none = ::operator new(8, std::nothrow);
    refused = none == nullptr && watched.refused_one();
    counted = watched.count();
    ::operator delete(one);
  }
  CHECK(counted == 2);
  CHECK(refused);
}

TEST_CASE("puts and lookups of small frames allocate nothing once all is there") {
  run_steadily<fc::frame_cache<>>({.capacity = fc::mebibytes{4}}, 64, 64);
  run_steadily<fc::frame_cache<>>({.capacity = fc::mebibytes{4}}, 200, 900);
  run_steadily<fc::frame_cache<fc::evict<fc::sieve>>>({.capacity = fc::mebibytes{4}}, 200, 900);
  run_steadily<fc::frame_cache<fc::evict<fc::s3fifo>>>({.capacity = fc::mebibytes{4}}, 200, 900);
  run_steadily<fc::frame_cache<fc::isolate<fc::shared>>>({.capacity = fc::mebibytes{4}}, 200, 900);
  run_steadily<fc::frame_cache<fc::threads<fc::one>>>({.capacity = fc::mebibytes{4}}, 200, 900);
}
TEST_CASE("puts and lookups of stills allocate nothing once all is there") {
  run_steadily<fc::frame_cache<>>({.capacity = fc::mebibytes{16}}, 32'000, 32'000);
  run_steadily<fc::frame_cache<>>({.capacity = fc::mebibytes{16}}, 20'000, 60'000);
  run_steadily<fc::frame_cache<fc::scrub<fc::on_release>>>({.capacity = fc::mebibytes{16}}, 20'000, 60'000);
}

TEST_CASE("neither do puts into a full cache, of which each has a frame leave: pictures of one camera") {
  using fc::frame_cache;
  CHECK(run_full<frame_cache<>>(full_cache(), 2, 1500, 64, 64).allocations == 0);
  CHECK(run_full<frame_cache<fc::isolate<fc::shared>>>(full_cache(), 2, 1500, 64, 64).allocations == 0);
  CHECK(run_full<frame_cache<fc::isolate<fc::strict>>>(full_rooms(), 2, 1500, 64, 64).allocations == 0);
  CHECK(run_full<frame_cache<fc::evict<fc::sieve>>>(full_cache(), 2, 1500, 64, 64).allocations == 0);
  CHECK(run_full<frame_cache<fc::evict<fc::s3fifo>>>(full_cache(), 2, 1500, 64, 64).allocations == 0);
  CHECK(run_full<frame_cache<fc::threads<fc::one>>>(full_cache(), 2, 1500, 64, 64).allocations == 0);
}
TEST_CASE("or of very many cameras, or stills") {
  using fc::frame_cache;
  CHECK(run_full<frame_cache<>>(full_cache(), 600, 1, 900, 900).allocations == 0);
  CHECK(run_full<frame_cache<fc::isolate<fc::shared>>>(full_cache(), 600, 1, 900, 900).allocations == 0);
  CHECK(run_full<frame_cache<fc::isolate<fc::strict>>>(full_rooms(), 600, 1, 900, 900).allocations == 0);
  fc::config const large{.capacity = fc::mebibytes{4}};
  fc::config const rooms{.capacity = fc::mebibytes{8}, .tenant_partition = fc::mebibytes{2}};
  CHECK(run_full<frame_cache<>>(large, 100, 1, 20'000, 60'000).allocations == 0);
  CHECK(run_full<frame_cache<fc::isolate<fc::shared>>>(large, 100, 1, 20'000, 60'000).allocations == 0);
  CHECK(run_full<frame_cache<fc::isolate<fc::strict>>>(rooms, 100, 1, 20'000, 60'000).allocations == 0);
  CHECK(run_full<frame_cache<fc::scrub<fc::on_release>>>(large, 100, 1, 20'000, 60'000).allocations == 0);
}
TEST_CASE("small frames of many sizes take memory from one another, and no put allocates") {
  using fc::frame_cache;
  CHECK(run_full<frame_cache<>>(full_cache(), 2, 1500, 200, 900).allocations == 0);
  CHECK(run_full<frame_cache<fc::isolate<fc::shared>>>(full_cache(), 2, 1500, 200, 900).allocations == 0);
  CHECK(run_full<frame_cache<fc::isolate<fc::strict>>>(full_rooms(), 2, 1500, 200, 900).allocations == 0);
  CHECK(run_full<frame_cache<fc::evict<fc::sieve>>>(full_cache(), 2, 1500, 200, 900).allocations == 0);
  CHECK(run_full<frame_cache<fc::evict<fc::s3fifo>>>(full_cache(), 2, 1500, 200, 900).allocations == 0);
}

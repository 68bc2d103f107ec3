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

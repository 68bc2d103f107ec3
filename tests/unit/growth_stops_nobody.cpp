// SPDX-License-Identifier: Apache-2.0
//
// A room that grows to a million frames, a home to many cameras, a relay to many homes: tables and orders grow by steps, a few with
// each call. What a call takes is the processor time of its thread, the least of three times that the same is done: a neighbour's
// turn or an interrupt is no growth. Judged where the library is as it ships; elsewhere there is less, and all of it must be there.
#include <doctest/doctest.h>

#include "support/homes.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <time.h>

namespace {

#if defined(NDEBUG)
constexpr bool judges = true;
constexpr std::uint32_t million = 1'000'000;
constexpr std::uint32_t most_cameras = 100'000;
constexpr std::uint32_t most_homes = 100'000;
#else
constexpr bool judges = false;
constexpr std::uint32_t million = 5'000;
constexpr std::uint32_t most_cameras = 1'000;
constexpr std::uint32_t most_homes = 300;
#endif

// How long each of many calls takes, of the times that it is made.
class growth_watch final {
 public:
  explicit growth_watch(std::uint32_t calls) : least_(calls, std::numeric_limits<std::int64_t>::max()) {}

  template <class F>
  auto time(std::uint32_t call, F const& f) {
    lap const measured(least_[call]);
    return f();
  }
  // Fails when a call took a millisecond.
  void judge(std::string const& what) const {
    auto const longest = *std::ranges::max_element(least_);
    MESSAGE(what << ": " << longest / 1000 << " us");
    if (judges) CHECK(longest < 1'000'000);
  }

 private:
  class lap final {
   public:
    explicit lap(std::int64_t& least) : least_(least) {}
    lap(lap const&) = delete;
    lap& operator=(lap const&) = delete;
    ~lap() { least_ = std::min(least_, processor_time() - began_); }

   private:
    static std::int64_t processor_time() {
      timespec now{};
      clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
      return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
    }
    std::int64_t& least_;
    std::int64_t const began_ = processor_time();
  };
  std::vector<std::int64_t> least_;
};

constexpr int growths = 3;

fc::commit_status put_a_byte(fc::stream const& stream, fc::rendition which) {
  auto draft = stream.stage(fc::byte_count{1U}, which);
  return std::move(draft).commit({.size = fc::byte_count{1U}});
}

template <class Cache>
void grow_to(std::uint32_t frames) {
  growth_watch puts(frames);
  for (int time = 0; time != growths; ++time) {
    testing::house<Cache> h{{.capacity = fc::mebibytes{1024}}};
    auto const camera = h.cache.publisher(h.keys.publisher(1));
    auto const stream = camera.begin(camera.device("porch"));
    for (std::uint32_t i = 0; i != frames; ++i) {
      fc::rendition const which{static_cast<std::uint16_t>(i), static_cast<std::uint16_t>(i >> 16), fc::rotation::none};
      REQUIRE(puts.time(i, [&] { return put_a_byte(stream, which); }) == fc::commit_status::committed);
    }
    CHECK(h.cache.stats().frames == frames);
    CHECK(h.cache.stats().evictions == 0);
  }
  puts.judge("a put");
}

}  // namespace

TEST_CASE("a room grows to a million frames by itself, and no put takes a millisecond for that") {
  grow_to<fc::frame_cache<>>(million);
}
TEST_CASE("neither does one in another order of use") {
  grow_to<fc::frame_cache<fc::evict<fc::sieve>>>(million / 5);
  grow_to<fc::frame_cache<fc::evict<fc::s3fifo>>>(million / 5);
}
TEST_CASE("a home grows to a hundred thousand cameras, and no call takes a millisecond for that") {
  growth_watch names(most_cameras);
  growth_watch begins(most_cameras);
  growth_watch puts(most_cameras);
  for (int time = 0; time != growths; ++time) {
    testing::book keys;
    fc::registry registry{keys, {.names_per_tenant = most_cameras}};
    fc::frame_cache<> cache{registry, {.capacity = fc::mebibytes{1024}}};
    auto const camera = cache.publisher(keys.publisher(1));
    std::vector<fc::stream> streams;
    streams.reserve(most_cameras);
    for (std::uint32_t i = 0; i != most_cameras; ++i) {
      auto const name = "camera " + std::to_string(i);
      auto const device = names.time(i, [&] { return camera.device(name); });
      REQUIRE(device);
      streams.push_back(begins.time(i, [&] { return camera.begin(device); }));
      auto const said = puts.time(i, [&] { return put_a_byte(streams.back(), fc::rendition::source()); });
      REQUIRE(said == fc::commit_status::committed);
    }
    CHECK(cache.stats().frames == most_cameras);
  }
  names.judge("a name");
  begins.judge("a stream");
  puts.judge("a put");
}

TEST_CASE("a relay grows to a hundred thousand homes, and no call takes a millisecond for that") {
  growth_watch doors(most_homes);
  growth_watch puts(most_homes);
  for (int time = 0; time != growths; ++time) {
    testing::book keys;
    std::vector<std::string> credentials;
    for (std::uint32_t i = 0; i != most_homes; ++i) credentials.push_back(keys.publisher(i + 1));
    fc::registry registry{keys};
    fc::frame_cache<> cache{registry, {.capacity = fc::mebibytes{1024}}};
    for (std::uint32_t i = 0; i != most_homes; ++i) {
      auto const camera = doors.time(i, [&] { return cache.publisher(credentials[i]); });
      auto const stream = camera.begin(camera.device("porch"));
      auto const said = puts.time(i, [&] { return put_a_byte(stream, fc::rendition::source()); });
      REQUIRE(said == fc::commit_status::committed);
    }
    CHECK(registry.tenants() == most_homes);
    CHECK(cache.stats().frames == most_homes);
  }
  doors.judge("a publisher");
  puts.judge("a put");
}

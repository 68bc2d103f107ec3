// SPDX-License-Identifier: Apache-2.0
//
// A room that grows to a million frames, a home to many cameras, a relay to many homes: tables and orders grow by steps, a few with
// each call. What a call takes is the processor time of its thread, the least of three times that the same is done: a neighbour's
// turn or an interrupt is no growth. Judged where the library is as it ships; elsewhere there is less, and all of it must be there.
#include <doctest/doctest.h>

#include "support/homes.hpp"

#include <algorithm>
#include <array>
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

fc::rendition numbered_picture(std::uint32_t number) {
  return {static_cast<std::uint16_t>(number), static_cast<std::uint16_t>(number >> 16), fc::rotation::none};
}

template <class Cache>
void grow_to(std::uint32_t frames, fc::config const& how) {
  growth_watch puts(frames);
  for (int time = 0; time != growths; ++time) {
    testing::house<Cache> h{how};
    auto const camera = h.cache.publisher(h.keys.publisher(1));
    auto const stream = camera.begin(camera.device("porch"));
    for (std::uint32_t i = 0; i != frames; ++i) {
      REQUIRE(puts.time(i, [&] { return put_a_byte(stream, numbered_picture(i)); }) == fc::commit_status::committed);
    }
    CHECK(h.cache.stats().frames == frames);
    CHECK(h.cache.stats().evictions == 0);
  }
  puts.judge("a put");
}

// What others do with the same room after each put: of a frame that was there before, wherever the growing index has it just then.
template <class Cache>
void grow_under_others(std::uint32_t frames, fc::config const& how) {
  growth_watch finds(frames);
  growth_watch batches(frames);
  growth_watch latests(frames);
  growth_watch peeks(frames);
  growth_watch misses(frames);
  growth_watch doors(frames);
  growth_watch erasures(frames);
  for (int time = 0; time != growths; ++time) {
    testing::house<Cache> h{how};
    auto const camera = h.cache.publisher(h.keys.publisher(1));
    auto const stream = camera.begin(camera.device("porch"));
    auto const brief = camera.begin(camera.device("hall"));
    auto const device = stream.device();
    auto const generation = stream.generation();
    auto const credential = h.keys.viewer(1);
    auto const eye = h.cache.viewer(credential);
    REQUIRE(put_a_byte(stream, fc::rendition::source()) == fc::commit_status::committed);
    std::uint64_t hits = 0;
    std::uint64_t missed = 0;
    std::uint64_t opened = 0;
    std::uint64_t erased = 0;
    for (std::uint32_t i = 0; i != frames; ++i) {
      REQUIRE(put_a_byte(stream, numbered_picture(i)) == fc::commit_status::committed);
      auto const which = numbered_picture(static_cast<std::uint32_t>(std::uint64_t{i} * 2'654'435'761U % (i + 1U)));
      auto const place = fc::place{device, generation, which};
      auto const hit = [&](bool yes) { hits += yes ? 1 : 0; };
      hit(finds.time(i, [&] { return testing::holds(eye.find(device, generation, which)); }));
      hit(batches.time(i, [&] { return testing::holds(eye.find_many(std::array{place, place})[1]); }));
      hit(latests.time(i, [&] { return testing::holds(eye.latest(device, fc::any_age, which)); }));
      hit(peeks.time(i, [&] { return eye.peek(device, generation, [](auto const&) {}); }) == fc::lookup_status::hit);
      missed += misses.time(i, [&] { return eye.find(device, generation, numbered_picture(frames)).why(); }) ==
                        fc::lookup_status::absent
                    ? 1
                    : 0;
      opened += doors.time(i, [&] { return testing::holds(h.cache.viewer(credential)); }) ? 1 : 0;
      REQUIRE(put_a_byte(brief, numbered_picture(0)) == fc::commit_status::committed);
      erased += erasures.time(i, [&] { return brief.erase().wiped; }) != 0 ? 1 : 0;
    }
    CHECK(hits == 4 * std::uint64_t{frames});
    CHECK(missed == frames);
    CHECK(opened == frames);
    CHECK(erased == frames);
  }
  finds.judge("find()");
  batches.judge("find_many()");
  latests.judge("latest()");
  peeks.judge("peek()");
  misses.judge("a miss");
  doors.judge("a viewer");
  erasures.judge("erase()");
}

fc::config one_capacity() { return {.capacity = fc::mebibytes{1024}}; }
fc::config one_partition() { return {.capacity = fc::mebibytes{1024}, .tenant_partition = fc::mebibytes{512}}; }

}  // namespace

TEST_CASE("a room grows to a million frames by itself, and no put takes a millisecond for that") {
  grow_to<fc::frame_cache<>>(million, one_capacity());
}
TEST_CASE("neither does one in another order of use") {
  grow_to<fc::frame_cache<fc::evict<fc::sieve>>>(million / 5, one_capacity());
  grow_to<fc::frame_cache<fc::evict<fc::s3fifo>>>(million / 5, one_capacity());
}
TEST_CASE("neither does one of a budget for all, or within walls of its own") {
  grow_to<fc::frame_cache<fc::isolate<fc::shared>>>(million / 5, one_capacity());
  grow_to<fc::frame_cache<fc::isolate<fc::strict>>>(million / 5, one_partition());
}
TEST_CASE("while a room grows, no lookup, viewer or erasure takes a millisecond for that either") {
  grow_under_others<fc::frame_cache<>>(million / 20, one_capacity());
  grow_under_others<fc::frame_cache<fc::isolate<fc::shared>>>(million / 20, one_capacity());
  grow_under_others<fc::frame_cache<fc::isolate<fc::strict>>>(million / 20, one_partition());
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

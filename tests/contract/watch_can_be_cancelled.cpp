// SPDX-License-Identifier: Apache-2.0
//
// After a watch is gone its callback neither runs nor will; it may go inside its own callback.
#include <doctest/doctest.h>

#include "support/homes.hpp"

namespace {
struct watchful_home : testing::house<> {
  fc::publisher camera = cache.publisher(keys.publisher(1));
  fc::stream stream = camera.begin(camera.device("front door"));
  fc::frame_cache<>::viewer_type<fc::anyone> eye = cache.viewer(keys.viewer(1));

  fc::commit_status commit() { return testing::put(stream, "a frame"); }
};
constexpr fc::frame_sequence from_start{std::uint64_t{0}};
}  // namespace

TEST_CASE("a cancelled, destroyed or assigned-over watch tells nothing") {
  watchful_home h;
  int told = 0;
  auto const f = [&] { ++told; };
  {
    auto const destroyed = h.eye.notify_newer(h.stream.device(), from_start, f);
    auto cancelled = h.eye.notify_newer(h.stream.device(), from_start, f);
    cancelled.cancel();
    cancelled.cancel();
  }
  auto assigned = h.eye.notify_newer(h.stream.device(), from_start, f);
  assigned = fc::watch{};
  REQUIRE(h.commit() == fc::commit_status::committed);
  CHECK(told == 0);
}

TEST_CASE("a moved watch is the same watch") {
  watchful_home h;
  int told = 0;
  fc::watch kept;
  {
    auto watch = h.eye.notify_newer(h.stream.device(), from_start, [&] { ++told; });
    kept = std::move(watch);
    fc::watch const further{std::move(kept)};
    REQUIRE(h.commit() == fc::commit_status::committed);
    CHECK(told == 1);
  }
  REQUIRE(h.commit() == fc::commit_status::committed);
  CHECK(told == 1);
}

TEST_CASE("a watch may be destroyed inside its own callback, and the callback may use the cache (I9)") {
  watchful_home h;
  int told = 0;
  std::optional<fc::watch> watch;
  watch.emplace(h.eye.notify_newer(h.stream.device(), from_start, [&] {
    ++told;
    auto const frame = h.eye.latest(h.stream.device(), fc::any_age);
    CHECK(h.eye.read(frame).sequence() == fc::frame_sequence{std::uint64_t{1}});
    watch.reset();
    CHECK(h.commit() == fc::commit_status::committed);
    CHECK(h.cache.stats().commits == 2);
  }));
  REQUIRE(h.commit() == fc::commit_status::committed);
  CHECK(told == 1);
}

TEST_CASE("a watch that is destroyed in the callback of another, which the same frame woke, tells nothing") {
  watchful_home h;
  std::vector<fc::watch> watches(2);
  int told = 0;
  auto const end_all = [&] {
    ++told;
    watches.clear();
  };
  for (auto& each : watches) each = h.eye.notify_newer(h.stream.device(), from_start, end_all);
  REQUIRE(h.commit() == fc::commit_status::committed);
  CHECK(told == 1);
}

TEST_CASE("a waiter is called once, however often and by whomever it is fired, and never after it was cancelled") {
  int told = 0;
  fc::engine::waiter fired{[&] { ++told; }, fc::base::sharing::many_threads};
  fired.fire();
  fired.fire();
  CHECK(told == 1);
  fired.cancel();
  fc::engine::waiter cancelled{[&] { ++told; }, fc::base::sharing::many_threads};
  cancelled.cancel();
  cancelled.fire();
  CHECK(told == 1);
}

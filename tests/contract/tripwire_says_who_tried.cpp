// SPDX-License-Identifier: Apache-2.0
//
// P2: every refused crossing is counted and told, with who tried and not a word of what was in the frame.
#include <doctest/doctest.h>

#include "support/homes.hpp"

TEST_CASE("reading another tenant's handle trips the wire once for each try, and says who tried (P2)") {
  testing::house<> h;
  auto camera = h.cache.publisher(h.keys.publisher(1));
  auto const stream = camera.begin(camera.device("porch"));
  REQUIRE(testing::put(stream, "a frame") == fc::commit_status::committed);
  auto eye = h.cache.viewer(h.keys.viewer(1));
  auto const held = eye.find(stream.device(), stream.generation());
  auto stranger = h.cache.viewer(h.keys.viewer(2, 33));
  for (std::size_t i = 1; i != 4; ++i) {
    auto const& view = stranger.read(held);
    CHECK_FALSE(testing::holds(view));
    CHECK(view.why() == fc::lookup_status::refused);
    CHECK(view.bytes().empty());
    CHECK(view.size() == fc::byte_count{0U});
    CHECK(view.sequence().value() == 0);
    REQUIRE(h.crossings.size() == i);
    CHECK(h.crossings.back().kind == fc::crossing_kind::foreign_frame);
    CHECK(h.crossings.back().tenant == testing::tenant(2));
    CHECK(h.crossings.back().principal == testing::principal(33));
    CHECK(h.cache.stats().crossings_refused == i);
  }
  CHECK(testing::holds(eye.read(held)));
  CHECK(h.crossings.size() == 3);
}

TEST_CASE("a handle of an epoch before is a crossing for the tenant's new viewers, and none for its dead ones") {
  testing::house<> h;
  auto camera = h.cache.publisher(h.keys.publisher(1));
  auto const stream = camera.begin(camera.device("porch"));
  REQUIRE(testing::put(stream, "a frame") == fc::commit_status::committed);
  auto eye = h.cache.viewer(h.keys.viewer(1));
  auto const held = eye.find(stream.device(), stream.generation());
  REQUIRE(h.cache.admin(h.keys.admin()).revoke(testing::tenant(1)).status == fc::order_status::done);
  CHECK(eye.read(held).why() == fc::lookup_status::refused);
  CHECK(h.crossings.empty());
  auto next = h.cache.viewer(h.keys.viewer(1));
  CHECK(next.read(held).why() == fc::lookup_status::refused);
  REQUIRE(h.crossings.size() == 1);
  CHECK(h.crossings[0].kind == fc::crossing_kind::foreign_frame);
  CHECK(h.crossings[0].tenant == testing::tenant(1));
}

TEST_CASE("the tripwire is called with no lock held: it may use the cache (I9)") {
  testing::book keys;
  fc::registry homes{keys};
  std::optional<fc::frame_cache<>> cache;
  std::uint64_t seen = 0;
  fc::config how{.capacity = fc::mebibytes{1}};
  how.tripwire = [&](fc::crossing const& c) {
    auto ops = cache->admin(keys.admin());
    CHECK(ops.revoke(c.tenant, c.principal) == fc::order_status::done);
    seen = cache->stats().crossings_refused;
  };
  cache.emplace(homes, how);
  auto camera = cache->publisher(keys.publisher(1));
  auto const stream = camera.begin(camera.device("porch"));
  REQUIRE(testing::put(stream, "a frame") == fc::commit_status::committed);
  auto eye = cache->viewer(keys.viewer(1));
  auto stranger = cache->viewer(keys.viewer(2, 33));
  {
    auto const held = eye.find(stream.device(), stream.generation());
    CHECK(stranger.read(held).why() == fc::lookup_status::refused);
  }
  CHECK(seen == 1);
  CHECK_FALSE(stranger);
}

TEST_CASE("a cache without a tripwire refuses and counts all the same") {
  testing::book keys;
  fc::registry homes{keys};
  fc::frame_cache<> cache{homes, {.capacity = fc::mebibytes{1}}};
  auto camera = cache.publisher(keys.publisher(1));
  auto const stream = camera.begin(camera.device("porch"));
  REQUIRE(testing::put(stream, "a frame") == fc::commit_status::committed);
  auto eye = cache.viewer(keys.viewer(1));
  auto stranger = cache.viewer(keys.viewer(2));
  auto const held = eye.find(stream.device(), stream.generation());
  CHECK(stranger.read(held).why() == fc::lookup_status::refused);
  CHECK(cache.stats().crossings_refused == 1);
}

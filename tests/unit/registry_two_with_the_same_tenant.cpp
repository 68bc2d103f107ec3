// SPDX-License-Identifier: Apache-2.0
//
// A cache is bound to one registry: the same tenant number in another registry is another tenant.
#include <doctest/doctest.h>

#include "support/homes.hpp"

TEST_CASE("a handle of one registry's tenant is refused by the same tenant number of another registry (P2)") {
  testing::house<> here;
  testing::house<> there;
  auto camera = here.cache.publisher(here.keys.publisher(1));
  auto const stream = camera.begin(camera.device("front door"));
  REQUIRE(testing::put(stream, "a frame") == fc::commit_status::committed);
  auto eye = here.cache.viewer(here.keys.viewer(1));
  auto stranger = there.cache.viewer(there.keys.viewer(1));
  auto const held = eye.find(stream.device(), stream.generation());
  REQUIRE(held);

  CHECK(stranger.read(held).why() == fc::lookup_status::refused);
  CHECK(stranger.read(held).bytes().empty());
  CHECK(stranger.find(stream.device(), stream.generation()).why() == fc::lookup_status::absent);
  CHECK_FALSE(stranger.device("front door").has_value());
  CHECK(stranger.read(held).why() == fc::lookup_status::refused);  // also now that it need ask nothing more
  CHECK(testing::holds(eye.read(held)));
  // Whose frame it was hears of it.
  CHECK(here.cache.stats().crossings_refused == 3);
  REQUIRE(here.crossings.size() == 3);
  CHECK(here.crossings[0].kind == fc::crossing_kind::foreign_frame);
  CHECK(there.cache.stats().crossings_refused == 0);
}

TEST_CASE("a scope of one registry acts on no cache of another, in any role") {
  testing::book keys;
  fc::registry here{keys};
  fc::registry there{keys};
  std::vector<fc::crossing> crossings;
  fc::config how{.capacity = fc::mebibytes{1}};
  how.tripwire = [&](fc::crossing const& c) { crossings.push_back(c); };
  fc::engine::store store{here, how, {}, &fc::engine::hash_with_xxh3};
  fc::publisher camera{store, keys.publisher(1)};
  auto const stream = camera.begin(camera.device("front door"));
  REQUIRE(testing::put(stream, "a frame") == fc::commit_status::committed);

  fc::core::scope const eye{there, keys.viewer(1), fc::role::viewer, "anyone"};
  fc::core::scope const writer{there, keys.publisher(1), fc::role::publisher, "anyone"};
  fc::core::scope const steward{there, keys.steward(1), fc::role::steward, "anyone"};
  fc::core::scope const admin{there, keys.admin(), fc::role::admin, "anyone"};
  REQUIRE(eye.check(fc::capability::view) == fc::refusal::none);

  CHECK(store.admit(eye) == fc::refusal::refused);
  REQUIRE(crossings.size() == 1);
  CHECK(crossings[0].kind == fc::crossing_kind::foreign_registry);

  fc::lookup_status why{};
  CHECK_FALSE(store.find(eye, stream.device(), stream.generation(), fc::rendition::source(), why));
  CHECK_FALSE(store.latest(eye, stream.device(), fc::any_age, fc::rendition::source(), why));
  CHECK_FALSE(store.current(eye, stream.device()).has_value());
  CHECK(store.begin(writer, stream.device()).status != fc::begin_status::ok);
  CHECK(here.intern(writer, "another", 0).status == fc::name_status::refused);
  CHECK_FALSE(here.device(eye, "front door").has_value());
  CHECK(store.retire(steward, stream.device()).status == fc::order_status::refused);
  CHECK(store.revoke(steward, testing::tenant(1), testing::principal(8)) == fc::order_status::refused);
  CHECK(store.counts(steward, testing::tenant(1)).status == fc::order_status::refused);
  CHECK(store.revoke(admin, testing::tenant(1)).status == fc::order_status::refused);
  CHECK(store.suspend(admin, testing::tenant(1), true) == fc::order_status::refused);
  CHECK(store.suspend(admin, fc::core::capability_bit(fc::capability::view), true) == fc::order_status::refused);
  CHECK(store.suspend(admin, "anyone", fc::core::every_capability, true) == fc::order_status::refused);
  CHECK(store.set_budget(admin, testing::tenant(1), {}) == fc::order_status::refused);
  CHECK(store.counts(admin, testing::tenant(1)).status == fc::order_status::refused);
  // Not even in the counters of the tenant that has the same number here.
  CHECK(store.stats().misses == 0);
  CHECK(store.stats().commits_refused == 0);
  CHECK(testing::put(stream, "goes on") == fc::commit_status::committed);
}

TEST_CASE("two caches on one registry share who may enter, and not a single frame") {
  testing::book keys;
  fc::registry homes{keys};
  fc::frame_cache<> stills{homes, {.capacity = fc::mebibytes{1}}};
  fc::frame_cache<> clips{homes, {.capacity = fc::mebibytes{1}}};
  auto camera = stills.publisher(keys.publisher(1));
  auto const stream = camera.begin(camera.device("front door"));
  REQUIRE(testing::put(stream, "a still") == fc::commit_status::committed);
  auto eye = clips.viewer(keys.viewer(1));
  CHECK(eye.device("front door") == stream.device());
  CHECK(eye.find(stream.device(), stream.generation()).why() == fc::lookup_status::absent);
  // A switch that one cache's admin turns is seen by the other at once.
  auto ops = stills.admin(keys.admin());
  REQUIRE(ops.revoke(testing::tenant(1)).status == fc::order_status::done);
  CHECK(eye.why() == fc::refusal::refused);
}

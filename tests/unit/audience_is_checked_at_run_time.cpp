// SPDX-License-Identifier: Apache-2.0
//
// P2: a handle found for one audience is not read for another. The types forbid it; here the core is asked without them.
#include <doctest/doctest.h>

#include "support/homes.hpp"

TEST_CASE("the core refuses a frame that was found for another audience, counts it and trips the wire (P2)") {
  testing::book keys;
  fc::registry homes{keys};
  std::vector<fc::crossing> crossings;
  fc::config how{.capacity = fc::mebibytes{1}};
  how.tripwire = [&](fc::crossing const& c) { crossings.push_back(c); };
  fc::engine::store store{homes, how, {}, &fc::engine::hash_with_xxh3};

  auto admission = testing::book::admission(fc::role::viewer, 1, 7);
  admission.audiences = fc::audience_list::named({"anyone", "wall_panel"});
  auto const key = keys.issue(admission);
  fc::core::scope const eye{homes, key, fc::role::viewer, "anyone"};
  fc::core::scope const panel{homes, key, fc::role::viewer, "wall_panel"};
  REQUIRE(store.admit(eye) == fc::refusal::none);
  REQUIRE(store.admit(panel) == fc::refusal::none);

  fc::publisher camera{store, keys.publisher(1)};
  auto const stream = camera.begin(camera.device("front door"));
  REQUIRE(testing::put(stream, "a frame") == fc::commit_status::committed);

  fc::lookup_status why{};
  auto const held = store.find(eye, stream.device(), stream.generation(), fc::rendition::source(), why);
  REQUIRE(held);
  CHECK(fc::frame_view(eye, held).why() == fc::lookup_status::hit);
  fc::frame_view const refused{panel, held};
  CHECK_FALSE(testing::holds(refused));
  CHECK(refused.why() == fc::lookup_status::refused);
  CHECK(refused.bytes().empty());
  REQUIRE(crossings.size() == 1);
  CHECK(crossings[0].kind == fc::crossing_kind::foreign_audience);
  CHECK(crossings[0].tenant == testing::tenant(1));
  CHECK(crossings[0].principal == testing::principal(7));
  CHECK(store.stats().crossings_refused == 1);
  auto why_not = fc::lookup_status::hit;
  CHECK_FALSE(fc::engine::pin(panel, held, why_not));
  CHECK(why_not == fc::lookup_status::refused);
  // Also when it has looked something up for itself, and need ask nothing more.
  auto const own = store.find(panel, stream.device(), stream.generation(), fc::rendition::source(), why);
  CHECK(testing::holds(fc::frame_view{panel, own}));
  CHECK(fc::frame_view(panel, held).why() == fc::lookup_status::refused);
  CHECK(fc::frame_view(eye, own).why() == fc::lookup_status::refused);
}

TEST_CASE("a registry knows 64 audiences, and refuses the next instead of mixing it with another") {
  testing::book keys;
  fc::registry homes{keys};
  std::vector<std::string> names;
  for (int i = 0; i != 65; ++i) names.push_back("audience " + std::to_string(i));
  auto admission = testing::book::admission(fc::role::viewer, 1, 7);
  admission.audiences = fc::audience_list::named(names);
  auto const key = keys.issue(admission);
  for (int i = 0; i != 64; ++i) {
    fc::core::scope const each{homes, key, fc::role::viewer, names[static_cast<std::size_t>(i)]};
    CHECK(each.check(fc::capability::view) == fc::refusal::none);
    CHECK(each.audience_number() == static_cast<std::uint64_t>(i));
  }
  fc::core::scope const beyond{homes, key, fc::role::viewer, names[64]};
  CHECK_FALSE(beyond.opened());
  CHECK(beyond.check(fc::capability::view) == fc::refusal::refused);
}

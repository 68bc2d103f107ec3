// SPDX-License-Identifier: Apache-2.0
//
// One integration is switched off, and nobody else notices.
#include <doctest/doctest.h>

#include "support/homes.hpp"

namespace {
struct hall_panel {
  static constexpr std::string_view audience = "hall_panel";
};
using panelled_house = testing::house<fc::frame_cache<fc::audiences<fc::anyone, hall_panel>>>;

std::string for_both(testing::book& keys, std::uint64_t home) {
  auto admission = testing::book::admission(fc::role::viewer, home, 7);
  admission.audiences = fc::audience_list::of<fc::anyone, hall_panel>();
  return keys.issue(admission);
}
}  // namespace

TEST_CASE("an audience that is off answers `suspended` in every home, and every other audience sees as before") {
  panelled_house h;
  auto camera = h.cache.publisher(h.keys.publisher(1));
  auto const stream = camera.begin(camera.device("front door"));
  REQUIRE(testing::put(stream, "a frame") == fc::commit_status::committed);
  auto eye = h.cache.viewer(for_both(h.keys, 1));
  auto panel = h.cache.viewer<hall_panel>(for_both(h.keys, 1));
  auto other_panel = h.cache.viewer<hall_panel>(for_both(h.keys, 2));
  auto const held = panel.find(stream.device(), stream.generation());
  REQUIRE(held);
  auto ops = h.cache.admin(h.keys.admin());

  REQUIRE(ops.suspend<hall_panel>() == fc::order_status::done);
  CHECK(panel.why() == fc::refusal::suspended);
  CHECK(other_panel.why() == fc::refusal::suspended);
  CHECK(panel.find(stream.device(), stream.generation()).why() == fc::lookup_status::suspended);
  CHECK(panel.read(held).why() == fc::lookup_status::suspended);
  CHECK(h.cache.viewer<hall_panel>(for_both(h.keys, 3)).why() == fc::refusal::suspended);
  CHECK(eye);
  CHECK(eye.find(stream.device(), stream.generation()));
  CHECK(testing::put(stream, "cameras go on") == fc::commit_status::committed);

  REQUIRE(ops.resume<hall_panel>() == fc::order_status::done);
  CHECK(panel);
  CHECK(other_panel);
  CHECK(testing::text_of(panel.read(held)) == "a frame");
}

TEST_CASE("an audience can be switched off before anybody has come for it") {
  panelled_house h;
  auto ops = h.cache.admin(h.keys.admin());
  REQUIRE(ops.suspend<hall_panel>() == fc::order_status::done);
  CHECK(h.cache.viewer<hall_panel>(for_both(h.keys, 1)).why() == fc::refusal::suspended);
  CHECK(testing::holds(h.cache.viewer(for_both(h.keys, 1))));
}

TEST_CASE("one capability of one audience: the panel may look but is not woken, others are") {
  panelled_house h;
  auto camera = h.cache.publisher(h.keys.publisher(1));
  auto const stream = camera.begin(camera.device("front door"));
  REQUIRE(testing::put(stream, "a frame") == fc::commit_status::committed);
  auto eye = h.cache.viewer(for_both(h.keys, 1));
  auto panel = h.cache.viewer<hall_panel>(for_both(h.keys, 1));
  auto ops = h.cache.admin(h.keys.admin());
  fc::frame_sequence const first{std::uint64_t{1}};
  int eye_told = 0;
  int panel_told = 0;

  REQUIRE(ops.suspend<hall_panel>(fc::capability::live) == fc::order_status::done);
  CHECK(panel);
  CHECK(panel.find(stream.device(), stream.generation()));
  {
    auto const refused = panel.notify_newer(stream.device(), first, [&] { ++panel_told; });
    auto const waiting = eye.notify_newer(stream.device(), first, [&] { ++eye_told; });
    CHECK(panel_told == 1);  // at once: there is nothing to wait for
    CHECK(eye_told == 0);
  }
  REQUIRE(ops.resume<hall_panel>(fc::capability::live) == fc::order_status::done);
  auto const waiting = panel.notify_newer(stream.device(), first, [&] { ++panel_told; });
  CHECK(panel_told == 1);
  REQUIRE(testing::put(stream, "the next") == fc::commit_status::committed);
  CHECK(panel_told == 2);
}

TEST_CASE("what was switched off in two ways is on again only when both are undone") {
  panelled_house h;
  auto panel = h.cache.viewer<hall_panel>(for_both(h.keys, 1));
  auto ops = h.cache.admin(h.keys.admin());
  REQUIRE(ops.suspend<hall_panel>(fc::capability::view) == fc::order_status::done);
  REQUIRE(ops.suspend(fc::capability::view) == fc::order_status::done);
  REQUIRE(ops.suspend(testing::tenant(1)) == fc::order_status::done);
  REQUIRE(ops.resume<hall_panel>(fc::capability::view) == fc::order_status::done);
  CHECK(panel.why() == fc::refusal::suspended);
  REQUIRE(ops.resume(fc::capability::view) == fc::order_status::done);
  CHECK(panel.why() == fc::refusal::suspended);
  REQUIRE(ops.resume(testing::tenant(1)) == fc::order_status::done);
  CHECK(panel);
}

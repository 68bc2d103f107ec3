// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "support/homes.hpp"

namespace {
struct switched_panel {
  static constexpr std::string_view audience = "hall panel";
};
using panelled = fc::frame_cache<fc::audiences<fc::anyone, switched_panel>>;
}  // namespace

TEST_CASE("resuming one capability resumes no other (I12)") {
  testing::house<> h;
  auto camera = h.cache.publisher(h.keys.publisher(1));
  auto eye = h.cache.viewer(h.keys.viewer(1));
  auto ops = h.cache.admin(h.keys.admin());
  REQUIRE(ops.suspend(fc::capability::view) == fc::order_status::done);
  REQUIRE(ops.suspend(fc::capability::publish) == fc::order_status::done);
  REQUIRE(ops.resume(fc::capability::publish) == fc::order_status::done);
  CHECK(eye.why() == fc::refusal::suspended);
  CHECK(camera);
  REQUIRE(ops.resume(fc::capability::view) == fc::order_status::done);
  CHECK(eye);
}

TEST_CASE("what is off for one audience and for everybody is on again when both are undone, in either order (I12)") {
  testing::house<panelled> h;
  auto admission = testing::book::admission(fc::role::viewer, 1, 7);
  admission.audiences = fc::audience_list::of<switched_panel>();
  auto panel = h.cache.viewer<switched_panel>(h.keys.issue(admission));
  auto ops = h.cache.admin(h.keys.admin());
  for (bool const audience_first : {true, false}) {
    REQUIRE(ops.suspend<switched_panel>(fc::capability::view) == fc::order_status::done);
    REQUIRE(ops.suspend(fc::capability::view) == fc::order_status::done);
    CHECK(panel.why() == fc::refusal::suspended);
    auto const one = audience_first ? ops.resume<switched_panel>() : ops.resume(fc::capability::view);
    REQUIRE(one == fc::order_status::done);
    CHECK(panel.why() == fc::refusal::suspended);
    auto const other = audience_first ? ops.resume(fc::capability::view) : ops.resume<switched_panel>();
    REQUIRE(other == fc::order_status::done);
    CHECK(panel);
  }
}

// SPDX-License-Identifier: Apache-2.0
//
// P2 within a home: a correct key with a wrong mapping still leaks unless the value is checked at egress. Tenant and audience are
// checked there; the list of devices is not.
#include <doctest/doctest.h>

#include "support/homes.hpp"

TEST_CASE("a guest for the porch can neither read nor share a handle of the bedroom that the owner looked up (P2)") {
  testing::house<> h;
  auto camera = h.cache.publisher(h.keys.publisher(1));
  auto const bedroom = camera.begin(camera.device("bedroom"));
  REQUIRE(testing::put(bedroom, "the bedroom") == fc::commit_status::committed);
  auto owner = h.cache.viewer(h.keys.viewer(1));
  auto admission = testing::book::admission(fc::role::viewer, 1, 70);
  admission.devices = fc::device_list::only({"porch"});
  auto guest = h.cache.viewer(h.keys.issue(admission));
  auto const held = owner.latest(bedroom.device(), fc::any_age);
  REQUIRE(held);
  CHECK(guest.read(held).why() == fc::lookup_status::refused);
  CHECK_FALSE(guest.share(held));
  CHECK(testing::holds(owner.read(held)));
}

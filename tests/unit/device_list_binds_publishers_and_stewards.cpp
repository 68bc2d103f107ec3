// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "support/homes.hpp"

TEST_CASE("a publisher for some devices names and begins those only") {
  testing::house<> h;
  auto admission = testing::book::admission(fc::role::publisher, 1, 8);
  admission.devices = fc::device_list::only({"porch", std::string("nul\0byte", 8)});
  auto camera = h.cache.publisher(h.keys.issue(admission));
  auto owner = h.cache.publisher(h.keys.publisher(1));
  auto const before = h.homes.tenants();

  CHECK(camera.device("porch").why() == fc::name_status::ok);
  CHECK(camera.device(std::string("nul\0byte", 8)).why() == fc::name_status::ok);
  CHECK(camera.device("nul").why() == fc::name_status::unlisted);
  CHECK(camera.device("bedroom").why() == fc::name_status::unlisted);
  CHECK(camera.begin(camera.device("bedroom")).why() == fc::begin_status::unlisted);
  CHECK(camera.begin(camera.device("porch")));
  CHECK(h.homes.tenants() == before);

  // What it refused was not made, and the number of one that is there opens it no sooner.
  CHECK_FALSE(h.cache.viewer(h.keys.viewer(1)).device("bedroom").has_value());
  auto const bedroom = *owner.device("bedroom");
  CHECK(camera.device("bedroom").why() == fc::name_status::unlisted);
  CHECK(camera.begin(bedroom).why() == fc::begin_status::unlisted);
  CHECK(owner.begin(bedroom));
}

TEST_CASE("a foreign or unknown device begins nothing, whatever the list says") {
  testing::house<> h;
  auto one = h.cache.publisher(h.keys.publisher(1));
  auto two = h.cache.publisher(h.keys.publisher(2));
  auto const foreign = *two.device("porch");
  CHECK(one.begin(foreign).why() == fc::begin_status::unknown);
  CHECK(one.begin(fc::device_id{foreign.value() + 1000}).why() == fc::begin_status::unknown);
  auto admission = testing::book::admission(fc::role::publisher, 1, 80);
  admission.devices = fc::device_list::only({"porch"});
  auto restricted = h.cache.publisher(h.keys.issue(admission));
  CHECK(restricted.begin(foreign).why() == fc::begin_status::unknown);
  CHECK(h.cache.stats().generations == 0);
}

TEST_CASE("a steward for some devices retires those only") {
  testing::house<> h;
  auto camera = h.cache.publisher(h.keys.publisher(1));
  auto const porch = *camera.device("porch");
  auto const bedroom = *camera.device("bedroom");
  auto admission = testing::book::admission(fc::role::steward, 1, 9);
  admission.devices = fc::device_list::only({"porch"});
  auto steward = h.cache.steward(h.keys.issue(admission));
  CHECK_FALSE(steward.device("bedroom").has_value());
  CHECK(steward.retire(bedroom).status == fc::order_status::unknown);
  CHECK(*camera.device("bedroom") == bedroom);
  CHECK(steward.retire(porch).status == fc::order_status::done);
  CHECK(*camera.device("porch") != porch);
}

// SPDX-License-Identifier: Apache-2.0
//
// Between the check of a publisher and the making of a name its tenant may be revoked: the cell itself compares the epoch.
#include <doctest/doctest.h>

#include "support/homes.hpp"

TEST_CASE("a publisher whose epoch has passed makes no name in the next one (I7)") {
  fc::core::cell cell{testing::tenant(1), 0};
  auto const before = cell.label.load();
  REQUIRE(cell.intern("porch", 10, before, 0).status == fc::name_status::ok);
  auto const now = cell.begin_epoch([](auto const&) {});
  REQUIRE(now != before);
  CHECK(cell.intern("garden", 10, before, 0).status == fc::name_status::refused);
  CHECK_FALSE(cell.device("garden").has_value());
  CHECK(cell.intern("garden", 10, now, 0).status == fc::name_status::ok);
}

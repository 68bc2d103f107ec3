// SPDX-License-Identifier: Apache-2.0
//
// A tenant that is revoked through one cache is swept in another when it is next written to there. Until then the other's room
// still has the frames of the epoch that has passed, and nobody finds any of them.
#include <doctest/doctest.h>

#include "support/homes.hpp"

TEST_CASE("what another cache has not swept yet is absent for the tenant's next epoch, in every lookup (I7)") {
  testing::book book;
  fc::registry homes{book};
  fc::frame_cache<> one{homes, {.capacity = fc::mebibytes{1}}};
  fc::frame_cache<fc::stale<fc::mark>> other{homes, {.capacity = fc::mebibytes{1}, .audit_each_operation = true}};
  auto camera = other.publisher(book.publisher(1));
  auto const device = *camera.device("porch");
  auto const first = camera.begin(device);
  REQUIRE(testing::put(first, "the last picture of the first stream") == fc::commit_status::committed);
  auto const second = camera.begin(device);  // with stale<mark> that picture stays for `latest`
  auto const first_generation = first.generation();
  auto const second_generation = second.generation();
  REQUIRE(one.admin(book.admin()).revoke(testing::tenant(1)).status == fc::order_status::done);

  auto eye = other.viewer(book.viewer(1));
  REQUIRE(eye);
  CHECK(eye.find(device, first_generation).why() == fc::lookup_status::absent);
  CHECK(eye.find(device, second_generation).why() == fc::lookup_status::absent);
  CHECK(eye.latest(device, fc::any_age).why() == fc::lookup_status::absent);
  CHECK_FALSE(eye.current(device).has_value());
  CHECK(other.stats().handles == 0);

  // Writing to it sweeps it.
  auto again = other.publisher(book.publisher(1));
  auto const fresh = again.begin(again.device("porch"));
  CHECK(fresh.device() != device);
  CHECK(other.stats().frames == 0);
  CHECK(testing::put(fresh, "the next epoch") == fc::commit_status::committed);
  CHECK(eye.latest(device, fc::any_age).why() == fc::lookup_status::absent);
  auto const seen = eye.latest(fresh.device(), fc::any_age);
  CHECK(testing::text_of(eye.read(seen)) == "the next epoch");
}

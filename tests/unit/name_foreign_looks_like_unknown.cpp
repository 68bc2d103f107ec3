// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "support/homes.hpp"

#include <algorithm>
#include <array>

using namespace std::chrono_literals;

TEST_CASE("a foreign, an unlisted and an unknown device answer alike, in every lookup") {
  testing::house<> h;
  auto camera = h.cache.publisher(h.keys.publisher(1));
  auto neighbour = h.cache.publisher(h.keys.publisher(2));
  auto const porch = camera.begin(camera.device("porch"));
  auto const bedroom = camera.begin(camera.device("bedroom"));
  auto const foreign = neighbour.begin(neighbour.device("their door"));
  for (auto const* each : {&porch, &bedroom, &foreign}) {
    REQUIRE(testing::put(*each, "a frame") == fc::commit_status::committed);
  }

  auto guest_admission = testing::book::admission(fc::role::viewer, 1, 70);
  guest_admission.devices = fc::device_list::only({"porch", "their door"});
  auto guest = h.cache.viewer(h.keys.issue(guest_admission));
  REQUIRE(guest.find(porch.device(), porch.generation()));

  CHECK_FALSE(guest.device("their door").has_value());
  CHECK_FALSE(guest.device("bedroom").has_value());
  CHECK_FALSE(guest.device("no such name").has_value());

  auto const unknown = fc::device_id{std::uint64_t{1} << 60};
  std::array const cases{std::pair{foreign.device(), foreign.generation()},
                         std::pair{bedroom.device(), bedroom.generation()}, std::pair{unknown, porch.generation()},
                         std::pair{foreign.device(), fc::stream_generation{std::uint64_t{1}}},
                         std::pair{bedroom.device(), fc::stream_generation{std::uint64_t{1}}}};
  for (auto const& [device, generation] : cases) {
    CHECK(guest.find(device, generation).why() == fc::lookup_status::absent);
    CHECK(guest.latest(device, fc::any_age).why() == fc::lookup_status::absent);
    CHECK(guest.latest(device, fc::no_older_than(-1s)).why() == fc::lookup_status::absent);
    CHECK(guest.peek(device, generation, [](fc::frame_view const&) { FAIL("reached"); }) == fc::lookup_status::absent);
    CHECK_FALSE(guest.current(device).has_value());
    CHECK(guest.find_many(std::array{fc::place{device, generation}})[0].why() == fc::lookup_status::absent);
  }
  // None of this is a crossing: nobody held anything foreign.
  CHECK(h.cache.stats().crossings_refused == 0);
}

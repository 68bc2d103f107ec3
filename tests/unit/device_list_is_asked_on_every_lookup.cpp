// SPDX-License-Identifier: Apache-2.0
//
// A restricted viewer reaches the devices of its list and no other, by whatever way it asks.
#include <doctest/doctest.h>

#include "support/homes.hpp"

#include <array>

using namespace std::chrono_literals;

namespace {
struct listed_home : testing::house<> {
  fc::publisher camera = cache.publisher(keys.publisher(1));
  fc::stream porch = camera.begin(camera.device("porch"));
  fc::stream bedroom = camera.begin(camera.device("bedroom"));

  std::string guest(std::vector<std::string> names) {
    auto admission = testing::book::admission(fc::role::viewer, 1, 70);
    admission.devices = fc::device_list::only(std::move(names));
    return keys.issue(admission);
  }
};
}  // namespace

TEST_CASE("a viewer for some devices finds those, and of the others nothing") {
  listed_home h;
  REQUIRE(testing::put(h.porch, "the porch") == fc::commit_status::committed);
  REQUIRE(testing::put(h.bedroom, "the bedroom") == fc::commit_status::committed);
  auto guest = h.cache.viewer(h.guest({"zebra", "porch", "porch", "garage"}));

  CHECK(guest.device("porch") == h.porch.device());
  CHECK_FALSE(guest.device("bedroom").has_value());
  CHECK(guest.current(h.porch.device()) == h.porch.generation());
  CHECK_FALSE(guest.current(h.bedroom.device()).has_value());
  CHECK(guest.find(h.porch.device(), h.porch.generation()));
  CHECK(guest.find(h.bedroom.device(), h.bedroom.generation()).why() == fc::lookup_status::absent);
  CHECK(guest.latest(h.porch.device(), fc::any_age));
  CHECK(guest.latest(h.bedroom.device(), fc::any_age).why() == fc::lookup_status::absent);
  int looks = 0;
  auto const look = [&](fc::frame_view const&) { ++looks; };
  CHECK(guest.peek(h.porch.device(), h.porch.generation(), look) == fc::lookup_status::hit);
  CHECK(guest.peek(h.bedroom.device(), h.bedroom.generation(), look) == fc::lookup_status::absent);
  CHECK(looks == 1);
  auto const both = guest.find_many(std::array{fc::place{h.bedroom.device(), h.bedroom.generation()},
                                               fc::place{h.porch.device(), h.porch.generation()}});
  CHECK(both[0].why() == fc::lookup_status::absent);
  REQUIRE(both[1]);
  CHECK(testing::text_of(guest.read(both[1])) == "the porch");
}

TEST_CASE("a viewer for some devices is not woken by the others' frames") {
  listed_home h;
  auto guest = h.cache.viewer(h.guest({"porch"}));
  int porch = 0;
  int bedroom = 0;
  auto const none = fc::frame_sequence{std::uint64_t{0}};
  auto const one = guest.notify_newer(h.porch.device(), none, [&] { ++porch; });
  auto const two = guest.notify_newer(h.bedroom.device(), none, [&] { ++bedroom; });
  CHECK(porch == 0);
  CHECK(bedroom == 1);  // at once: there is nothing to wait for
  REQUIRE(testing::put(h.bedroom, "the bedroom") == fc::commit_status::committed);
  CHECK(porch == 0);
  CHECK(bedroom == 1);
  REQUIRE(testing::put(h.porch, "the porch") == fc::commit_status::committed);
  CHECK(porch == 1);
}

TEST_CASE("an empty list opens no device, and a listed name that comes later is opened then") {
  listed_home h;
  REQUIRE(testing::put(h.porch, "the porch") == fc::commit_status::committed);
  auto nobody = h.cache.viewer(h.guest({}));
  CHECK(nobody);
  CHECK_FALSE(nobody.device("porch").has_value());
  CHECK(nobody.find(h.porch.device(), h.porch.generation()).why() == fc::lookup_status::absent);

  auto later = h.cache.viewer(h.guest({"garden"}));
  CHECK_FALSE(later.device("garden").has_value());
  auto const garden = h.camera.begin(h.camera.device("garden"));
  REQUIRE(testing::put(garden, "the garden") == fc::commit_status::committed);
  CHECK(later.device("garden") == garden.device());
  CHECK(later.latest(garden.device(), fc::any_age));
}

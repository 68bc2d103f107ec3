// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "support/homes.hpp"

#include <type_traits>

namespace {
struct lawn_panel {
  static constexpr std::string_view audience = "lawn_panel";
};
}  // namespace

TEST_CASE("with_viewer lends a viewer for one request and returns the closure's plain value") {
  testing::house<> h;
  auto camera = h.cache.publisher(h.keys.publisher(1));
  auto const stream = camera.begin(camera.device("front door"));
  REQUIRE(testing::put(stream, "a frame") == fc::commit_status::committed);
  auto const device = stream.device();

  auto const text = h.cache.with_viewer(h.keys.viewer(1), [&](auto& guest) {
    auto const frame = guest.latest(device, fc::any_age);
    return frame ? testing::text_of(guest.read(frame)) : std::string{"none"};
  });
  static_assert(std::is_same_v<decltype(text), std::string const>);
  CHECK(text == "a frame");
  CHECK(h.cache.with_viewer(h.keys.viewer(1), [&](auto& guest) { return guest.device("front door"); }) == device);
  CHECK(h.cache.stats().handles == 0);

  // A refused guest is passed too: it is false and finds nothing (I12).
  auto const refused = h.cache.with_viewer("forged", [&](auto& guest) {
    CHECK_FALSE(guest);
    return guest.latest(device, fc::any_age).why();
  });
  CHECK(refused == fc::lookup_status::refused);
  auto const stranger =
      h.cache.with_viewer(h.keys.viewer(2), [&](auto& guest) { return guest.find(device, stream.generation()).why(); });
  CHECK(stranger == fc::lookup_status::absent);
}

TEST_CASE("each closure's handles are of a type of their own") {
  testing::house<> h;
  auto camera = h.cache.publisher(h.keys.publisher(1));
  auto const stream = camera.begin(camera.device("front door"));
  REQUIRE(testing::put(stream, "a frame") == fc::commit_status::committed);
  h.cache.with_viewer(h.keys.viewer(1), [&](auto& outer) {
    auto const held = outer.latest(stream.device(), fc::any_age);
    h.cache.with_viewer(h.keys.viewer(2), [&](auto& inner) {
      auto const other = inner.latest(stream.device(), fc::any_age);
      static_assert(!std::is_same_v<decltype(held), decltype(other)>);
      CHECK(other.why() == fc::lookup_status::absent);
    });
    CHECK(testing::text_of(outer.read(held)) == "a frame");
  });
}

TEST_CASE("one closure that serves two homes is checked at run time: a handle kept over is refused (P2)") {
  testing::house<> h;
  auto camera = h.cache.publisher(h.keys.publisher(1));
  auto const stream = camera.begin(camera.device("front door"));
  REQUIRE(testing::put(stream, "a frame") == fc::commit_status::committed);
  auto const serve = [&](auto& guest) {
    using guest_type = std::remove_cvref_t<decltype(guest)>;
    static std::optional<typename guest_type::handle_type> kept;  // the bug: a handle kept between requests
    if (!kept) {
      kept.emplace(guest.latest(stream.device(), fc::any_age));
      return kept->why();
    }
    auto const why = guest.read(*kept).why();
    kept.reset();
    return why;
  };
  CHECK(h.cache.with_viewer(h.keys.viewer(1), serve) == fc::lookup_status::hit);
  CHECK(h.cache.with_viewer(h.keys.viewer(2), serve) == fc::lookup_status::refused);
  REQUIRE(h.crossings.size() == 1);
  CHECK(h.crossings[0].tenant == testing::tenant(2));
}

TEST_CASE("with_viewer asks for an audience of the policy, and the credential must list it") {
  testing::house<fc::frame_cache<fc::audiences<fc::anyone, lawn_panel>>> h;
  auto const key = h.keys.viewer(1);
  CHECK(h.cache.with_viewer(key, [](auto& guest) { return guest.why(); }) == fc::refusal::none);
  CHECK(h.cache.with_viewer<lawn_panel>(key, [](auto& guest) { return guest.why(); }) == fc::refusal::refused);
}

TEST_CASE("an immovable viewer is put into an optional by elide") {
  using viewer = fc::frame_cache<>::viewer_type<fc::anyone>;
  static_assert(!std::is_move_constructible_v<viewer> && !std::is_copy_constructible_v<viewer>);
  testing::house<> h;
  auto camera = h.cache.publisher(h.keys.publisher(1));
  auto const stream = camera.begin(camera.device("front door"));
  REQUIRE(testing::put(stream, "a frame") == fc::commit_status::committed);
  std::optional<viewer> slot;
  slot.emplace(fc::elide{[&] { return h.cache.viewer(h.keys.viewer(1)); }});
  CHECK(*slot);
  CHECK(slot->latest(stream.device(), fc::any_age));
  slot.emplace(fc::elide{[&] { return h.cache.viewer("forged"); }});
  CHECK_FALSE(*slot);
  std::optional<fc::publisher> writer;
  writer.emplace(fc::elide{[&] { return h.cache.publisher(h.keys.publisher(1)); }});
  CHECK(writer->device("another"));
}

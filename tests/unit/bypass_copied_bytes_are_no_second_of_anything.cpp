// SPDX-License-Identifier: Apache-2.0
//
// P3, tried at run time: what is copied by its bytes is not at the address that its seal was made for. Of scopes and
// pins by themselves see scope_is_sealed.cpp and pin_is_sealed.cpp; this is what a user would copy.
#include <doctest/doctest.h>

#include "support/homes.hpp"

#include <array>
#include <cstddef>
#include <cstring>
#include <utility>

namespace {
// The bytes of `from` somewhere else. Never destroyed: it owns nothing.
template <class T>
struct twin_of {
  explicit twin_of(T const& from) { std::memcpy(bytes.data(), static_cast<void const*>(&from), sizeof from); }
  T& it() { return *reinterpret_cast<T*>(bytes.data()); }
  alignas(T) std::array<std::byte, sizeof(T)> bytes;
};

struct copied_homes : testing::house<> {
  fc::publisher camera = cache.publisher(keys.publisher(1));
  fc::stream stream = camera.begin(camera.device("front door"));
  fc::frame_cache<>::viewer_type<> eye = cache.viewer(keys.viewer(1));
  fc::frame_cache<>::viewer_type<> stranger = cache.viewer(keys.viewer(2));
};
}  // namespace

TEST_CASE("a handle that was copied by its bytes is read and shared by nobody, its own viewer included (P3)") {
  copied_homes h;
  REQUIRE(testing::put(h.stream, "of home 1") == fc::commit_status::committed);
  auto held = h.eye.find(h.stream.device(), h.stream.generation());
  twin_of copy{held};
  CHECK(h.eye.read(copy.it()).why() == fc::lookup_status::refused);
  CHECK(h.stranger.read(copy.it()).bytes().empty());
  CHECK_FALSE(testing::holds(h.eye.share(copy.it())));
  auto const moved = std::move(copy.it());
  CHECK_FALSE(testing::holds(moved));
  CHECK(h.cache.stats().handles == 1);
  CHECK(testing::text_of(h.eye.read(held)) == "of home 1");
}

TEST_CASE("a handle whose bytes are put where another tenant's handle lies is refused by the check at read (P2)") {
  copied_homes h;
  REQUIRE(testing::put(h.stream, "of home 1") == fc::commit_status::committed);
  auto held = h.eye.find(h.stream.device(), h.stream.generation());
  auto const spare = h.eye.share(held);
  twin_of const saved{held};
  held = {};
  // The very same address, for which the saved seal was made: the seal cannot tell, and the label does.
  std::memcpy(static_cast<void*>(&held), saved.bytes.data(), sizeof held);
  CHECK(h.stranger.read(held).why() == fc::lookup_status::refused);
  CHECK(h.stranger.read(held).bytes().empty());
  CHECK(h.cache.stats().crossings_refused == 2);
  twin_of const nothing{decltype(held){}};
  std::memcpy(static_cast<void*>(&held), nothing.bytes.data(), sizeof held);
}

TEST_CASE("a draft that was copied by its bytes has no memory and publishes nothing (P3, I4)") {
  copied_homes h;
  auto draft = h.stream.stage(fc::byte_count{8U});
  twin_of copy{draft};
  CHECK_FALSE(testing::holds(copy.it()));
  CHECK(copy.it().bytes().empty());
  CHECK_FALSE(copy.it().advance(fc::byte_count{1U}));
  static_cast<void>(std::move(copy.it()).commit({.size = fc::byte_count{8U}}));
  CHECK(h.cache.stats().commits == 0);
  CHECK(std::move(draft).commit({.size = fc::byte_count{8U}}) == fc::commit_status::committed);
}

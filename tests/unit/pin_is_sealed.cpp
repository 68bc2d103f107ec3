// SPDX-License-Identifier: Apache-2.0
//
// What a handle keeps is sealed to its own address: one that was moved by memcpy shows nothing and lets go of nothing.
#include <doctest/doctest.h>

#include "support/homes.hpp"

#include <array>
#include <cstddef>
#include <cstring>
#include <memory>

namespace {

using fc::engine::pin;

struct copied_by_bytes {
  explicit copied_by_bytes(pin const& from) { std::memcpy(bytes.data(), static_cast<void const*>(&from), sizeof from); }
  pin& it() { return *reinterpret_cast<pin*>(bytes.data()); }
  alignas(pin) std::array<std::byte, sizeof(pin)> bytes;
};

struct one_frame : testing::house<> {
  fc::publisher camera = cache.publisher(keys.publisher(1));
  fc::stream stream = camera.begin(camera.device("porch"));
  fc::commit_status put = testing::put(stream, "a frame");
  fc::frame_cache<>::viewer_type<> eye = cache.viewer(keys.viewer(1));
  fc::core::scope const who{homes, keys.viewer(1), fc::role::viewer, "anyone"};
  fc::frame_cache<>::handle_type<> held = eye.latest(stream.device(), fc::any_age);
};

}  // namespace

TEST_CASE("a pin that was copied by its bytes shows no frame (P3)") {
  one_frame h;
  REQUIRE(testing::text_of(fc::frame_view{h.who, h.held.held()}) == "a frame");
  copied_by_bytes copy{h.held.held()};
  fc::frame_view const view{h.who, copy.it()};
  CHECK_FALSE(view);
  CHECK(view.why() == fc::lookup_status::refused);
  CHECK(view.bytes().empty());
}

TEST_CASE("a pin that was copied by its bytes lets go of nothing, and what is moved from it holds nothing (P3, I4)") {
  one_frame h;
  copied_by_bytes copy{h.held.held()};
  pin const moved{std::move(copy.it())};
  CHECK_FALSE(moved);
  copied_by_bytes other{h.held.held()};
  std::destroy_at(&other.it());
  CHECK(h.cache.stats().handles == 1);
  CHECK(testing::text_of(h.eye.read(h.held)) == "a frame");
}

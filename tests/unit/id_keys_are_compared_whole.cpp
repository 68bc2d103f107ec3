// SPDX-License-Identifier: Apache-2.0
//
// I1: one function compares keys, word by word. I2: every word of a key is mandatory.
#include <doctest/doctest.h>

#include "support/homes.hpp"

#include <type_traits>

using fc::core::key;

TEST_CASE("two keys are the same only if all four words are (I1)") {
  auto const make = [](std::uint64_t label, std::uint64_t device, std::uint64_t generation, fc::rendition r) {
    return key{label, fc::device_id{device}, fc::stream_generation{generation}, r};
  };
  auto const small = fc::rendition{320, 180, fc::rotation::none};
  auto const k = make(1, 2, 3, small);
  CHECK(k.same_as(make(1, 2, 3, small)));
  CHECK_FALSE(k.same_as(make(9, 2, 3, small)));
  CHECK_FALSE(k.same_as(make(1, 9, 3, small)));
  CHECK_FALSE(k.same_as(make(1, 2, 9, small)));
  CHECK_FALSE(k.same_as(make(1, 2, 3, fc::rendition::source())));
  // Words in each other's places.
  CHECK_FALSE(k.same_as(make(2, 1, 3, small)));
  CHECK_FALSE(k.same_as(make(1, 3, 2, small)));
  // The high half counts too.
  CHECK_FALSE(k.same_as(make(1 | (std::uint64_t{1} << 63), 2, 3, small)));
}

TEST_CASE("a key's four words are what is hashed, none left out (I1)") {
  auto const k = key{std::uint64_t{11}, fc::device_id{std::uint64_t{12}}, fc::stream_generation{std::uint64_t{13}},
                     fc::rendition::source()};
  CHECK(k.words() == fc::hash_words{11, 12, 13, fc::rendition::source().word()});
  static_assert(!std::is_default_constructible_v<key>);
}

namespace {
struct hash_that_always_collides {
  static std::uint64_t hash(fc::hash_words const&, fc::hash_secret const&) noexcept { return 42; }
};
}  // namespace

TEST_CASE("with a hash that always collides each lookup still finds its own frame (I1)") {
  testing::house<fc::frame_cache<fc::hash<hash_that_always_collides>, fc::isolate<fc::shared>>> h;
  auto camera = h.cache.publisher(h.keys.publisher(1));
  auto eye = h.cache.viewer(h.keys.viewer(1));
  auto stranger = h.cache.viewer(h.keys.viewer(2));
  auto const small = fc::rendition{320, 180, fc::rotation::none};
  for (int i = 0; i != 20; ++i) {
    auto const name = "camera " + std::to_string(i);
    auto const stream = camera.begin(camera.device(name));
    REQUIRE(testing::put(stream, name) == fc::commit_status::committed);
    auto tiny = stream.stage(fc::byte_count{1U}, small);
    REQUIRE(std::move(tiny).commit({.size = fc::byte_count{1U}}) == fc::commit_status::committed);
  }
  for (int i = 0; i != 20; ++i) {
    auto const name = "camera " + std::to_string(i);
    auto const device = eye.device(name).value();
    auto const generation = eye.current(device).value();
    auto const frame = eye.find(device, generation);
    REQUIRE(frame);
    CHECK(testing::text_of(eye.read(frame)) == name);
    auto const derived = eye.find(device, generation, small);
    REQUIRE(derived);
    CHECK(eye.read(derived).size() == fc::byte_count{1U});
    CHECK(eye.find(device, generation, fc::rendition{180, 320, fc::rotation::none}).why() == fc::lookup_status::absent);
    CHECK(stranger.find(device, generation).why() == fc::lookup_status::absent);
  }
}

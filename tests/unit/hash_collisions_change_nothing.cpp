// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "support/homes.hpp"

#include <array>
#include <sstream>

using namespace std::chrono_literals;

namespace {

// Hashes of 0, 1 and 4 bits: every key, one of two, one of sixteen collides with another.
template <unsigned Bits>
struct narrow {
  static std::uint64_t hash(fc::hash_words const& words, fc::hash_secret const&) noexcept {
    auto const mixed = (words[0] * 3 + words[1] * 5 + words[2] * 7 + words[3] * 11) * 0x9E3779B97F4A7C15U;
    return Bits == 0 ? 0 : mixed >> (64 - (Bits == 0 ? 1 : Bits));
  }
};

// Two homes, five cameras each, three renditions, a reconnect in between; every answer to every question, as text.
template <class Cache>
std::string answers() {
  testing::book book;
  fc::registry homes{book};
  Cache cache{homes, {.capacity = fc::mebibytes{4}, .audit_each_operation = true}};
  std::array const renditions{fc::rendition::source(), fc::rendition{320, 180, fc::rotation::none},
                              fc::rendition{320, 180, fc::rotation::half}};
  std::ostringstream said;
  for (std::uint64_t home = 1; home <= 2; ++home) {
    auto camera = cache.publisher(book.publisher(home));
    auto eye = cache.viewer(book.viewer(home));
    for (int device = 0; device != 5; ++device) {
      auto const name = "camera " + std::to_string(device);
      auto first = camera.begin(camera.device(name));
      for (auto const which : renditions) {
        auto draft = first.stage(fc::byte_count{std::uint64_t{64}}, which);
        std::memset(draft.bytes().data(), static_cast<int>('a' + device), 64);
        REQUIRE(std::move(draft).commit({.size = fc::byte_count{std::uint64_t{64}}}) == fc::commit_status::committed);
      }
      auto second = camera.begin(camera.device(name));
      auto const text = "home " + std::to_string(home) + " " + name;
      REQUIRE(testing::put(second, text) == fc::commit_status::committed);
      REQUIRE(testing::put_derived(second, renditions[1], text + " small") == fc::commit_status::committed);
      for (auto const which : renditions) {
        auto const old = eye.find(first.device(), first.generation(), which);
        auto const now = eye.find(first.device(), second.generation(), which);
        said << fc::to_string(old.why()) << ' ' << fc::to_string(now.why()) << ' ';
        if (now) said << testing::text_of(eye.read(now)) << '\n';
      }
    }
  }
  CHECK(cache.audit().ok);
  CHECK(cache.stats().frames == 20);
  return said.str();
}

}  // namespace

TEST_CASE("when every key collides with every other, every lookup answers as it does without a collision (I1)") {
  auto const expected = answers<fc::frame_cache<>>();
  CHECK(expected.find("home 2 camera 4") != std::string::npos);
  CHECK(answers<fc::frame_cache<fc::hash<narrow<0>>>>() == expected);
  CHECK(answers<fc::frame_cache<fc::hash<narrow<1>>>>() == expected);
  CHECK(answers<fc::frame_cache<fc::hash<narrow<4>>>>() == expected);
}

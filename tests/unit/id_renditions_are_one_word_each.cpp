// SPDX-License-Identifier: Apache-2.0
//
// I2: the rendition's key word is injective and never zero.
#include <doctest/doctest.h>

#include <framecache/framecache.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <set>
#include <type_traits>

namespace fc = framecache;

TEST_CASE("renditions that differ in anything have different words, none of them zero or the source's (I2)") {
  std::set<std::uint64_t> words{fc::rendition::source().word()};
  std::size_t made = 1;
  constexpr std::array<std::uint16_t, 11> sides{0, 1, 2, 180, 255, 256, 320, 32767, 32768, 65534, 65535};
  for (auto const width : sides) {
    for (auto const height : sides) {
      for (auto const turn :
           {fc::rotation::none, fc::rotation::quarter, fc::rotation::half, fc::rotation::three_quarters}) {
        fc::rendition const r{width, height, turn};
        CHECK(r.word() != 0);
        CHECK(r.width() == width);
        CHECK(r.height() == height);
        CHECK(r.turn() == turn);
        CHECK(!r.is_source());
        words.insert(r.word());
        ++made;
      }
    }
  }
  CHECK(words.size() == made);
}

TEST_CASE("a rendition is never left out by mistake, and equals only the same one (I2)") {
  static_assert(!std::is_default_constructible_v<fc::rendition>);
  static_assert(fc::rendition::source().is_source());
  CHECK(fc::rendition::source() == fc::rendition::source());
  CHECK(fc::rendition::source() != fc::rendition{0, 0, fc::rotation::none});
  CHECK(fc::rendition{320, 180, fc::rotation::none} != fc::rendition{180, 320, fc::rotation::none});
  CHECK(fc::rendition{320, 180, fc::rotation::none} != fc::rendition{320, 180, fc::rotation::half});
  CHECK(fc::rendition{320, 180, fc::rotation::half} == fc::rendition{320, 180, fc::rotation::half});
}

// SPDX-License-Identifier: Apache-2.0
//
// Which picture of the same moment: the camera's own, or one derived from it at a stated size and rotation. A word of the
// key, so that 320x180 is never answered with 1920x1080.
#pragma once

#include <framecache/version.hpp>

#include <cstdint>

namespace framecache {
inline namespace v0 {

enum class rotation : std::uint8_t { none, quarter, half, three_quarters };

class rendition final {
 public:
  rendition() = delete;

  // A derived picture: width and height in pixels after rotation. A size of 0x0 is a derived picture of no stated size; it
  // is still not the source.
  constexpr rendition(std::uint16_t width, std::uint16_t height, rotation turn) noexcept
      : word_(derived_bit | (std::uint64_t{static_cast<std::uint8_t>(turn)} << 32) | (std::uint64_t{width} << 16) |
              std::uint64_t{height}) {}

  // The camera's own picture, as it was published.
  [[nodiscard]] static constexpr rendition source() noexcept { return rendition{source_word{}}; }

  [[nodiscard]] constexpr bool is_source() const noexcept { return word_ == source_value; }
  [[nodiscard]] constexpr std::uint16_t width() const noexcept { return static_cast<std::uint16_t>(word_ >> 16); }
  [[nodiscard]] constexpr std::uint16_t height() const noexcept { return static_cast<std::uint16_t>(word_); }
  [[nodiscard]] constexpr rotation turn() const noexcept { return static_cast<rotation>((word_ >> 32) & 0xff); }

  // The key word: injective, never zero.
  //   63      62..40   39..32     31..16  15..0
  //   derived   0      rotation   width   height      (the source is the single word 1)
  [[nodiscard]] constexpr std::uint64_t word() const noexcept { return word_; }

  [[nodiscard]] friend constexpr bool operator==(rendition, rendition) noexcept = default;

 private:
  struct source_word {};
  static constexpr std::uint64_t derived_bit = std::uint64_t{1} << 63;
  static constexpr std::uint64_t source_value = 1;
  constexpr explicit rendition(source_word) noexcept : word_(source_value) {}

  std::uint64_t word_;
};

static_assert(rendition::source().word() != rendition(0, 1, rotation::none).word());

}  // namespace v0
}  // namespace framecache

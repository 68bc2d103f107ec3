// SPDX-License-Identifier: Apache-2.0
// As much of JPEG as a relay needs: is it one, whole, and how large is the picture? Nothing is decoded.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace relay {

struct picture_size {
  std::uint16_t width;
  std::uint16_t height;
};

/// Nothing unless the bytes begin with SOI, end with EOI and have a frame header before the first scan.
inline std::optional<picture_size> jpeg_size(std::span<std::byte const> bytes) {
  auto const at = [&](std::size_t i) { return std::to_integer<std::uint16_t>(bytes[i]); };
  auto const word = [&](std::size_t i) { return static_cast<std::uint16_t>((at(i) << 8U) | at(i + 1)); };
  std::size_t const size = bytes.size();
  if (size < 4 || word(0) != 0xFFD8 || word(size - 2) != 0xFFD9) return std::nullopt;

  // A segment: FF, marker, length of what follows with the length itself, ...
  for (std::size_t i = 2; i + 9 <= size;) {
    if (at(i) != 0xFF) return std::nullopt;
    auto const marker = at(i + 1);
    auto const length = word(i + 2);
    if (marker == 0xFF) {  // fill byte
      ++i;
      continue;
    }
    bool const frame_header = marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
    if (frame_header) {
      picture_size const picture{word(i + 7), word(i + 5)};
      if (length < 8 || picture.width == 0 || picture.height == 0) return std::nullopt;
      return picture;
    }
    bool const has_no_length = marker < 0xC0 || (marker >= 0xD0 && marker <= 0xD9);
    bool const scan = marker == 0xDA;
    if (has_no_length || scan || length < 2) return std::nullopt;
    i += 2U + length;
  }
  return std::nullopt;
}

}  // namespace relay

// SPDX-License-Identifier: Apache-2.0
// What a picture shows: whether it is whole, whose it is, and which frame of its camera. examples/relay/camera draws it.
#pragma once

#include <csetjmp>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <span>
#include <vector>

#include <jpeglib.h>  // after <cstdio>: it uses FILE and size_t without including them

namespace check {

using bytes = std::vector<unsigned char>;

struct colour {
  int red, green, blue;
};

struct picture {
  unsigned width = 0, height = 0;
  bytes rgb;

  [[nodiscard]] colour at(unsigned x, unsigned y) const {
    std::size_t const i = (std::size_t{y} * width + x) * 3;
    return {rgb[i], rgb[i + 1], rgb[i + 2]};
  }
};

enum class decoding { clean, warned, failed };

struct jpeg_errors {
  jpeg_error_mgr base;  // first, so that libjpeg's pointer to it is a pointer to this
  std::jmp_buf back;
};

// Errors: `failed` where libjpeg gives up, `warned` where it makes up for something that is missing or wrong.
// No object with a destructor is made here: libjpeg leaves by longjmp.
inline decoding decode_into(std::span<unsigned char const> jpeg, picture& out, jpeg_decompress_struct& decoder) {
  jpeg_errors errors;
  decoder.err = jpeg_std_error(&errors.base);
  errors.base.error_exit = [](j_common_ptr c) { std::longjmp(reinterpret_cast<jpeg_errors*>(c->err)->back, 1); };
  errors.base.output_message = [](j_common_ptr) {};
  if (setjmp(errors.back) != 0) {
    jpeg_destroy_decompress(&decoder);
    return decoding::failed;
  }
  jpeg_create_decompress(&decoder);
  jpeg_mem_src(&decoder, jpeg.data(), jpeg.size());
  jpeg_read_header(&decoder, TRUE);
  decoder.out_color_space = JCS_RGB;
  jpeg_start_decompress(&decoder);
  out.width = decoder.output_width;
  out.height = decoder.output_height;
  out.rgb.resize(std::size_t{out.width} * out.height * 3);
  while (decoder.output_scanline < decoder.output_height) {
    JSAMPROW row = out.rgb.data() + std::size_t{decoder.output_scanline} * out.width * 3;
    jpeg_read_scanlines(&decoder, &row, 1);
  }
  jpeg_finish_decompress(&decoder);
  bool const warned = errors.base.num_warnings > 0;
  jpeg_destroy_decompress(&decoder);
  return warned ? decoding::warned : decoding::clean;
}

inline decoding decode(std::span<unsigned char const> jpeg, picture& out) {
  jpeg_decompress_struct decoder{};
  return jpeg.empty() ? decoding::failed : decode_into(jpeg, out, decoder);
}

inline bool near(colour a, colour b) {
  constexpr int tolerance = 24;  // JPEG and the way through YUV move a channel by less than ten
  return std::abs(a.red - b.red) <= tolerance && std::abs(a.green - b.green) <= tolerance &&
         std::abs(a.blue - b.blue) <= tolerance;
}

constexpr unsigned row_height = 16;
constexpr unsigned squares = 32;

// One of the two rows of squares: 24 bits of frame number, 8 bits of camera number.
inline std::uint32_t read_row(picture const& p, unsigned middle) {
  std::uint32_t bits = 0;
  for (unsigned i = 0; i < squares; ++i) {
    colour const c = p.at((2 * i + 1) * p.width / (2 * squares), middle);
    if (c.red + c.green + c.blue > 3 * 128) bits |= std::uint32_t{1} << i;
  }
  return bits;
}

// Captions, the clock and the dot cover less than a fifth of the field; half of another home's picture covers half.
inline bool shows_colour(picture const& p, colour home) {
  std::size_t seen = 0, hits = 0;
  for (unsigned y = row_height + 4; y + row_height + 4 < p.height; y += 4) {
    for (unsigned x = 2; x < p.width; x += 4, ++seen) hits += near(p.at(x, y), home) ? 1 : 0;
  }
  return seen > 0 && hits * 100 >= seen * 70;
}

enum class sight { whole, foreign, torn, undecodable };

struct looked_at {
  sight what = sight::undecodable;
  std::uint32_t frame = 0;  // the number that the camera drew
};

// `camera` is the number that the picture must carry, where it is known.
inline looked_at look(std::span<unsigned char const> jpeg, colour home, std::optional<unsigned> camera) {
  picture p;
  decoding const done = decode(jpeg, p);
  if (done == decoding::failed) return {};
  if (p.width < 2 * squares || p.height < 4 * row_height) return {sight::foreign, 0};
  // Colour comes first: a picture half of which is another home's is worse than a torn one.
  std::uint32_t const top = read_row(p, row_height / 2), bottom = read_row(p, p.height - row_height / 2);
  if (done == decoding::clean && !shows_colour(p, home)) return {sight::foreign, top};
  auto const size = jpeg.size();
  bool const ends_well = size > 4 && jpeg[size - 2] == 0xff && jpeg[size - 1] == JPEG_EOI;
  if (done == decoding::warned || !ends_well || top != bottom) return {sight::torn, top};
  if (camera && top >> 24 != *camera) return {sight::foreign, top};
  return {sight::whole, top & 0xffffff};
}

}  // namespace check

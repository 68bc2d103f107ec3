// SPDX-License-Identifier: Apache-2.0
// Proof that the judge can say no: pictures and answers of which each has one known flaw.
#pragma once

#include "order.hpp"
#include "picture.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <optional>

#include <jpeglib.h>

namespace check {

using namespace std::chrono_literals;

struct drawing {
  colour upper, lower;
  std::uint32_t top_row, bottom_row;
};

inline bytes draw(drawing const& what) {
  constexpr unsigned width = 640, height = 360;
  jpeg_compress_struct encoder{};
  jpeg_error_mgr errors{};
  encoder.err = jpeg_std_error(&errors);
  jpeg_create_compress(&encoder);
  unsigned char* out = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&encoder, &out, &size);
  encoder.image_width = width;
  encoder.image_height = height;
  encoder.input_components = 3;
  encoder.in_color_space = JCS_RGB;
  jpeg_set_defaults(&encoder);
  jpeg_start_compress(&encoder, TRUE);
  std::array<unsigned char, std::size_t{width} * 3> row{};
  for (unsigned y = 0; y < height; ++y) {
    for (unsigned x = 0; x < width; ++x) {
      colour c = y < height / 2 ? what.upper : what.lower;
      bool const in_row = y < row_height || y >= height - row_height;
      auto const bits = y < height / 2 ? what.top_row : what.bottom_row;
      if (in_row) c = (bits >> (x * squares / width) & 1) != 0 ? colour{255, 255, 255} : colour{0, 0, 0};
      std::size_t const i = std::size_t{x} * 3;
      row[i] = static_cast<unsigned char>(c.red);
      row[i + 1] = static_cast<unsigned char>(c.green);
      row[i + 2] = static_cast<unsigned char>(c.blue);
    }
    JSAMPROW rows = row.data();
    jpeg_write_scanlines(&encoder, &rows, 1);
  }
  jpeg_finish_compress(&encoder);
  bytes jpeg(out, out + size);
  jpeg_destroy_compress(&encoder);
  std::free(out);
  return jpeg;
}

class self_test {
 public:
  int run() {
    pictures();
    bookkeeping();
    std::cout << "self-test: " << right_ << " of " << asked_ << " verdicts right\n";
    return right_ == asked_ ? 0 : 1;
  }

 private:
  static constexpr colour blue{0x1d, 0x4e, 0xd8}, orange{0xc2, 0x41, 0x0c};

  void expect(char const* what, bool holds) {
    ++asked_;
    right_ += holds ? 1 : 0;
    if (!holds) std::cout << "self-test: wrong verdict: " << what << '\n';
  }

  void expect(char const* what, bytes const& jpeg, sight verdict) {
    expect(what, look(jpeg, blue, 17).what == verdict);
  }

  void pictures() {
    std::uint32_t const row = 17u << 24 | 4711;
    bytes const own = draw({blue, blue, row, row});
    expect("own picture", own, sight::whole);
    expect("frame number is read back", look(own, blue, 17).frame == 4711);
    expect("another home's colour", draw({orange, orange, row, row}), sight::foreign);
    expect("half of another home's picture", draw({blue, orange, row, row}), sight::foreign);
    std::uint32_t const other = 18u << 24 | 4711;
    expect("another camera of the same home", draw({blue, blue, other, other}), sight::foreign);
    expect("rows of two frames", draw({blue, blue, row, row + 1}), sight::torn);
    expect("the end is missing", bytes(own.begin(), own.end() - 200), sight::torn);
    expect("the end mark is missing", bytes(own.begin(), own.end() - 2), sight::torn);
    bytes longer = own;
    longer.resize(own.size() + 64);
    expect("bytes beyond the end", longer, sight::torn);
    bytes holed = own;
    std::fill_n(holed.begin() + static_cast<std::ptrdiff_t>(own.size() / 2), 64, static_cast<unsigned char>(0xff));
    expect("a hole in the middle", look(holed, blue, 17).what != sight::whole);
    expect("a text", bytes(100, 'x'), sight::undecodable);
    expect("nothing", {}, sight::undecodable);
  }

  void bookkeeping() {
    steady::time_point const t0{};
    auto const at = [&](int ms) { return t0 + milliseconds(ms); };
    newest const before{{7, 100, 0ms, 50}, t0};
    auto const judge = [&](facts const& got, int asked_ms) {
      std::optional<newest> now_newest = before;
      return hold_against(now_newest, before, got, at(asked_ms), at(asked_ms + 1), 2s);
    };
    auto const good = [](misdeeds m) { return !m.over_age && !m.backwards; };
    expect("the next frame", good(judge({7, 101, 10ms, 51}, 10)));
    expect("the same frame again", good(judge({7, 100, 10ms, 50}, 10)));
    expect("a new generation", good(judge({8, 101, 10ms, 0}, 10)));
    expect("older than asked", judge({7, 101, 2001ms, 51}, 10).over_age);
    expect("just as old as asked", good(judge({7, 101, 2000ms, 51}, 10)));
    expect("seen too long ago, whatever its header says", judge({7, 100, 10ms, 50}, 2001).over_age);
    expect("an earlier sequence", judge({7, 99, 10ms, 49}, 10).backwards);
    expect("an earlier generation", judge({6, 101, 10ms, 51}, 10).backwards);
    expect("one sequence, two pictures", judge({7, 100, 10ms, 51}, 10).backwards);
    expect("a later sequence, an earlier picture", judge({7, 101, 10ms, 49}, 10).backwards);
  }

  int asked_ = 0, right_ = 0;
};

}  // namespace check

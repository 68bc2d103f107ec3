// SPDX-License-Identifier: Apache-2.0
//
// Size classes of blocks: whole pages, four steps to each doubling, so that at most a fifth of a block beyond its first pages
// is slack and a free block fits the next frame of about the same size.
#pragma once

#include <framecache/base/system.hpp>
#include <framecache/version.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace framecache {
inline namespace v0 {
namespace memory {

inline constexpr std::size_t size_class_count = 160;

struct size_class final {
  std::size_t index;
  std::size_t bytes;
};

// Returns the smallest class that holds `bytes`; index == size_class_count when there is none (a size no machine has).
[[nodiscard]] constexpr size_class class_for(std::uint64_t bytes) noexcept {
  constexpr auto page = std::uint64_t{base::page_size};
  if (bytes > (std::numeric_limits<std::uint64_t>::max() >> 8)) return {size_class_count, 0};
  auto const pages = bytes == 0 ? 1 : (bytes + page - 1) / page;
  if (pages <= 4) return {static_cast<std::size_t>(pages - 1), static_cast<std::size_t>(pages * page)};
  // pages in (2^k, 2^(k+1)]: step 2^(k-2).
  auto const k = static_cast<unsigned>(std::bit_width(pages - 1)) - 1U;
  auto const step = std::uint64_t{1} << (k - 2);
  auto const rounded = (pages + step - 1) / step * step;
  auto const index = std::uint64_t{4} * (k - 1) + (rounded - (std::uint64_t{1} << k)) / step - 1;
  return {static_cast<std::size_t>(index), static_cast<std::size_t>(rounded * page)};
}

static_assert(class_for(1).bytes == 4096 && class_for(1).index == 0);
static_assert(class_for(4096 * 4).index == 3 && class_for(4096 * 4 + 1).bytes == 4096 * 5);
static_assert(class_for(4096 * 5).index == 4 && class_for(4096 * 8).index == 7 &&
              class_for(4096 * 9).bytes == 4096 * 10);
static_assert(class_for(4096 * 10).index == 8 && class_for(4096 * 16).index == 11);

}  // namespace memory
}  // namespace v0
}  // namespace framecache

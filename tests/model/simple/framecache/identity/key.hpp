// SPDX-License-Identifier: Apache-2.0
//
// The whole key of a frame and its one comparison: label (registry, tenant and epoch at once), device, stream generation,
// rendition. Here they are plain words: the oracle is asked by the tests alone, which have nothing to gain by mixing them up.
#pragma once

#include <cstdint>

namespace simple_framecache {
namespace core {

using word = std::uint64_t;

// The camera's own picture; every other rendition word is a picture derived from it.
inline constexpr word source_rendition = 0;

struct key final {
  word label;
  word device;
  word generation;
  word rendition;

  [[nodiscard]] constexpr bool same_as(key const& other) const noexcept {
    return label == other.label && device == other.device && generation == other.generation &&
           rendition == other.rendition;
  }
};

}  // namespace core
}  // namespace simple_framecache

// SPDX-License-Identifier: Apache-2.0
//
// What a publisher says of a frame when it commits it. All of it is information; none of it decides who may see the frame.
#pragma once

#include <framecache/identity/byte_count.hpp>
#include <framecache/version.hpp>

#include <chrono>
#include <cstdint>
#include <optional>

namespace framecache {
inline namespace v0 {

enum class codec : std::uint8_t { unknown, jpeg, png, webp, h264, h265, av1 };

struct frame_facts final {
  // Bytes of payload, at most what was staged. Absent: what draft.advance() recorded.
  std::optional<byte_count> size = std::nullopt;
  // The camera's clock; never used to judge age.
  std::chrono::system_clock::time_point captured_at{};
  bool keyframe = false;
  framecache::codec codec = framecache::codec::unknown;
  // Pixels; 0 = not stated.
  std::uint16_t width = 0;
  std::uint16_t height = 0;
};

}  // namespace v0
}  // namespace framecache

// SPDX-License-Identifier: Apache-2.0
//
// A frame as the oracle keeps it: whole key, facts, bytes, pins, and when it was last used.
//
// Time of use is counted in ticks, which move with each put to the tenant. What order two uses within one tick have is not
// promised, and neither is how long a handle that is held counts as a use: so a frame remembers the earliest and the latest
// tick that its last use may lie in. Both are the same unless somebody held it since.
#pragma once

#include "model/simple/framecache/base/clock.hpp"
#include "model/simple/framecache/identity/key.hpp"

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace simple_framecache {

struct frame_facts final {
  std::int64_t captured_at = 0;
  bool keyframe = false;
  std::uint8_t codec = 0;
  std::uint16_t width = 0;
  std::uint16_t height = 0;
};

namespace engine {

struct room;

struct last_use final {
  core::word earliest = 0;
  core::word latest = 0;
};

struct frame final {
  frame(core::key const& k, room& where, core::word staged_bytes) noexcept
      : key(k), home(where), staged(staged_bytes) {}
  frame(frame const&) = delete;
  frame& operator=(frame const&) = delete;
  ~frame() = default;

  core::key const key;
  room& home;
  core::word const staged;

  frame_facts facts{};
  std::vector<std::byte> bytes;
  base::steady_time committed_at{};
  core::word sequence = 0;

  last_use in_tenant;  // in ticks of its tenant
  last_use in_all;     // in ticks of all tenants together
  core::word pins = 0;
  core::word number = 0;  // of its key in the room's order, if the room has one
  bool linked = false;
};

}  // namespace engine
}  // namespace simple_framecache

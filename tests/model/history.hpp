// SPDX-License-Identifier: Apache-2.0
//
// What a history is made of: events with the moments at which their calls began and returned, and values that say whose they are.
// Every value is written once in a history, so that a read names the one write that it saw. A frame is its value, repeated over a
// length that the value decides: one that is torn, cut short or mixed is no value at all.
//
// Moments are tickets of one shared counter. Measured on two hardware threads of one core, pinned, ns a ticket on one and on two
// threads: counter 6 and 9, rdtsc between fences 35 and 80, steady_clock 32 and 76. A ticket is drawn by a read-modify-write, so a
// call that has returned when another begins always has the lower ticket, by the memory model and without any belief in clocks.
// The order that acquire and release add would hide races from ThreadSanitizer: there they are left out.
#pragma once

#include "support/under_tsan.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>

namespace testing::history {

using moment = std::uint64_t;
inline constexpr moment never = ~moment{0};

// Draws a ticket. Zero is never drawn: it stands for "before this history".
class clock final {
 public:
  moment now() noexcept {
    return next_.fetch_add(1, under_tsan ? std::memory_order_relaxed : std::memory_order_acq_rel);
  }

 private:
  alignas(128) std::atomic<moment> next_{1};
};

// One tenant has up to 64 slots, each a register: a camera under one rendition. Slots of a camera stand together.
struct shape final {
  unsigned cameras;
  unsigned renditions;
  [[nodiscard]] unsigned slots() const { return cameras * renditions; }
  [[nodiscard]] unsigned camera_of(unsigned slot) const { return slot / renditions; }
};

// The words of a value: its tenant, its slot there, the stream that wrote it (numbered from 1 within the tenant, never twice) and
// a serial number within the stream.
struct words final {
  unsigned tenant;       // 6 bits
  unsigned slot;         // 6 bits
  std::uint32_t stream;  // 28 bits
  std::uint32_t serial;  // 24 bits

  static constexpr std::uint32_t serials = std::uint32_t{1} << 24;

  [[nodiscard]] constexpr std::uint64_t value() const {
    return std::uint64_t{tenant} << 58 | std::uint64_t{slot} << 52 | std::uint64_t{stream} << 24 | serial;
  }
  static constexpr words of(std::uint64_t value) {
    return {static_cast<unsigned>(value >> 58), static_cast<unsigned>(value >> 52 & 63),
            static_cast<std::uint32_t>(value >> 24 & 0xfff'ffff), static_cast<std::uint32_t>(value & 0xff'ffff)};
  }
};

enum class op : std::uint8_t {
  read,     // a lookup that found `value`
  miss,     // a lookup that found nothing
  torn,     // a lookup whose bytes were no value
  held,     // a handle found earlier, read again
  write,    // a commit of `value`
  erase,    // of all that `stream` has published: every slot of its camera
  begin,    // of `stream` under the generation `value`: fences off the camera's older streams
  revoke,   // of the tenant: ends `epoch`, and all streams and roles of it
  suspend,  // of the tenant: until the resume, nothing is found and nothing published
  resume,
};

// Calls that were refused left everything as it was and are not recorded.
struct event final {
  moment began;
  moment returned;
  std::uint64_t value;  // begin: the generation
  std::uint32_t
      stream;  // write, erase, begin: whose; read, miss: the one that was asked for, or 0 for whichever is live
  std::uint16_t
      epoch;          // of the role: how often its tenant had been revoked when it was opened; revoke: the one it ends
  std::uint8_t slot;  // erase, begin: any of the camera's
  op what;
};
static_assert(sizeof(event) == 32);

// Bytes of the frame of `value`: mostly a few hundred, now and then several pages, and not only whole words.
[[nodiscard]] inline std::size_t length_of(std::uint64_t value) {
  auto const mixed = (value ^ value >> 29) * 0x9E37'79B9'7F4A'7C15U >> 40;
  return 8 + (mixed % 64 == 0 ? mixed % 9'001 : mixed % 401);
}

// Requires: bytes.size() == length_of(value).
inline void write_value(std::span<std::byte> bytes, std::uint64_t value) {
  std::size_t at = 0;
  for (; at + sizeof value <= bytes.size(); at += sizeof value) std::memcpy(bytes.data() + at, &value, sizeof value);
  std::memcpy(bytes.data() + at, &value, bytes.size() - at);
}

// The value whose frame this is, if it is one whole frame and nothing else.
[[nodiscard]] inline std::optional<std::uint64_t> read_value(std::span<std::byte const> bytes) {
  std::uint64_t value = 0;
  if (bytes.size() < sizeof value) return std::nullopt;
  std::memcpy(&value, bytes.data(), sizeof value);
  // Eight bytes on, it is the same again: so it is one word repeated.
  bool const repeats = std::memcmp(bytes.data(), bytes.data() + sizeof value, bytes.size() - sizeof value) == 0;
  if (!repeats || bytes.size() != length_of(value)) return std::nullopt;
  return value;
}

}  // namespace testing::history

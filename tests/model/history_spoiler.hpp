// SPDX-License-Identifier: Apache-2.0
//
// Stands between what a cache answers and what a thread writes down, and now and then puts something wrong in between: what a cache
// with that defect would have answered. Each is one that the checker has to find; none changes which calls are made.
#pragma once

#include "model/history.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace testing::history {

enum class spoil : std::uint8_t {
  nothing,
  stale,        // the value that this slot had before
  foreign,      // the value of another slot
  torn,         // no value at all
  after_fence,  // a value of an older stream
  swapped,      // this answer and the one before it for this slot, the other way round
};
inline constexpr std::array every_spoil{spoil::stale, spoil::foreign, spoil::torn, spoil::after_fence, spoil::swapped};

[[nodiscard]] inline char const* to_string(spoil what) {
  constexpr char const* names[] = {"nothing", "stale", "foreign", "torn", "after its fence", "swapped"};
  return names[static_cast<std::size_t>(what)];
}

// For the reads of one thread of one tenant.
class spoiler final {
 public:
  explicit spoiler(spoil what) : what_(what) {}

  // Spoils this event if its turn has come. `fresh` and what was looked at before are in the same log, which does not move.
  void look(event& fresh) {
    auto& slot = slots_[fresh.slot];
    auto const value = fresh.value;
    if (++count_ >= every && spoil_one(fresh, slot)) {
      count_ = 0;
      ++spoilt_;
    }
    if (value != slot.now) {
      if (words::of(value).stream != words::of(slot.now).stream) slot.of_older_stream = slot.now;
      slot.before = slot.now;
      slot.now = value;
    }
    slot.last = &fresh;
    newest_slot_ = fresh.slot;
  }
  // The log is about to be emptied.
  void next_window() {
    for (auto& each : slots_) each.last = nullptr;
  }
  [[nodiscard]] std::uint64_t spoilt() const { return spoilt_; }

 private:
  static constexpr std::uint64_t every = 1000;

  struct known final {
    std::uint64_t now = 0;
    std::uint64_t before = 0;
    std::uint64_t of_older_stream = 0;
    event* last = nullptr;
  };

  bool spoil_one(event& fresh, known& slot) const {
    switch (what_) {
      case spoil::nothing: return false;
      case spoil::stale: return put(fresh, fresh.value == slot.now ? slot.before : 0);
      case spoil::foreign: return newest_slot_ != fresh.slot && put(fresh, slots_[newest_slot_].now);
      case spoil::torn: fresh.what = op::torn; return true;
      case spoil::after_fence: return put(fresh, fresh.value == slot.now ? slot.of_older_stream : 0);
      case spoil::swapped:
        if (slot.last == nullptr || slot.last->value == fresh.value || slot.last->what != op::read) return false;
        std::swap(slot.last->value, fresh.value);
        std::swap(slot.last->stream, fresh.stream);
        return true;
    }
    return false;
  }
  static bool put(event& fresh, std::uint64_t value) {
    if (value == 0) return false;
    fresh.value = value;
    fresh.stream = 0;
    return true;
  }

  spoil what_;
  std::array<known, 64> slots_{};
  std::uint8_t newest_slot_ = 0;
  std::uint64_t count_ = 0;
  std::uint64_t spoilt_ = 0;
};

}  // namespace testing::history

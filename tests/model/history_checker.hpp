// SPDX-License-Identifier: Apache-2.0
//
// Checks the history of one tenant, window by window, in O(n log n): fences first (history_fences.hpp), then each register
// (history_zones.hpp). What it accepts are exactly the histories of which each register can be put in order: a read finds the
// newest value or nothing, frames may be evicted at any time, and nothing outlives an erase, a newer stream, a revocation or a
// suspension. Soundness and completeness are argued in those two headers and compared with a search in history_oracle.hpp.
//
// A window ends when no call is running. Carried over to the next are, of each camera the stream that is not over, of each register
// the values that can still be read (one, unless writes or first reads overlapped), the epoch and whether the tenant is suspended:
// some hundred bytes a register, however long the history. A verdict does not depend on where windows end.
//
// Not checked: that an erase or a revocation takes effect on all registers at the same moment; that a role opened while its tenant
// was being revoked knows which side it is on (recorders leave such roles out); data races that happen to yield right values.
#pragma once

#include "model/history.hpp"
#include "model/history_fences.hpp"
#include "model/history_zones.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace testing::history {

// May a lookup miss although the frame is found again later, without a write in between?
enum class misses : std::uint8_t { always_allowed, mean_that_it_is_gone };

struct verdict final {
  std::array<std::uint64_t, faults> count{};
  std::uint64_t events = 0;
  std::uint64_t overlapping = 0;  // calls during which another began or returned: the rest happened one after another
  std::string first;              // in words

  [[nodiscard]] std::uint64_t of(fault what) const { return count[static_cast<std::size_t>(what)]; }
  [[nodiscard]] std::uint64_t wrong() const {
    std::uint64_t sum = 0;
    for (auto const each : count) sum += each;
    return sum;
  }
  void add(verdict const& other) {
    for (std::size_t i = 0; i != faults; ++i) count[i] += other.count[i];
    events += other.events;
    overlapping += other.overlapping;
    if (first.empty()) first = other.first;
  }
};

[[nodiscard]] inline char const* to_string(fault what) {
  constexpr char const* names[] = {"torn",       "foreign",   "other_stream",  "other_epoch",    "suspended", "fenced",
                                   "generation", "unwritten", "written_twice", "before_written", "stale",     "lost"};
  static_assert(std::size(names) == faults);
  return names[static_cast<std::size_t>(what)];
}

class checker final {
 public:
  checker(unsigned tenant, shape what, misses rule = misses::always_allowed)
      : tenant_(tenant), shape_(what), rule_(rule), fences_(what), registers_(what.slots()) {}

  // Several logs of the same window, in no order.
  void window(std::span<std::span<event const> const> logs) {
    for (auto const log : logs) {
      for (auto const& each : log) fences_.add(each);
    }
    fences_.settle([this](fault what, event const& e) { wrong(what, e); });
    for (auto const log : logs) {
      for (auto const& each : log) take(each);
    }
    carry_in();
    form_clusters();
    for (unsigned slot = 0; slot != shape_.slots(); ++slot) check_register(slot);
    fences_.next_window();
    uses_.clear();
  }
  void window(std::span<event const> log) { window(std::span{&log, 1}); }

  [[nodiscard]] verdict const& found() const { return found_; }

 private:
  enum class use_kind : std::uint8_t { carried, written, read, held };
  // A call with its value, its interval cut down.
  struct use final {
    std::uint64_t value;
    moment began;
    moment returned;
    use_kind what;
  };

  void take(event const& e) {
    ++found_.events;
    if (e.returned - e.began > 1) ++found_.overlapping;
    switch (e.what) {
      case op::torn: return wrong(fault::torn, e);
      case op::read: return take_read(e);
      case op::held: return take_held(e);
      case op::write: return take_write(e);
      case op::erase: return take_erase(e);
      case op::miss: return take_miss(e);
      case op::begin:
      case op::revoke:
      case op::suspend:
      case op::resume: return;  // settled with the fences
    }
  }
  [[nodiscard]] bool own(event const& e) const {
    auto const says = words::of(e.value);
    return says.tenant == tenant_ && says.slot == e.slot;
  }
  void take_read(event const& e) {
    if (!own(e)) return wrong(fault::foreign, e);
    auto const says = words::of(e.value);
    if (e.stream != 0 && e.stream != says.stream) return wrong(fault::other_stream, e);
    auto const* const stream = fences_.of(says.stream);
    if (stream == nullptr) return wrong(fault::unwritten, e);
    if (stream->epoch != e.epoch) return wrong(fault::other_epoch, e);
    cut(e, stream->deadline, use_kind::read);
  }
  void take_write(event const& e) {
    auto const* const stream = fences_.of(e.stream);
    if (stream == nullptr) return wrong(fault::fenced, e);
    if (!own(e) || words::of(e.value).stream != e.stream) return wrong(fault::foreign, e);
    cut(e, stream->deadline, use_kind::written);
  }
  // What a handle holds may have been overwritten, evicted or fenced off since; only the tenant can take it away.
  void take_held(event const& e) {
    if (!own(e)) return wrong(fault::foreign, e);
    cut(e, fences_.end_of(e.epoch), use_kind::held);
  }
  void cut(event const& e, moment deadline, use_kind what) {
    auto const left = fences_.left_of(e, deadline);
    if (!left.empty()) return uses_.push_back({e.value, left.began, left.returned, what});
    if (fences_.end_of(e.epoch) < e.began) return wrong(fault::other_epoch, e);
    wrong(deadline < e.began ? fault::fenced : fault::suspended, e);
  }
  void take_erase(event const& e) {
    auto const* const stream = fences_.of(e.stream);
    if (stream == nullptr) return wrong(fault::fenced, e);
    auto const left = fences_.left_of(e, stream->deadline);
    if (left.empty()) return wrong(stream->deadline < e.began ? fault::fenced : fault::suspended, e);
    auto const first = stream->camera * shape_.renditions;
    for (unsigned i = 0; i != shape_.renditions; ++i)
      registers_[first + i].add({left.returned, left.began, zone::erased});
  }
  // Once what was asked for is over, there is nothing to be found.
  void take_miss(event const& e) {
    if (rule_ == misses::always_allowed) return;
    auto deadline = fences_.end_of(e.epoch);
    if (e.stream != 0) {
      auto const* const stream = fences_.of(e.stream);
      deadline = stream == nullptr ? 0 : stream->deadline;
    }
    if (e.returned < deadline) registers_[e.slot].add({e.returned, e.began, zone::missed});
  }

  // Values of earlier windows; what their fences have ended since cannot be found any more, and `take` has said so if it was.
  void carry_in() {
    for (auto const& each : registers_) {
      for (auto const& z : each.alive()) {
        uses_.push_back({z.value, z.last_begin, z.first_return, use_kind::carried});
      }
    }
  }
  void form_clusters() {
    std::sort(uses_.begin(), uses_.end(),
              [](use const& a, use const& b) { return a.value != b.value ? a.value < b.value : a.what < b.what; });
    for (std::size_t at = 0; at != uses_.size();) {
      auto end = at;
      while (end != uses_.size() && uses_[end].value == uses_[at].value) ++end;
      form_cluster(std::span{uses_}.subspan(at, end - at));
      at = end;
    }
  }
  // All of one value; its write first, or what an earlier window says of it.
  void form_cluster(std::span<use const> of) {
    auto const& origin = of.front();
    zone z{never, origin.began, origin.value};
    bool other_than_held = false;
    for (auto const& each : of) {
      z.first_return = std::min(z.first_return, each.returned);
      if (each.what != use_kind::held) z.last_begin = std::max(z.last_begin, each.began);
      if (each.what != use_kind::held) other_than_held = true;
    }
    if (!other_than_held) return;  // of a value that is long gone
    if (origin.what == use_kind::read) return wrong_value(fault::unwritten, origin);
    if (of.size() > 1 && of[1].what == use_kind::written) return wrong_value(fault::written_twice, of[1]);
    if (origin.what == use_kind::written && z.first_return < origin.began) {
      return wrong_value(fault::before_written, origin);
    }
    registers_[words::of(z.value).slot].add(z);
  }
  void check_register(unsigned slot) {
    registers_[slot].check([&](zone const& there, zone const& within) {
      ++found_.count[static_cast<std::size_t>(within.value == zone::missed ? fault::lost : fault::stale)];
      if (found_.first.empty())
        found_.first = "slot " + std::to_string(slot) + ": " + text(there) + " and " + text(within);
    });
    registers_[slot].next_window();
  }

  void wrong(fault what, event const& e) {
    ++found_.count[static_cast<std::size_t>(what)];
    if (!found_.first.empty()) return;
    found_.first = std::string{to_string(what)} + ": slot " + std::to_string(e.slot) + ", epoch " +
                   std::to_string(e.epoch) + ", stream " + std::to_string(e.stream) + ", from " +
                   std::to_string(e.began) + " to " + std::to_string(e.returned) + ", " + text(e.value);
  }
  void wrong_value(fault what, use const& u) {
    ++found_.count[static_cast<std::size_t>(what)];
    if (!found_.first.empty()) return;
    found_.first = std::string{to_string(what)} + ": from " + std::to_string(u.began) + " to " +
                   std::to_string(u.returned) + ", " + text(u.value);
  }
  static std::string text(std::uint64_t value) {
    auto const w = words::of(value);
    return "value " + std::to_string(w.tenant) + "." + std::to_string(w.slot) + "." + std::to_string(w.stream) + "." +
           std::to_string(w.serial);
  }
  static std::string text(zone const& z) {
    if (z.forward()) {
      return text(z.value) + ", there from " + std::to_string(z.first_return) + " to " + std::to_string(z.last_begin);
    }
    return (z.value == zone::erased   ? std::string{"an erase"}
            : z.value == zone::missed ? std::string{"a miss"}
                                      : text(z.value)) +
           " between " + std::to_string(z.last_begin) + " and " + std::to_string(z.first_return);
  }

  unsigned tenant_;
  shape shape_;
  misses rule_;
  fences fences_;
  std::vector<zones> registers_;  // by slot; zones of this window, then what of them the next one needs
  std::vector<use> uses_;
  verdict found_;
};

}  // namespace testing::history

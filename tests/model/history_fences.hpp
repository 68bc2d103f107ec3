// SPDX-License-Identifier: Apache-2.0
//
// What concerns all registers of a tenant at once: which streams and epochs were over when, and when the tenant was suspended. Each
// bounds the moments at which a call can have taken effect, so each call's interval is cut down to what is left; a call with
// nothing left is a violation. Whoever checks registers afterwards need not know of fences.
//
// Why cutting loses nothing. A stream's calls take effect before the next stream of its camera begins, that is before that begin()
// returned; they begin after their own begin() returned. So each begin can be taken to have effect as it returns, which leaves
// the most to everybody else: a stream's deadline is the earliest return among the begins of newer streams of its camera. A
// revocation in the same way is the deadline of its epoch. A suspension is taken as short as it can have been, from the return of
// suspend to the beginning of resume; an end of an interval that lies in one moves to that one's edge.
//
// Requires: suspensions and revocations of a tenant are ordered one after another; a stream is used after its begin() returned, a
// role of epoch n was opened after revocation n had returned and before the next began.
#pragma once

#include "model/history.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

namespace testing::history {

enum class fault : std::uint8_t {
  torn,            // bytes that are no value
  foreign,         // a value of another tenant or slot
  other_stream,    // found under a generation that is not its own
  other_epoch,     // found or held across a revocation
  suspended,       // found or published while the tenant was suspended
  fenced,          // of a stream that was over
  generation,      // a begin that did not get the newest generation
  unwritten,       // never written, or overwritten in an earlier window
  written_twice,   //
  before_written,  // found before its write began
  stale,           // found after something newer was there for certain
  lost,            // a miss while it was there for certain; only where misses are checked
};
inline constexpr std::size_t faults = 12;

struct interval final {
  moment began;
  moment returned;
  [[nodiscard]] bool empty() const { return returned < began; }
};

class fences final {
 public:
  explicit fences(shape what) : shape_(what), live_(what.cameras) {}

  void add(event const& e) {
    switch (e.what) {
      case op::begin: begun_.push_back({e, e.returned}); break;
      case op::revoke: ends_.push_back(e.returned); break;  // in order: see settle()
      case op::suspend:
      case op::resume: switches_.push_back(e); break;
      default: break;
    }
  }

  // Once all of a window is added. `wrong(fault, event)` is told of begins in the wrong order.
  template <class Wrong>
  void settle(Wrong const& wrong) {
    std::sort(ends_.begin(), ends_.end());
    settle_suspensions();
    settle_streams(wrong);
  }

  // The moments at which a call of a role of this epoch, and of this stream if it has one, can have taken effect.
  [[nodiscard]] interval left_of(event const& e, moment deadline) const {
    return {after_suspension(e.began), before_suspension(std::min(e.returned, deadline))};
  }
  // The stream's deadline and epoch; null when it was over before this window, or never begun.
  struct standing final {
    moment deadline;
    std::uint16_t epoch;
    std::uint8_t camera;
  };
  [[nodiscard]] standing const* of(std::uint32_t stream) const {
    if (stream >= first_ && stream - first_ < standing_.size()) {
      auto const& found = standing_[stream - first_];
      return found.deadline == 0 ? nullptr : &found;
    }
    for (auto const& each : live_) {
      if (stream != 0 && each.begin.stream == stream) return &each.now;
    }
    return nullptr;
  }
  [[nodiscard]] moment end_of(std::uint16_t epoch) const {
    if (epoch < first_epoch_) return 0;
    auto const at = static_cast<std::size_t>(epoch - first_epoch_);
    return at < ends_.size() ? ends_[at] : never;
  }

  // What of the window the next one has to know: of each camera the stream that is not over, if there is one; the epoch; whether
  // the tenant is suspended. No call is running now, so everything else is over for good.
  void next_window() {
    for (auto& each : live_) {
      if (each.now.deadline != never) each = {};
    }
    for (auto const& each : begun_) {
      auto const* const now = of(each.begin.stream);
      if (now != nullptr && now->deadline == never) live_[now->camera] = {each.begin, *now};
    }
    first_epoch_ = static_cast<std::uint16_t>(first_epoch_ + ends_.size());
    ends_.clear();
    begun_.clear();
    standing_.clear();
    switches_.clear();
    suspended_ = !suspensions_.empty() && suspensions_.back().returned == never;
    suspensions_.clear();
  }

 private:
  struct stream_begin final {
    event begin{};
    moment returned = 0;  // cut down
  };
  struct live_stream final {
    event begin{};
    standing now{};
  };

  void settle_suspensions() {
    std::sort(switches_.begin(), switches_.end(), [](auto const& a, auto const& b) { return a.began < b.began; });
    if (suspended_) suspensions_.push_back({0, never});
    for (auto const& each : switches_) {
      if (each.what == op::suspend) suspensions_.push_back({each.returned, never});
      if (each.what == op::resume) suspensions_.back().returned = each.began;
    }
  }
  // The suspension that this moment lies within; its edges are outside.
  [[nodiscard]] interval const* suspension_at(moment when) const {
    auto const after = std::lower_bound(suspensions_.begin(), suspensions_.end(), when,
                                        [](interval const& s, moment m) { return s.began < m; });
    if (after == suspensions_.begin() || std::prev(after)->returned <= when) return nullptr;
    return &*std::prev(after);
  }
  [[nodiscard]] moment after_suspension(moment when) const {
    auto const* const s = suspension_at(when);
    return s == nullptr ? when : s->returned;
  }
  [[nodiscard]] moment before_suspension(moment when) const {
    auto const* const s = suspension_at(when);
    return s == nullptr ? when : s->began;
  }

  template <class Wrong>
  void settle_streams(Wrong const& wrong) {
    for (auto& each : begun_) each.returned = left_of(each.begin, end_of(each.begin.epoch)).returned;
    // Of each camera the newest first, so that the earliest return of what is newer is known.
    std::sort(begun_.begin(), begun_.end(), [this](auto const& a, auto const& b) { return newer(a.begin, b.begin); });
    auto const least = [](auto const& a, auto const& b) { return a.begin.stream < b.begin.stream; };
    auto const first = std::min_element(begun_.begin(), begun_.end(), least);
    auto const last = std::max_element(begun_.begin(), begun_.end(), least);
    first_ = begun_.empty() ? never_begun : first->begin.stream;
    standing_.assign(begun_.empty() ? 0 : last->begin.stream - first_ + 1, {});
    earliest_.fill(never);
    event const* before = nullptr;
    for (auto const& each : begun_) {
      auto const camera = shape_.camera_of(each.begin.slot);
      auto& deadline = earliest_[camera];
      auto const own = std::min(deadline, end_of(each.begin.epoch));
      standing_[each.begin.stream - first_] = {own, each.begin.epoch, static_cast<std::uint8_t>(camera)};
      bool const twice = before != nullptr && shape_.camera_of(before->slot) == camera && !newer(*before, each.begin);
      if (twice || left_of(each.begin, own).empty()) wrong(fault::generation, each.begin);
      deadline = std::min(deadline, each.returned);
      before = &each.begin;
    }
    for (auto& each : live_) settle_live(each, wrong);
  }
  // What was live when the window began; whatever has begun since has to be newer.
  template <class Wrong>
  void settle_live(live_stream& each, Wrong const& wrong) {
    if (each.begin.stream == 0) return;
    each.now.deadline = std::min(earliest_[each.now.camera], end_of(each.now.epoch));
    for (auto const& later : begun_) {
      if (shape_.camera_of(later.begin.slot) == each.now.camera && !newer(later.begin, each.begin)) {
        wrong(fault::generation, later.begin);
      }
    }
  }
  // By camera, then the newer before the older.
  [[nodiscard]] bool newer(event const& a, event const& b) const {
    auto const left = shape_.camera_of(a.slot);
    auto const right = shape_.camera_of(b.slot);
    if (left != right) return left < right;
    return a.epoch != b.epoch ? a.epoch > b.epoch : a.value > b.value;
  }

  static constexpr std::uint32_t never_begun = ~std::uint32_t{0};

  shape shape_;
  std::vector<live_stream> live_;    // by camera; of the windows before
  std::vector<stream_begin> begun_;  // in this window
  std::vector<standing> standing_;   // of them, by number of stream from first_
  std::uint32_t first_ = never_begun;
  std::array<moment, 64> earliest_{};  // by camera: of the begins that were looked at
  std::vector<moment> ends_;           // of epochs, from first_epoch_
  std::uint16_t first_epoch_ = 0;
  std::vector<event> switches_;
  std::vector<interval> suspensions_;  // from a return to a beginning, in order
  bool suspended_ = false;
};

}  // namespace testing::history

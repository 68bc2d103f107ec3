// SPDX-License-Identifier: Apache-2.0
//
// Decides whether the calls on one register can have taken effect one by one, each between its beginning and its return: from
// Gibbons and Korach, "Testing shared memories", SIAM Journal on Computing 26(4), 1997, for registers whose values are written once.
//
// All calls of one value, its write and the reads that found it, form a cluster. Let f be the earliest return among them and s
// the latest beginning. If f < s, the register held the value from f to s whatever the order was: a forward zone. Otherwise all of
// them overlap in [s, f], and can take effect at any one moment there: a backward zone. An erase is the write of a value that nobody
// reads, so a backward zone; an eviction may be put anywhere and is no call; a miss is a backward zone too if a frame that was
// missed must not come back, and nothing at all if a lookup may always miss.
//
// There is such an order exactly if (1) no value was read before its write began, (2) no two forward zones overlap and (3) no
// backward zone lies within a forward one. Each is needed: the register cannot hold two values at once, nor another for a moment in
// between. Together they are enough. Each call of a forward zone takes effect as early as it can after f, the write first; that is
// within the zone, since each begins by s and returns after f. A backward zone that is not within a forward one has a moment
// outside of all of them, because those do not even touch, and takes effect there. Beginnings and returns at the same moment count
// as overlapping, as if each beginning were a little earlier and each return a little later.
//
// O(n log n). What the next window has to know of this one, if no call runs in between, are the values that can still be read: a
// later read makes a forward zone from f onward, so those than which no other zone has a later s. Their zones are all of it.
#pragma once

#include "model/history.hpp"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace testing::history {

struct zone final {
  moment first_return;
  moment last_begin;
  std::uint64_t value;  // or one of these two, which nobody reads
  static constexpr std::uint64_t erased = 0;
  static constexpr std::uint64_t missed = ~std::uint64_t{0};

  [[nodiscard]] bool readable() const { return value != erased && value != missed; }
  [[nodiscard]] bool forward() const { return first_return < last_begin; }
};

class zones final {
 public:
  void add(zone const& z) { (z.forward() ? forward_ : backward_).push_back(z); }

  // Calls wrong(there, within) for each zone that is found to lie within or overlap the forward zone `there`. For each that is wrong
  // at least once; nothing is wrong exactly if it is never called.
  template <class Wrong>
  void check(Wrong const& wrong) {
    std::sort(forward_.begin(), forward_.end(),
              [](zone const& a, zone const& b) { return a.first_return < b.first_return; });
    zone const* reaching = nullptr;  // furthest of those that begin earlier
    for (auto const& each : forward_) {
      if (reaching != nullptr && each.first_return < reaching->last_begin) wrong(*reaching, each);
      if (reaching == nullptr || each.last_begin > reaching->last_begin) reaching = &each;
    }
    for (auto const& each : backward_) {
      // Forward zones do not overlap, or that was said already: only the last to begin before can reach over this one.
      auto const after = std::lower_bound(forward_.begin(), forward_.end(), each.last_begin,
                                          [](zone const& z, moment m) { return z.first_return < m; });
      if (after != forward_.begin() && each.first_return < std::prev(after)->last_begin) wrong(*std::prev(after), each);
    }
  }

  // Leaves the values that can still be read, for the next window.
  void next_window() {
    moment latest = 0;
    moment second = 0;
    for_each([&](zone const& z) {
      second = std::max(second, std::min(latest, z.last_begin));
      latest = std::max(latest, z.last_begin);
    });
    alive_.clear();
    for_each([&](zone const& z) {
      auto const of_others = z.last_begin == latest ? second : latest;
      if (z.readable() && of_others <= z.first_return) alive_.push_back(z);
    });
    forward_.clear();
    backward_.clear();
  }
  [[nodiscard]] std::vector<zone> const& alive() const { return alive_; }

 private:
  template <class F>
  void for_each(F const& f) const {
    for (auto const& each : forward_) f(each);
    for (auto const& each : backward_) f(each);
  }

  std::vector<zone> forward_;
  std::vector<zone> backward_;
  std::vector<zone> alive_;
};

}  // namespace testing::history

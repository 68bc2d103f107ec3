// SPDX-License-Identifier: Apache-2.0
//
// The checker's own oracle: whether the calls of a tiny history on one register can be put in an order that a plain sequential
// register allows, found by trying every order. Says the specification in as few words as there are; for up to some ten calls.
#pragma once

#include "model/history_checker.hpp"

#include <bitset>
#include <cstdint>
#include <set>
#include <span>
#include <tuple>

namespace testing::history {

class oracle final {
 public:
  oracle(std::span<event const> all, misses rule) : all_(all), rule_(rule) {}

  [[nodiscard]] bool allows() {
    seen_.clear();
    return go(0, {});
  }

 private:
  // What the register and its tenant are like between two calls.
  struct state final {
    std::uint64_t value = 0;  // 0: nothing is there
    std::uint64_t generation = 0;
    std::uint32_t stream = 0;
    std::uint16_t epoch = 0;
    bool suspended = false;
    [[nodiscard]] auto tie() const { return std::tie(value, generation, stream, epoch, suspended); }
    [[nodiscard]] friend bool operator<(state const& a, state const& b) { return a.tie() < b.tie(); }
  };

  [[nodiscard]] bool go(unsigned done, state const& now) {
    if (done == (1U << all_.size()) - 1) return true;
    if (!seen_.emplace(done, now).second) return false;  // no way on from here
    for (unsigned i = 0; i != all_.size(); ++i) {
      if ((done >> i & 1U) != 0 || !may_be_next(done, i)) continue;
      auto next = now;
      if (step(all_[i], done, next) && go(done | 1U << i, next)) return true;
    }
    return false;
  }
  // Nothing that is still to come had returned when this began.
  [[nodiscard]] bool may_be_next(unsigned done, unsigned i) const {
    for (unsigned other = 0; other != all_.size(); ++other) {
      if ((done >> other & 1U) == 0 && all_[other].returned < all_[i].began) return false;
    }
    return true;
  }
  [[nodiscard]] bool step(event const& e, unsigned done, state& s) const {
    bool const live = !s.suspended && s.epoch == e.epoch;
    switch (e.what) {
      case op::read: return live && s.value == e.value && (e.stream == 0 || e.stream == s.stream);
      case op::held: return live && written(e.value, done);
      case op::torn: return false;
      case op::miss:
        if (rule_ == misses::mean_that_it_is_gone && s.epoch == e.epoch && (e.stream == 0 || e.stream == s.stream)) {
          s.value = 0;
        }
        return true;
      case op::write: s.value = e.value; return live && s.stream == e.stream;
      case op::erase: s.value = 0; return live && s.stream == e.stream;
      case op::begin:
        if (!live || e.value <= s.generation) return false;
        s = {0, e.value, e.stream, s.epoch, false};
        return true;
      case op::revoke:
        if (s.epoch != e.epoch) return false;
        s = {0, 0, 0, static_cast<std::uint16_t>(s.epoch + 1), s.suspended};
        return true;
      case op::suspend:
      case op::resume: s.suspended = e.what == op::suspend; return true;
    }
    return false;
  }
  [[nodiscard]] bool written(std::uint64_t value, unsigned done) const {
    for (unsigned i = 0; i != all_.size(); ++i) {
      if ((done >> i & 1U) != 0 && all_[i].what == op::write && all_[i].value == value) return true;
    }
    return false;
  }

  std::span<event const> all_;
  misses rule_;
  std::set<std::tuple<unsigned, state>> seen_;
};

}  // namespace testing::history

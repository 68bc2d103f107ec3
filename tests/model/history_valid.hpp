// SPDX-License-Identifier: Apache-2.0
//
// Histories that are right because they happened: a tenant of a few cameras is played call by call, each call is given a moment at
// which it takes effect, and what is written down is an interval around it. Intervals overlap as they would among some seven
// threads; those of begins and orders end before the next call, so that what follows may rely on them. A window ends here and there.
#pragma once

#include "model/history.hpp"
#include "model/history_checker.hpp"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace testing::history {

template <class Numbers>
class valid_history final {
 public:
  static constexpr unsigned tenant = 5;
  static constexpr shape form{2, 2};

  explicit valid_history(Numbers& random) : random_(random), values_(form.slots()), streams_(form.cameras) {}

  std::vector<std::vector<event>> windows(unsigned calls) {
    std::vector<std::vector<event>> all(1);
    for (unsigned i = 0; i != calls; ++i) {
      now_ += 10;
      call(all.back());
      if (random_.below(40) != 0) continue;
      all.emplace_back();
      now_ += 100;
    }
    return all;
  }

 private:
  struct known_stream final {
    std::uint32_t number = 0;  // 0: none is live
    moment began_by = 0;
  };

  void call(std::vector<event>& out) {
    slot_ = static_cast<std::uint8_t>(random_.below(form.slots()));
    auto const what = random_.below(100);
    if (what < 1) return revoke(out);
    if (what < 4) return turn(out);
    if (suspended_) return;  // whatever is asked for then is refused
    auto& stream = streams_[form.camera_of(slot_)];
    if (what < 8 || stream.number == 0) return begin(out, stream);
    if (what < 10) return erase(out, stream);
    if (what < 40) return write(out, stream);
    if (random_.below(12) == 0) values_[slot_] = 0;  // evicted
    if (values_[slot_] == 0) return miss(out);
    if (what < 50 && !found_.empty()) return hold(out);
    read(out, stream);
  }
  void revoke(std::vector<event>& out) {
    out.push_back(brief(op::revoke));
    ++epoch_;
    epoch_from_ = out.back().returned;
    values_.assign(values_.size(), 0);
    streams_.assign(streams_.size(), {});
    found_.clear();
    generation_ = 0;
  }
  void turn(std::vector<event>& out) {
    suspended_ = !suspended_;
    out.push_back(brief(suspended_ ? op::suspend : op::resume));
  }
  void begin(std::vector<event>& out, known_stream& stream) {
    auto e = brief(op::begin);
    e.stream = ++last_stream_;
    e.value = generation_ += 1 + random_.below(3);
    stream = {e.stream, e.returned};
    for (unsigned slot = 0; slot != form.slots(); ++slot) {
      if (form.camera_of(slot) == form.camera_of(slot_)) values_[slot] = 0;
    }
    out.push_back(e);
  }
  void erase(std::vector<event>& out, known_stream const& stream) {
    out.push_back(around(op::erase, 0, stream.number, stream.began_by));
    for (unsigned slot = 0; slot != form.slots(); ++slot) {
      if (form.camera_of(slot) == form.camera_of(slot_)) values_[slot] = 0;
    }
  }
  void write(std::vector<event>& out, known_stream const& stream) {
    values_[slot_] = words{tenant, slot_, stream.number, ++serial_}.value();
    out.push_back(around(op::write, values_[slot_], stream.number, stream.began_by));
  }
  void read(std::vector<event>& out, known_stream const& stream) {
    bool const exactly = random_.below(2) == 0;
    out.push_back(around(op::read, values_[slot_], exactly ? stream.number : 0, exactly ? stream.began_by : 0));
    found_.push_back(values_[slot_]);
  }
  // Whatever was found in this epoch, overwritten or not.
  void hold(std::vector<event>& out) {
    auto const value = found_[random_.below(found_.size())];
    slot_ = static_cast<std::uint8_t>(words::of(value).slot);
    out.push_back(around(op::held, value, 0, 0));
  }
  void miss(std::vector<event>& out) { out.push_back(around(op::miss, 0, 0, 0)); }

  [[nodiscard]] event around(op what, std::uint64_t value, std::uint32_t stream, moment after) {
    auto const began = std::max({now_ - std::min<moment>(now_, random_.below(36)), after + 1, epoch_from_ + 1});
    return {began, now_ + random_.below(36), value, stream, epoch_, slot_, what};
  }
  [[nodiscard]] event brief(op what) {
    return {std::max(now_ - random_.below(5), epoch_from_ + 1), now_ + random_.below(4), 0, 0, epoch_, slot_, what};
  }

  Numbers& random_;
  moment now_ = 100;
  moment epoch_from_ = 0;
  std::uint16_t epoch_ = 0;
  std::uint8_t slot_ = 0;
  bool suspended_ = false;
  std::uint64_t generation_ = 0;
  std::uint32_t last_stream_ = 0;
  std::uint32_t serial_ = 0;
  std::vector<std::uint64_t> values_;  // by slot; 0: nothing
  std::vector<known_stream> streams_;  // by camera
  std::vector<std::uint64_t> found_;
};

}  // namespace testing::history

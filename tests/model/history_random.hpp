// SPDX-License-Identifier: Apache-2.0
//
// Tiny histories that nobody chose: a handful of calls on one register, whose intervals and values are drawn blindly, so that about
// as many are wrong as right. They are well-formed as history_fences.hpp requires: a stream is used once its begin has returned,
// roles of an epoch from the return of the revocation before it. `Numbers` is anything with below(n).
#pragma once

#include "model/history.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace testing::history {

template <class Numbers>
class tiny_history final {
 public:
  explicit tiny_history(Numbers& random) : random_(random) {}

  // Appends one more stretch of up to `calls` calls to `all`, after everything that is there.
  void append(std::vector<event>& all, unsigned calls) {
    auto const first = all.size();
    from_ = until_ + 2;
    until_ = from_ + 3 + random_.below(14);
    if (epoch_ == 0 && streams_.empty()) add_begin(all, from_, from_ + random_.below(3));
    add_switches(all);
    if (random_.below(2) == 0) add_begin(all);
    for (unsigned i = 0; i != calls; ++i) add_call(all);
    for (auto at = first; at != all.size(); ++at) until_ = std::max(until_, all[at].returned);
  }

 private:
  struct known_stream final {
    std::uint32_t number;
    std::uint16_t epoch;
    moment usable;  // from then on
  };
  struct known_value final {
    std::uint64_t value;
    std::uint16_t epoch;
  };

  void add_switches(std::vector<event>& all) {
    if (random_.below(4) == 0) {
      auto const [began, returned] = draw(from_);
      all.push_back({began, returned, 0, 0, epoch_, 0, op::revoke});
      revoked_ = returned;
      ++epoch_;
      if (random_.below(2) == 0) add_begin(all);
    }
    if (random_.below(4) == 0) {
      auto const [began, returned] = draw(from_);
      auto const [again, resumed] = draw(returned + 1);
      all.push_back({began, returned, 0, 0, 0, 0, op::suspend});
      all.push_back({again, resumed, 0, 0, 0, 0, op::resume});
    }
  }
  void add_begin(std::vector<event>& all) {
    auto const epoch = any_epoch();
    auto const [began, returned] = draw(usable_from(epoch));
    add_begin(all, began, returned, epoch);
  }
  void add_begin(std::vector<event>& all, moment began, moment returned, std::uint16_t epoch = 0) {
    auto const number = static_cast<std::uint32_t>(streams_.size() + 1);
    // Now and then a generation that is not the newest.
    generation_ += random_.below(8) == 0 ? 0 : 10;
    all.push_back({began, returned, generation_ - random_.below(16) / 15 * 15, number, epoch, 0, op::begin});
    streams_.push_back({number, epoch, returned + 1});
  }
  void add_call(std::vector<event>& all) {
    auto const what = random_.below(10);
    auto const& stream = streams_[streams_.size() - 1 - random_.below(std::min<std::size_t>(2, streams_.size()))];
    auto const [began, returned] = draw(std::max(from_, stream.usable));
    if (what < 4 || values_.empty()) {
      words const name{1, 0, stream.number, ++serial_};
      values_.push_back({name.value(), stream.epoch});
      all.push_back({began, returned, name.value(), stream.number, stream.epoch, 0, op::write});
    } else if (what < 8) {
      add_read(all, what == 7);
    } else if (what == 8) {
      all.push_back({began, returned, 0, random_.below(2) == 0 ? stream.number : 0, stream.epoch, 0, op::miss});
    } else {
      all.push_back({began, returned, 0, stream.number, stream.epoch, 0, op::erase});
    }
  }
  void add_read(std::vector<event>& all, bool held) {
    auto const& value = values_[values_.size() - 1 - random_.below(std::min<std::size_t>(3, values_.size()))];
    auto const epoch = random_.below(8) == 0 ? any_epoch() : value.epoch;
    auto const writer = words::of(value.value).stream;
    auto const asked = random_.below(3) == 0 ? writer : 0;
    auto const at = draw(std::max(usable_from(epoch), asked != 0 ? streams_[asked - 1].usable : 0));
    all.push_back({at.began, at.returned, value.value, held ? 0 : asked, epoch, 0, held ? op::held : op::read});
  }
  [[nodiscard]] std::uint16_t any_epoch() {
    return epoch_ != 0 && random_.below(4) == 0 ? static_cast<std::uint16_t>(epoch_ - 1) : epoch_;
  }
  [[nodiscard]] moment usable_from(std::uint16_t epoch) const {
    return epoch == epoch_ && epoch != 0 ? std::max(from_, revoked_ + 1) : from_;
  }
  struct span_of_time final {
    moment began;
    moment returned;
  };
  [[nodiscard]] span_of_time draw(moment first) {
    auto const began = first + random_.below(until_ > first ? until_ - first + 1 : 1);
    return {began, began + random_.below(6)};
  }

  Numbers& random_;
  moment from_ = 0;
  moment until_ = 0;
  moment revoked_ = 0;
  std::uint16_t epoch_ = 0;
  std::uint64_t generation_ = 100;
  std::uint32_t serial_ = 0;
  std::vector<known_stream> streams_;
  std::vector<known_value> values_;
};

}  // namespace testing::history

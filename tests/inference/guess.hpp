// SPDX-License-Identifier: Apache-2.0
//
// A guesser of a coin from what was measured while it lay covered: learns on one half of the trials, is judged on the other.
//
// Each quantity is tried on its own, with the threshold that separates the first half best, and all together as the sum of how
// much likelier each one's value is under one side than under the other (naive Bayes over eighths). The one that did best on the
// first half is the guess on the second, so nothing that is reported was fitted to. Trials come in groups that share something
// by chance (where memory happens to lie): a group is learnt from or judged as a whole, and the margin counts groups.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace testing {

struct trial final {
  bool coin;
  std::size_t group;
  [[nodiscard]] bool learnt() const { return group % 2 == 0; }
  std::vector<double> measured;
};

struct verdict final {
  std::string by;          // the quantity that guessed best on the first half
  double accuracy = 0.5;   // on the second half
  double deviation = 0;    // the standard deviation of that accuracy, from how much the groups differ
  std::size_t judged = 0;  // trials of the second half
};

namespace detail {

struct rule final {
  double threshold = 0;
  bool above = true;  // what lies above the threshold is guessed to be the coin's true side
  double accuracy = 0.5;
  [[nodiscard]] bool guess(double value) const { return (value > threshold) == above; }
};

using sample = std::vector<std::pair<double, bool>>;

// The best threshold between two neighbouring values.
inline rule best_rule(sample of) {
  std::sort(of.begin(), of.end());
  auto const all = static_cast<double>(of.size());
  double right = 0;  // if everything is above the threshold and that is guessed to be true
  for (auto const& each : of) right += each.second ? 1 : 0;
  rule best;
  best.threshold = of.front().first - 1;
  best.above = right * 2 >= all;
  best.accuracy = std::max(right, all - right) / all;
  for (std::size_t i = 0; i + 1 < of.size(); ++i) {
    right += of[i].second ? -1 : 1;
    if (of[i].first == of[i + 1].first) continue;
    auto const accuracy = std::max(right, all - right) / all;
    if (accuracy > best.accuracy) best = {(of[i].first + of[i + 1].first) / 2, right * 2 >= all, accuracy};
  }
  return best;
}

// Accuracy and its standard deviation, each group of trials being one draw.
inline std::pair<double, double> accuracy_of(rule const& r, sample const& on, std::vector<std::size_t> const& groups) {
  std::map<std::size_t, std::pair<double, double>> of_group;
  double right = 0;
  for (std::size_t i = 0; i != on.size(); ++i) {
    double const one = r.guess(on[i].first) == on[i].second ? 1 : 0;
    right += one;
    of_group[groups[i]].first += one;
    of_group[groups[i]].second += 1;
  }
  auto const all = static_cast<double>(on.size());
  auto const accuracy = right / all;
  double squares = 0;
  for (auto const& [group, sums] : of_group) squares += std::pow(sums.first - accuracy * sums.second, 2);
  return {accuracy, std::sqrt(squares) / all};
}

// How much likelier a value is under the coin's true side, by which eighth of the first half it falls into.
class eighths final {
 public:
  explicit eighths(sample of) {
    std::sort(of.begin(), of.end());
    for (std::size_t i = 1; i != count; ++i) edges_[i - 1] = of[of.size() * i / count].first;
    std::array<double, count> yes{};
    std::array<double, count> no{};
    yes.fill(1);
    no.fill(1);
    for (auto const& [value, coin] : of) ++(coin ? yes : no)[bin(value)];
    for (std::size_t i = 0; i != count; ++i) weight_[i] = std::log(yes[i] / no[i]);
  }
  [[nodiscard]] double weight(double value) const { return weight_[bin(value)]; }

 private:
  static constexpr std::size_t count = 8;
  [[nodiscard]] std::size_t bin(double value) const {
    return static_cast<std::size_t>(std::upper_bound(edges_.begin(), edges_.end(), value) - edges_.begin());
  }
  std::array<double, count - 1> edges_{};
  std::array<double, count> weight_{};
};

}  // namespace detail

// Requires: every trial measured as many quantities as there are names. Prints a line of every quantity's accuracy.
inline verdict guess_coin(std::string const& title, std::vector<char const*> const& names,
                          std::vector<trial> const& trials) {
  std::vector<detail::sample> learnt(names.size() + 1);
  std::vector<detail::sample> judged(names.size() + 1);
  for (std::size_t q = 0; q != names.size(); ++q) {
    for (auto const& each : trials) (each.learnt() ? learnt : judged)[q].emplace_back(each.measured[q], each.coin);
  }
  std::vector<std::size_t> groups;
  for (auto const& each : trials) {
    if (!each.learnt()) groups.push_back(each.group);
  }
  std::vector<detail::eighths> likely;
  for (std::size_t q = 0; q != names.size(); ++q) likely.emplace_back(learnt[q]);
  for (auto const& each : trials) {
    double sum = 0;
    for (std::size_t q = 0; q != names.size(); ++q) sum += likely[q].weight(each.measured[q]);
    (each.learnt() ? learnt : judged).back().emplace_back(sum, each.coin);
  }

  verdict best;
  double learnt_best = 0;
  std::string each;
  for (std::size_t q = 0; q != learnt.size(); ++q) {
    auto const rule = detail::best_rule(learnt[q]);
    auto const [accuracy, deviation] = detail::accuracy_of(rule, judged[q], groups);
    std::string const name = q == names.size() ? "all together" : names[q];
    char text[64];
    std::snprintf(text, sizeof text, "%s%s %.1f", each.empty() ? "" : ", ", name.c_str(), accuracy * 100);
    each += text;
    if (rule.accuracy <= learnt_best) continue;
    learnt_best = rule.accuracy;
    best = {name, accuracy, deviation, judged[q].size()};
  }
  std::printf("%s: guessed right %.1f %% (+- %.1f at 99 %%) of %zu trials, by %s\n    each: %s\n", title.c_str(),
              best.accuracy * 100, 2.576 * best.deviation * 100, best.judged, best.by.c_str(), each.c_str());
  return best;
}

// One side's sorted latencies, as quantities.
inline void measure(std::vector<double>& into, std::vector<double> nanoseconds) {
  into.push_back(nanoseconds.front());
  std::sort(nanoseconds.begin(), nanoseconds.end());
  into.push_back(nanoseconds.front());
  into.push_back(nanoseconds[nanoseconds.size() / 2]);
  into.push_back(nanoseconds[nanoseconds.size() * 9 / 10]);
  double sum = 0;
  for (auto const each : nanoseconds) sum += each;
  into.push_back(sum);
}

}  // namespace testing

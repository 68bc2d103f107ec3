// SPDX-License-Identifier: Apache-2.0
#include <replay/trace.hpp>

#include <cmath>
#include <cstddef>
#include <random>
#include <set>
#include <utility>
#include <vector>

namespace bench {
namespace {

class day_writer final {
 public:
  explicit day_writer(day const& how)
      : how_(how),
        random_(how.seed),
        home_by_rank_(weights(how)),
        any_camera_(0, how.cameras - 1),
        looks_(1, how.most_looks) {
    written_.homes = {how.homes, how.cameras};
    reconnects_.resize(written_.homes.keys());
  }

  [[nodiscard]] trace write() {
    auto const between = how_.sessions / (how_.storms + 1);
    for (std::uint32_t i = 1; i <= how_.sessions; ++i) {
      session();
      if (between != 0 && i % between == 0 && i / between <= how_.storms) storm();
    }
    std::set<std::pair<std::uint32_t, std::uint32_t>> distinct;
    for (auto const& each : written_.requests) distinct.emplace(each.camera, each.reconnects);
    written_.objects = distinct.size();
    return std::move(written_);
  }

 private:
  [[nodiscard]] static std::discrete_distribution<std::uint32_t> weights(day const& how) {
    std::vector<double> of(how.homes);
    for (std::size_t rank = 0; rank != of.size(); ++rank) of[rank] = std::pow(static_cast<double>(rank + 1), -how.skew);
    return {of.begin(), of.end()};
  }

  void look(std::uint32_t camera) { written_.requests.push_back({camera, reconnects_[camera]}); }
  void watch(std::uint32_t camera) {
    for (auto left = looks_(random_); left != 0; --left) look(camera);
  }
  void open(std::uint32_t home) {
    for (std::uint32_t i = 0; i != how_.cameras; ++i) look(home * how_.cameras + i);
    watch(home * how_.cameras + any_camera_(random_));
  }
  // The popular cameras are the first of so many homes in the middle of the order, where homes are not popular by themselves.
  void session() {
    if (std::bernoulli_distribution{how_.to_popular}(random_)) {
      auto const which = std::uniform_int_distribution<std::uint32_t>{0, how_.popular - 1}(random_);
      watch((how_.homes / 2 + which) % how_.homes * how_.cameras);
    } else {
      open(home_by_rank_(random_));
    }
  }
  // Everything of these homes reconnects, and then everybody looks whether it is back.
  void storm() {
    std::vector<std::uint32_t> hit;
    for (std::uint32_t home = 0; home != how_.homes; ++home) {
      if (!std::bernoulli_distribution{how_.in_storm}(random_)) continue;
      for (std::uint32_t i = 0; i != how_.cameras; ++i) ++reconnects_[home * how_.cameras + i];
      hit.push_back(home);
    }
    for (auto const home : hit) open(home);
  }

  day const how_;
  std::mt19937_64 random_;
  std::discrete_distribution<std::uint32_t> home_by_rank_;
  std::uniform_int_distribution<std::uint32_t> any_camera_;
  std::uniform_int_distribution<std::uint32_t> looks_;
  std::vector<std::uint32_t> reconnects_;
  trace written_;
};

}  // namespace

trace synthetic(day const& how) { return day_writer(how).write(); }

}  // namespace bench

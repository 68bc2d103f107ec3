// SPDX-License-Identifier: Apache-2.0
//
// In which order the frames of a room leave, where that is not by last use: what the oracle asks, by numbers of keys.
//
// A search for who leaves next changes such an order also when nobody leaves: marks are cleared, what is pinned goes round. Whether
// somebody searched cannot be seen from outside; so where it may have happened both orders are kept, the one before and the one
// after, and both are followed until what leaves, or stays, decides between them.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace testing {

class simple_room_order {
 public:
  using key = std::uint64_t;
  using says_of_key = std::function<bool(key)>;
  using says_of_all = std::function<bool(std::vector<key> const&)>;

  simple_room_order() = default;
  simple_room_order(simple_room_order const&) = delete;
  simple_room_order& operator=(simple_room_order const&) = delete;
  virtual ~simple_room_order() = default;

  virtual void add(key k) = 0;
  virtual void use(key k) = 0;
  virtual void erase(key k) = 0;
  // Somebody may have looked for who leaves next, and nobody left.
  virtual void perhaps_searched(says_of_key const& pinned) = 0;
  // So many have left. Returns who, or nothing: it was not for any of the possible orders to let them go. `are_all`: whether these are
  // all that were asked about and are gone.
  [[nodiscard]] virtual std::optional<std::vector<key>> leave(std::size_t count, says_of_key const& pinned,
                                                              says_of_key const& is_gone,
                                                              says_of_all const& are_all) = 0;
};

template <class Order>
class possible_orders final : public simple_room_order {
 public:
  static std::unique_ptr<simple_room_order> make() { return std::make_unique<possible_orders>(); }

  void add(key k) override {
    for (auto& each : all_) each.add(k);
  }
  void use(key k) override {
    for (auto& each : all_) each.use(k);
  }
  void erase(key k) override {
    for (auto& each : all_) each.erase(k);
  }
  void perhaps_searched(says_of_key const& pinned) override {
    auto after = all_;
    for (auto& each : after) {
      static_cast<void>(each.next(pinned));
      keep(std::move(each), all_);
    }
  }
  [[nodiscard]] std::optional<std::vector<key>> leave(std::size_t count, says_of_key const& pinned,
                                                      says_of_key const& is_gone, says_of_all const& are_all) override {
    std::vector<Order> left;
    std::optional<std::vector<key>> who;
    for (auto& each : all_) {
      std::vector<key> gone;
      while (gone.size() != count) {
        auto const k = each.evict(pinned);
        if (!k || !is_gone(*k)) break;
        gone.push_back(*k);
      }
      if (gone.size() != count || !are_all(gone)) continue;
      if (!who) who = std::move(gone);
      keep(std::move(each), left);
    }
    all_ = std::move(left);
    return who;
  }

 private:
  static void keep(Order&& one, std::vector<Order>& in) {
    if (std::find(in.begin(), in.end(), one) == in.end()) in.push_back(std::move(one));
  }

  std::vector<Order> all_ = std::vector<Order>(1);
};

}  // namespace testing

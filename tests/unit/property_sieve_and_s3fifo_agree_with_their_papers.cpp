// SPDX-License-Identifier: Apache-2.0
//
// evict<sieve> and evict<s3fifo> against their oracles, key by key: one frame a device, all of one size, and a cap of so many of
// them, so that who leaves is the order's to say alone. A key is looked up, and put when it is not there; now and then one is
// erased. What leaves is seen by what is missed from then on.
#include <doctest/doctest.h>

#include "model/simple_orders.hpp"
#include "support/homes.hpp"

#include <algorithm>
#include <random>
#include <string>
#include <vector>

namespace {

template <class Cache, class Order>
class orders_of_two final {
 public:
  orders_of_two(std::size_t capacity, std::size_t keys) : order_{capacity} {
    for (std::size_t k = 0; k != keys; ++k) {
      streams_.push_back(camera_.begin(camera_.device("camera " + std::to_string(k))));
      REQUIRE(testing::holds(streams_.back()));
    }
    REQUIRE(put(0));
    auto const each = ops_.counts(testing::tenant(1)).charged;
    REQUIRE(streams_[0].erase().status == fc::order_status::done);
    auto const cap = fc::byte_count{each * capacity};
    REQUIRE(ops_.set_budget(testing::tenant(1), {.cap = cap}) == fc::order_status::done);
  }

  // Returns whether both held the key.
  bool use(std::size_t k) {
    auto const& stream = streams_[k];
    bool const hit = testing::holds(eye_.find(stream.device(), stream.generation()));
    REQUIRE_MESSAGE(hit == order_.use(k), "at step " << steps_ << "; " << told_);
    ++steps_;
    if (hit) return true;
    REQUIRE(put(k));
    if (auto const victim = order_.insert(k)) told_ = "the oracle's last victim: " + std::to_string(*victim);
    REQUIRE(ops_.counts(testing::tenant(1)).frames == order_.size());
    return false;
  }
  void erase(std::size_t k) {
    ++steps_;
    REQUIRE(streams_[k].erase().status == fc::order_status::done);
    order_.erase(k);
    REQUIRE(ops_.counts(testing::tenant(1)).frames == order_.size());
  }

 private:
  bool put(std::size_t k) {
    return testing::put(streams_[k], "one of many that are alike") == fc::commit_status::committed;
  }

  testing::house<Cache> home_{{.capacity = fc::mebibytes{4}}};
  fc::publisher camera_ = home_.cache.publisher(home_.keys.publisher(1));
  typename Cache::template viewer_type<> eye_ = home_.cache.viewer(home_.keys.viewer(1));
  typename Cache::admin_type ops_ = home_.cache.admin(home_.keys.admin());
  std::vector<fc::stream> streams_;
  Order order_;
  std::size_t steps_ = 0;
  std::string told_;
};

// Half of all uses go to an eighth of the keys; in waves, all come by in turn.
template <class Cache, class Order>
void agree(std::size_t capacity, std::uint64_t seed) {
  auto const keys = capacity * 3;
  orders_of_two<Cache, Order> both{capacity, keys};
  std::mt19937_64 random{seed};
  int hits = 0;
  constexpr int steps = 3'000;
  for (int i = 0; i != steps; ++i) {
    auto const any = static_cast<std::size_t>(random() % keys);
    bool const scans = i / 500 % 3 == 2;
    auto const k = scans ? static_cast<std::size_t>(i) % keys : random() % 2 == 0 ? any / 8 : any;
    if (random() % 32 == 0) {
      both.erase(k);
    } else {
      hits += both.use(k) ? 1 : 0;
    }
  }
  CHECK(hits > steps / 8);
  CHECK(hits < steps * 7 / 8);
}

}  // namespace

TEST_CASE("evict<sieve>: whoever leaves is whom the paper's hand takes (I1)") {
  for (std::size_t const capacity : {std::size_t{3}, std::size_t{10}, std::size_t{37}, std::size_t{100}}) {
    agree<fc::frame_cache<fc::evict<fc::sieve>>, testing::simple_sieve>(capacity, 7 + capacity);
  }
}

TEST_CASE("evict<s3fifo>: whoever leaves is whom the paper's queues let go (I1)") {
  for (std::size_t const capacity : {std::size_t{10}, std::size_t{30}, std::size_t{100}}) {
    agree<fc::frame_cache<fc::evict<fc::s3fifo>>, testing::simple_s3fifo>(capacity, 8 + capacity);
  }
}

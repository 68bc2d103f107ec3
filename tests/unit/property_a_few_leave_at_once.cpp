// SPDX-License-Identifier: Apache-2.0
//
// Who leaves a large cache, and how many in advance, in scripts that nobody chose: twelve homes put and look at frames of one size,
// twice as many as there is room for, and their floors change. A neighbour holds the rest of nine mebibytes.
//
// Every use has a tick of its own, so that there is one least recently used frame at any time, of each home and of all.
#include <doctest/doctest.h>

#include "model/owned_bytes.hpp"
#include "support/every_script.hpp"
#include "support/homes.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace {

constexpr fc::mebibytes capacity_of_street{9};
constexpr std::size_t homes_of_street = 12;
constexpr std::uint64_t room_of_street = std::uint64_t{128} * 1024;

struct street_keys final {
  testing::book all;
  std::string admin = all.admin();
  std::vector<std::string> publisher, viewer;
  street_keys() {
    for (std::uint64_t n = 0; n <= homes_of_street; ++n) {
      publisher.push_back(all.publisher(n + 1));
      viewer.push_back(all.viewer(n + 1));
    }
  }
  static street_keys const& get() {
    static street_keys const keys;
    return keys;
  }
};

// How often something happened, over all scripts.
struct street_coverage final {
  std::uint64_t puts = 0, finds = 0, evictions = 0, several = 0, eight = 0, above_share = 0;
};

template <class Cache>
class crowded_street final {
 public:
  crowded_street(std::uint64_t payload, bool shared, street_coverage& seen)
      : shared_(shared), seen_(seen), payload_(payload) {
    for (std::size_t n = 0; n <= homes_of_street; ++n) all_.emplace_back(cache_, n);
    put(0, 1);
    charge_ = counts(0).charged;
    pictures_ = static_cast<std::uint32_t>(2 * room_of_street / charge_ / homes_of_street);
    // Once there is room for everything, so that no table has to grow later: many more would leave for one.
    put_all(2, pictures_);
    for (std::size_t n = 0; n != homes_of_street; ++n) {
      expect(all_[n].stream.erase().status == fc::order_status::done, "not erased");
    }
    by_use_.clear();
    hold_the_rest();
    put_all(1, pictures_ / 2);
  }

  std::string play(std::vector<std::uint32_t> const& words) {
    for (auto const word : words) {
      auto const n = std::size_t{word >> 8} % homes_of_street;
      auto const k = 1 + (word >> 16) % pictures_;
      switch (word % 16) {
        case 0: floor(n, (word >> 16) % (2 * pictures_)); break;
        case 1:
        case 2:
        case 3:
        case 4: find(n, k); break;
        default: put(n, k);
      }
      if (!wrong_.empty())
        return wrong_ + ", in home " + std::to_string(n) + " with " + std::to_string(payload_) + " bytes";
    }
    return wrong_;
  }

 private:
  struct home final {
    home(Cache const& in, std::size_t n)
        : publisher{in.publisher(street_keys::get().publisher[n])}, eye{in.viewer(street_keys::get().viewer[n])} {}
    fc::publisher publisher;
    typename Cache::template viewer_type<> eye;
    fc::stream stream = publisher.begin(publisher.device("porch"));
    std::optional<std::uint64_t> floor{};
    std::uint64_t evictions = 0;
  };
  struct picture final {
    std::size_t home;
    std::uint32_t number;
    friend bool operator==(picture const&, picture const&) = default;
  };

  // Also begins a tick.
  fc::tenant_counts counts(std::size_t n) { return ops_.counts(testing::tenant(n + 1)); }
  bool has(picture const& p) {
    auto const& s = all_[p.home].stream;
    return testing::holds(all_[p.home].eye.find(s.device(), s.generation(), numbered(p.number)));
  }
  static fc::rendition numbered(std::uint32_t k) { return {static_cast<std::uint16_t>(k), 1, fc::rotation::none}; }
  void expect(bool right, std::string const& otherwise) {
    if (!right && wrong_.empty()) wrong_ = otherwise;
  }

  // What the pictures lay in is free and still the cache's: the neighbour takes everything else, and half of that goes.
  void hold_the_rest() {
    auto& rich = all_[homes_of_street];
    auto const now = cache_.stats();
    testing::owned_bytes owner{{"x"}, now.capacity - now.resident - 1024};
    expect(rich.stream.adopt(std::move(owner), {}) == fc::commit_status::committed, "there is no room to begin with");
    rest_ = rich.eye.find(rich.stream.device(), rich.stream.generation());
    expect(testing::holds(rest_), "what was adopted is not there");
    capacity_ = now.capacity - room_of_street;
    expect(ops_.resize(fc::byte_count{capacity_}) == fc::order_status::done, "no other bound");
    most_at_once_ = std::clamp<std::uint64_t>(capacity_ / 4096 / charge_, 1, 8);
  }

  void put_all(std::uint32_t first, std::uint32_t last) {
    for (auto k = first; k <= last; ++k) {
      for (std::size_t n = 0; n != homes_of_street; ++n) put(n, k);
    }
  }
  void floor(std::size_t n, std::uint32_t pictures) {
    all_[n].floor = pictures >= pictures_ ? std::nullopt : std::optional{pictures * charge_};
    fc::budget bounds{};
    if (all_[n].floor) bounds.floor = fc::byte_count{*all_[n].floor};
    expect(ops_.set_budget(testing::tenant(n + 1), bounds) == fc::order_status::done, "no budget");
  }
  void find(std::size_t n, std::uint32_t k) {
    ++seen_.finds;
    auto const at = std::find(by_use_.begin(), by_use_.end(), picture{n, k});
    bool const there = at != by_use_.end();
    expect(has({n, k}) == there, there ? "a frame has left unseen" : "a frame is back");
    if (there) used({n, k});
  }
  void used(picture const& p) {
    std::erase(by_use_, p);
    by_use_.push_back(p);
    static_cast<void>(counts(p.home));
  }

  void put(std::size_t n, std::uint32_t k) {
    ++seen_.puts;
    auto draft = all_[n].stream.stage(fc::byte_count{payload_}, numbered(k));
    bool const done = std::move(draft).commit({.size = fc::byte_count{payload_}}) == fc::commit_status::committed;
    expect(done, "a put was refused");
    auto const now = cache_.stats();
    if (now.evictions != evictions_) settle(now.evictions - evictions_, {n, k});
    evictions_ = now.evictions;
    used({n, k});
    expect(now.resident <= now.capacity, "I10: resident exceeds capacity");
    if (testing::holds(rest_)) most_there_ = std::max(most_there_, by_use_.size());
    // A camera keeps the block that its last put left, and of several homes the one that pays may be another than the one that has it.
    auto const kept = shared_ ? 0 : homes_of_street;
    expect(by_use_.size() + most_at_once_ + kept >= most_there_, "more has left than the early part");
    expect(now.frames == by_use_.size() + (testing::holds(rest_) ? 1 : 0), "another number of frames is there");
  }

  // What has left for this put is the least recently used, and no more than the early part in advance.
  void settle(std::uint64_t count, picture const& put) {
    seen_.evictions += count;
    seen_.several += count > 1 ? 1 : 0;
    seen_.eight += count == 8 ? 1 : 0;
    expect(count <= most_at_once_, std::to_string(count) + " left at once");
    std::vector<picture> left;
    for (std::size_t i = 0; i != homes_of_street; ++i) {
      auto const lost = counts(i).evictions - all_[i].evictions;
      all_[i].evictions += lost;
      if (!shared_ && lost != 0) expect_may_pay(i, put.home, lost);
      auto rest = lost;
      for (auto const& p : by_use_) {
        if (p.home == i && rest != 0) left.push_back(p), --rest;
      }
    }
    for (auto const& p : left) expect(p == put || !has(p), "another frame left than its home's least recently used");
    auto const leaves = [&](picture const& p) { return std::find(left.begin(), left.end(), p) != left.end(); };
    if (shared_) {
      auto const last = by_use_.begin() + static_cast<std::ptrdiff_t>(std::min(left.size(), by_use_.size()));
      expect(std::all_of(by_use_.begin(), last, leaves), "another frame left than the least recently used of all");
    }
    std::erase_if(by_use_, leaves);
  }

  // A frame leaves from above its home's share, or from where there is no less than who asked would have; one of each home. Only
  // where nobody else may does it cost who asked.
  void expect_may_pay(std::size_t i, std::size_t who, std::uint64_t lost) {
    expect(lost == 1, "one home paid twice");
    if (i != who) return expect(may_pay(i, who), "a home paid with what it is guaranteed");
    for (std::size_t j = 0; j != homes_of_street; ++j) expect(j == who || !may_pay(j, who), "others had to pay first");
  }
  bool may_pay(std::size_t i, std::size_t who) {
    auto const wants = charged(who) + charge_;
    bool const above = wants <= share(who) && charged(i) > share(i);
    seen_.above_share += above ? 1 : 0;
    return above || (!all_[i].floor && charged(i) >= wants);
  }
  // Before this put.
  std::uint64_t charged(std::size_t i) const {
    return charge_ * static_cast<std::uint64_t>(
                         std::count_if(by_use_.begin(), by_use_.end(), [&](picture const& p) { return p.home == i; }));
  }
  std::uint64_t share(std::size_t i) const {
    std::uint64_t sharers = 1;  // with the neighbour
    for (std::size_t j = 0; j != homes_of_street; ++j) sharers += j == i || charged(j) != 0 ? 1 : 0;
    return all_[i].floor.value_or(capacity_ / sharers);
  }

  bool const shared_;
  street_coverage& seen_;
  std::uint64_t const payload_;
  fc::registry homes_{street_keys::get().all};
  Cache cache_{homes_, {.capacity = capacity_of_street}};
  typename Cache::admin_type ops_ = cache_.admin(street_keys::get().admin);
  std::deque<home> all_;  // the last is the one that holds the rest
  typename Cache::template handle_type<> rest_;
  std::uint64_t charge_ = 0;
  std::uint32_t pictures_ = 0;
  std::size_t most_there_ = 0;  // once there was no more room
  std::uint64_t evictions_ = 0;
  std::uint64_t capacity_ = 0;
  std::uint64_t most_at_once_ = ~std::uint64_t{0};
  std::deque<picture> by_use_;  // the least recently used first
  std::string wrong_;
};

template <class Cache>
street_coverage walk(bool shared) {
  street_coverage seen;
#if defined(NDEBUG)
  constexpr int scripts = 400;
#else
  constexpr int scripts = 20;
#endif
  testing::every_script(scripts, 600, 20'241'127, [&](std::vector<std::uint32_t> const& words) {
    constexpr std::array<std::uint64_t, 5> payloads{1, 1, 300, 800, 1800};
    auto const payload = payloads[words.empty() ? 0 : words.front() % payloads.size()];
    crowded_street<Cache> street{payload, shared, seen};
    return street.play(words);
  });
  MESSAGE(seen.puts << " puts, " << seen.evictions << " evicted, " << seen.several << " times several, " << seen.eight
                    << " times eight, " << seen.above_share << " from above a share");
  return seen;
}

}  // namespace

TEST_CASE("fair: a few leave at once, each the oldest of a home that may pay (I10, I11)") {
  auto const seen = walk<fc::frame_cache<>>(false);
  CHECK(seen.several > seen.puts / 100);
  CHECK(seen.eight > 0);
  CHECK(seen.above_share > 0);
}
TEST_CASE("shared: a few leave at once, the oldest of all (I10)") {
  auto const seen = walk<fc::frame_cache<fc::isolate<fc::shared>>>(true);
  CHECK(seen.several > seen.puts / 100);
  CHECK(seen.eight > seen.puts / 1000);
}

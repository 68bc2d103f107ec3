// SPDX-License-Identifier: Apache-2.0
//
// A relay has very many homes, and most have three cameras: what such a home costs is counted in bytes, not in pages. Its index is a part
// of its room until more than seven derived pictures lie there; then a table is what one is, eight lines, and no page.
#include <doctest/doctest.h>

#include "support/homes.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace {

// Homes that grow alike, so that what many of them share (chunks of the slab, pages of the directory, parts of an order) is told from
// what each costs.
template <class Cache>
class row_of_homes final {
 public:
  static constexpr std::uint64_t homes = 2000;
  static constexpr std::array names{"front door", "garden", "hall"};

  row_of_homes() {
    std::vector<std::string> credentials;
    for (std::uint64_t i = 0; i != homes; ++i) credentials.push_back(keys_.publisher(i + 1));
    auto const before = resident();
    for (auto const& each : credentials) {
      auto const camera = cache_.publisher(each);
      for (auto const* name : names) streams_.push_back(camera.begin(camera.device(name)));
    }
    a_home_ = (resident() - before) / homes;
  }

  // Bytes that one home of three cameras costs, beside its frames.
  [[nodiscard]] std::uint64_t a_home() const { return a_home_; }
  // Bytes that each home costs more when each of its first `cameras` has another picture; the source, for 0.
  [[nodiscard]] std::uint64_t pictures(std::uint16_t number, std::size_t cameras) {
    auto const before = resident();
    for (std::size_t i = 0; i != streams_.size(); ++i) {
      if (i % names.size() >= cameras) continue;
      auto const which = number == 0 ? fc::rendition::source() : fc::rendition{number, number, fc::rotation::none};
      auto draft = streams_[i].stage(fc::byte_count{10U}, which);
      REQUIRE(std::move(draft).commit({.size = fc::byte_count{10U}}) == fc::commit_status::committed);
    }
    return (resident() - before) / homes;
  }
  [[nodiscard]] fc::tenant_counts counts() const { return cache_.admin(admin_).counts(testing::tenant(17)); }
  [[nodiscard]] std::uint64_t evictions() const { return cache_.stats().evictions; }

 private:
  [[nodiscard]] std::uint64_t resident() const { return cache_.stats().resident; }

  testing::book keys_;
  std::string admin_ = keys_.admin();
  fc::registry registry_{keys_};
  Cache cache_{registry_, {.capacity = fc::mebibytes{64}}};
  std::vector<fc::stream> streams_;
  std::uint64_t a_home_ = 0;
};

constexpr std::uint64_t a_page = 4096;
constexpr std::uint64_t a_frame = testing::small_frame;
// What of the heads and ends of chunks comes to a home.
constexpr std::uint64_t slack = 64;
// The order of use grows by eight frames, then by sixteen.
constexpr std::uint64_t eight_in_order = std::uint64_t{8} * 16;
constexpr std::uint64_t sixteen_in_order = 2 * eight_in_order;

}  // namespace

TEST_CASE("a home of three cameras costs less than a page, and three frames little more than themselves (I10)") {
  row_of_homes<fc::frame_cache<>> fair;
  CHECK(fair.a_home() < a_page);
  CHECK(fair.counts().charged == 0);
  CHECK(fair.pictures(0, 3) <= 3 * a_frame + eight_in_order + slack);
  CHECK(fair.counts().charged == 3 * a_frame);
  CHECK(fair.counts().devices == 3);

  row_of_homes<fc::frame_cache<fc::isolate<fc::shared>>> together;
  CHECK(together.a_home() < a_page);
  CHECK(together.pictures(0, 3) <= 3 * a_frame + eight_in_order + slack);
}

TEST_CASE("seven derived pictures need no table, and the next one that needs one pays for its lines (I10)") {
  row_of_homes<fc::frame_cache<>> homes;
  static_cast<void>(homes.pictures(0, 3));
  // The first three, and another two of each.
  CHECK(homes.pictures(1, 3) <= 3 * a_frame + slack);
  CHECK(homes.pictures(2, 2) <= 2 * a_frame + slack);
  CHECK(homes.pictures(3, 2) <= 2 * a_frame + sixteen_in_order + slack);
  constexpr auto table = fc::engine::table_memory::small_buckets * sizeof(fc::engine::bucket);
  static_assert(table * 8 == a_page);
  auto const with_a_table = homes.pictures(4, 1);
  CHECK(with_a_table >= a_frame + table);
  CHECK(with_a_table <= a_frame + table + slack);
  CHECK(homes.evictions() == 0);
}

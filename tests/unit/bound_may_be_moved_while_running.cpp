// SPDX-License-Identifier: Apache-2.0
//
// admin.resize(): the bound holds at every moment, and what is held is not taken from whoever holds it.
#include <doctest/doctest.h>

#include "support/homes.hpp"

#include <vector>

namespace {

struct growing : testing::house<> {
  growing()
      : testing::house<>{
            {.capacity = fc::mebibytes{1}, .most_capacity = fc::mebibytes{4}, .audit_each_operation = true}} {}

  fc::publisher camera = cache.publisher(keys.publisher(1));
  fc::stream stream = camera.begin(camera.device("porch"));
  fc::frame_cache<>::admin_type ops = cache.admin(keys.admin());
  std::vector<fc::draft> drafts;

  void fill_with_frames() {
    for (std::uint16_t width = 1; width != 200; ++width) {
      auto draft = stream.stage(fc::byte_count{10'000U}, {width, 1, fc::rotation::none});
      REQUIRE(std::move(draft).commit({.size = fc::byte_count{10'000U}}) == fc::commit_status::committed);
    }
  }
  void fill_with_drafts() {
    while (auto draft = stream.stage(fc::byte_count{10'000U})) drafts.push_back(std::move(draft));
  }
};

}  // namespace

TEST_CASE("a lower capacity evicts until everything fits, and binds from then on (I10)") {
  growing h;
  h.fill_with_frames();
  REQUIRE(h.cache.stats().resident > 512 * 1024);
  CHECK(h.ops.resize(fc::kibibytes{512}) == fc::order_status::done);
  CHECK(h.cache.stats().capacity == 512 * 1024);
  CHECK(h.cache.stats().resident <= 512 * 1024);
  h.fill_with_frames();
  CHECK(h.cache.stats().resident <= 512 * 1024);
}

TEST_CASE("a capacity that what is held does not fit is no_room, and the bound stays as it was (I10, I12)") {
  growing h;
  h.fill_with_drafts();
  CHECK(h.ops.resize(fc::kibibytes{512}) == fc::order_status::no_room);
  CHECK(h.cache.stats().capacity == 1024 * 1024);
  for (auto& draft : h.drafts) CHECK(draft.bytes().size() == 10'000);
  h.drafts.clear();
  CHECK(h.ops.resize(fc::kibibytes{512}) == fc::order_status::done);
}

TEST_CASE("a larger capacity takes more, and none is taken beyond config.most_capacity (I10)") {
  growing h;
  h.fill_with_drafts();
  auto const before = h.drafts.size();
  CHECK(h.ops.resize(fc::mebibytes{5}) == fc::order_status::refused);
  CHECK(h.ops.resize(fc::byte_count{1000U}) == fc::order_status::refused);
  CHECK(h.cache.stats().capacity == 1024 * 1024);
  CHECK(h.ops.resize(fc::mebibytes{4}) == fc::order_status::done);
  h.fill_with_drafts();
  CHECK(h.drafts.size() > 3 * before);
  CHECK(h.cache.stats().resident <= 4 * 1024 * 1024);
}

TEST_CASE("only an admin moves the bound (P3)") {
  testing::book keys;
  fc::registry homes{keys};
  fc::engine::store store{homes, {.capacity = fc::mebibytes{1}}, {}, &fc::engine::hash_with_xxh3};
  for (auto const role : {fc::role::viewer, fc::role::publisher, fc::role::steward}) {
    fc::core::scope const who{homes, keys.issue(role, 1), role, "anyone"};
    CHECK(store.resize(who, fc::kibibytes{512}) == fc::order_status::refused);
  }
  CHECK(store.stats().capacity == 1024 * 1024);
}

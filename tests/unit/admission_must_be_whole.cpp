// SPDX-License-Identifier: Apache-2.0
//
// I12: what is not acceptable opens nothing, says `refused`, and is counted.
#include <doctest/doctest.h>

#include "support/homes.hpp"

namespace {
struct kitchen_hub {
  static constexpr std::string_view audience = "kitchen_hub";
};
using cache_of_two_audiences = fc::frame_cache<fc::audiences<fc::anyone, kitchen_hub>>;
}  // namespace

TEST_CASE("a credential that nobody issued opens no role, and each is counted (I12)") {
  testing::house<> h;
  auto const eye = h.cache.viewer("forged");
  auto const camera = h.cache.publisher("forged");
  auto const steward = h.cache.steward("");
  auto const ops = h.cache.admin("forged");
  CHECK_FALSE(eye);
  CHECK_FALSE(camera);
  CHECK_FALSE(steward);
  CHECK_FALSE(ops);
  CHECK(eye.why() == fc::refusal::refused);
  CHECK(camera.why() == fc::refusal::refused);
  CHECK(steward.why() == fc::refusal::refused);
  CHECK(ops.why() == fc::refusal::refused);
  CHECK(h.cache.stats().credentials_refused == 4);
  CHECK(h.cache.stats().tenants == 0);
  CHECK(h.homes.tenants() == 0);
}

TEST_CASE("each role opens with its own credential only, and every other is counted as refused (I12)") {
  testing::house<> h;
  for (auto const role : {fc::role::viewer, fc::role::publisher, fc::role::steward, fc::role::admin}) {
    auto const key = h.keys.issue(role, 1);
    auto const before = h.homes.credentials_refused();
    CHECK(static_cast<bool>(h.cache.viewer(key)) == (role == fc::role::viewer));
    CHECK(static_cast<bool>(h.cache.publisher(key)) == (role == fc::role::publisher));
    CHECK(static_cast<bool>(h.cache.steward(key)) == (role == fc::role::steward));
    CHECK(static_cast<bool>(h.cache.admin(key)) == (role == fc::role::admin));
    CHECK(h.homes.credentials_refused() == before + 3);
  }
}

TEST_CASE("a tenant or a principal of value zero is refused: it is what an unset column reads as (I2)") {
  testing::house<> h;
  CHECK(h.cache.viewer(h.keys.viewer(0)).why() == fc::refusal::refused);
  CHECK(h.cache.viewer(h.keys.viewer(1, 0)).why() == fc::refusal::refused);
  CHECK(h.cache.publisher(h.keys.publisher(0, 0)).why() == fc::refusal::refused);
  CHECK(h.homes.credentials_refused() == 3);
  CHECK(h.homes.tenants() == 0);
  CHECK(testing::holds(h.cache.viewer(h.keys.viewer(~std::uint64_t{0}, ~std::uint64_t{0}))));
}

TEST_CASE("an audience that the admission does not list is refused, and a list is no prefix match") {
  testing::house<cache_of_two_audiences> h;
  auto admission = testing::book::admission(fc::role::viewer, 1, 7);
  auto const for_anyone = h.keys.issue(admission);
  admission.audiences = fc::audience_list::of<kitchen_hub>();
  auto const for_hub = h.keys.issue(admission);
  admission.audiences = fc::audience_list::of<fc::anyone, kitchen_hub>();
  auto const for_both = h.keys.issue(admission);
  admission.audiences = fc::audience_list::named({"kitchen_hubs", "kitchen", "Kitchen_hub", ""});
  auto const for_neither = h.keys.issue(admission);

  CHECK(testing::holds(h.cache.viewer(for_anyone)));
  CHECK(h.cache.viewer<kitchen_hub>(for_anyone).why() == fc::refusal::refused);
  CHECK(h.cache.viewer(for_hub).why() == fc::refusal::refused);
  CHECK(testing::holds(h.cache.viewer<kitchen_hub>(for_hub)));
  CHECK(testing::holds(h.cache.viewer(for_both)));
  CHECK(testing::holds(h.cache.viewer<kitchen_hub>(for_both)));
  CHECK_FALSE(testing::holds(h.cache.viewer(for_neither)));
  CHECK_FALSE(testing::holds(h.cache.viewer<kitchen_hub>(for_neither)));
  CHECK(h.homes.credentials_refused() == 4);
}

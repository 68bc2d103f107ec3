// SPDX-License-Identifier: Apache-2.0
//
// P3: what was moved by memcpy or made up by a cast meets a seal.
#include <doctest/doctest.h>

#include "support/homes.hpp"

#include <array>
#include <cstddef>
#include <cstring>

namespace {
fc::core::scope const& scope_copied_by_bytes(fc::core::scope const& from,
                                             std::array<std::byte, sizeof(fc::core::scope)>& to) {
  std::memcpy(to.data(), &from, sizeof from);
  return *reinterpret_cast<fc::core::scope const*>(to.data());
}
}  // namespace

TEST_CASE("a scope that was copied by its bytes opens nothing (P3)") {
  testing::house<> h;
  auto camera = h.cache.publisher(h.keys.publisher(1));
  REQUIRE(camera.device("front door"));
  fc::core::scope const eye{h.homes, h.keys.viewer(1), fc::role::viewer, "anyone"};
  REQUIRE(eye.check(fc::role::viewer, fc::capability::view) == fc::refusal::none);

  alignas(fc::core::scope) std::array<std::byte, sizeof(fc::core::scope)> bytes;
  auto const& copy = scope_copied_by_bytes(eye, bytes);
  CHECK(copy.check(fc::capability::view) == fc::refusal::refused);
  CHECK(copy.check(fc::role::viewer, fc::capability::view) == fc::refusal::refused);
  CHECK_FALSE(copy.is(fc::role::viewer));
  CHECK_FALSE(copy.of(h.homes));
  CHECK_FALSE(copy.tenant().has_value());
  CHECK_FALSE(copy.slot().has_value());
  CHECK(copy.label() == 0);
  CHECK(copy.principal_word() == 0);
  CHECK_FALSE(h.homes.device(copy, "front door").has_value());
  // Sharing the authority of what has none gives none.
  fc::core::scope const shared{copy, fc::core::same_authority};
  CHECK_FALSE(shared.opened());
  CHECK(shared.check(fc::capability::view) == fc::refusal::refused);
}

TEST_CASE("the same authority once more is revoked, suspended and expired with the first") {
  testing::clock_keeper const keeper;
  testing::house<> h;
  auto admission = testing::book::admission(fc::role::viewer, 1, 7);
  admission.expires = fc::expiry::at(fc::base::wall_now() + std::chrono::seconds{60});
  auto ops = h.cache.admin(h.keys.admin());
  std::optional<fc::core::scope> first;
  auto const key = h.keys.issue(admission);
  first.emplace(h.homes, key, fc::role::viewer, "anyone");
  fc::core::scope const second{*first, fc::core::same_authority};
  first.reset();  // the authority outlives the object it came from
  CHECK(second.check(fc::role::viewer, fc::capability::view) == fc::refusal::none);
  CHECK(second.tenant() == testing::tenant(1));
  REQUIRE(ops.suspend(testing::tenant(1)) == fc::order_status::done);
  CHECK(second.check(fc::capability::view) == fc::refusal::suspended);
  REQUIRE(ops.resume(testing::tenant(1)) == fc::order_status::done);
  CHECK(second.check(fc::capability::view) == fc::refusal::none);
  fc::base::advance_clocks(std::chrono::seconds{60});
  CHECK(second.check(fc::capability::view) == fc::refusal::refused);
}

TEST_CASE("a scope opens the role it was made for and no other") {
  testing::house<> h;
  fc::core::scope const eye{h.homes, h.keys.viewer(1), fc::role::viewer, "anyone"};
  CHECK(eye.check(fc::role::publisher, fc::capability::publish) == fc::refusal::refused);
  CHECK_FALSE(eye.commands(fc::role::steward));
  CHECK_FALSE(eye.commands(fc::role::admin));
  CHECK_FALSE(h.homes.slot_of(eye, testing::tenant(1)).has_value());
  CHECK(h.homes.forget(eye, fc::device_id{std::uint64_t{1}}) == fc::order_status::refused);
}

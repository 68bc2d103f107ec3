// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "support/homes.hpp"

#include <stdexcept>

namespace {
class authenticator_that_throws final : public fc::authenticator {
 public:
  std::optional<fc::admission> authenticate(std::string_view credential) const override {
    if (credential == "unreachable") throw std::runtime_error("the session store is away");
    return testing::book::admission(credential == "camera" ? fc::role::publisher : fc::role::viewer, 1, 7);
  }
};
}  // namespace

TEST_CASE("what the authenticator throws reaches the caller, and nothing was opened (I12)") {
  authenticator_that_throws check;
  fc::registry homes{check};
  fc::frame_cache<> cache{homes, {.capacity = fc::mebibytes{1}}};
  auto const before = cache.stats().resident;
  CHECK_THROWS_AS(static_cast<void>(cache.viewer("unreachable")), std::runtime_error);
  CHECK_THROWS_AS(static_cast<void>(cache.publisher("unreachable")), std::runtime_error);
  CHECK_THROWS_AS(static_cast<void>(cache.steward("unreachable")), std::runtime_error);
  CHECK_THROWS_AS(static_cast<void>(cache.admin("unreachable")), std::runtime_error);
  CHECK_THROWS_AS(static_cast<void>(cache.with_viewer("unreachable", [](auto&) { FAIL("reached"); })),
                  std::runtime_error);
  CHECK(homes.tenants() == 0);
  CHECK(cache.stats().tenants == 0);
  CHECK(cache.stats().resident == before);
  CHECK(cache.stats().credentials_refused == 0);

  // And the cache goes on.
  auto camera = cache.publisher("camera");
  CHECK(testing::put(camera.begin(camera.device("front door")), "a frame") == fc::commit_status::committed);
  CHECK(cache.viewer("eye").device("front door").has_value());
}

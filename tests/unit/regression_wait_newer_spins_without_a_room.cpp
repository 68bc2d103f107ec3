// SPDX-License-Identifier: Apache-2.0
//
// A viewer without a room has nothing to wait in: wait_newer must not ask again and again until its deadline.
#include <doctest/doctest.h>

#include "support/homes.hpp"

using namespace std::chrono_literals;

TEST_CASE("wait_newer of a viewer that the cache has no room for answers at once") {
  testing::book keys;
  fc::registry homes{keys};
  using strict_cache = fc::frame_cache<fc::isolate<fc::strict>>;
  strict_cache roomy{homes, {.capacity = fc::mebibytes{1}, .tenant_partition = fc::kibibytes{128}}};
  strict_cache cache{homes, {.capacity = fc::kibibytes{512}, .tenant_partition = fc::kibibytes{300}}};
  auto first = cache.viewer(keys.viewer(1));
  REQUIRE(first);
  auto camera = roomy.publisher(keys.publisher(2));
  auto const device = *camera.device("porch");
  auto eye = cache.viewer(keys.viewer(2));
  REQUIRE(eye.why() == fc::refusal::no_room);
  auto const deadline = std::chrono::steady_clock::now() + 200ms;
  static_cast<void>(eye.wait_newer(device, fc::frame_sequence{std::uint64_t{0}}, deadline));
  CHECK(std::chrono::steady_clock::now() < deadline);
}

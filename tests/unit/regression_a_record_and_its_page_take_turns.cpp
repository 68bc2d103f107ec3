// SPDX-License-Identifier: Apache-2.0
//
// A device that is new may need a chunk for its record and a page for its word. Where there is room for either and not for both, one that
// was given back for the other was taken again, for ever.
#include <doctest/doctest.h>

#include "support/homes.hpp"

#include <string>

TEST_CASE(
    "a stream that begins where there is room for a device's record or its page, not for both, is told so (I10)") {
  testing::house<> h{{.capacity = fc::kibibytes{512}}};
  auto camera = h.cache.publisher(h.keys.publisher(1));
  auto const first = camera.device("first");
  REQUIRE(testing::holds(first));
  auto const left = [&] { return h.cache.stats().capacity - h.cache.stats().resident; };
  constexpr std::uint64_t chunk = fc::memory::slab::chunk_bytes(512 * 1024);
  static_assert(chunk == fc::base::page_size);
  // A name takes less than a page.
  for (int i = 0; left() >= 2 * chunk; ++i) {
    auto name = std::to_string(i);
    name.resize(200, 'x');
    REQUIRE(testing::holds(camera.device(name)));
  }
  REQUIRE(left() > chunk + 64);
  auto const stream = camera.begin(first);
  CHECK(stream.why() == fc::begin_status::no_room);
  CHECK(h.cache.audit().ok);
}

// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "support/homes.hpp"

#include <string>
#include <utility>
#include <vector>

namespace {

template <class Cache>
void fill_with_new_cameras(fc::config how) {
  testing::house<Cache> h{std::move(how)};
  auto camera = h.cache.publisher(h.keys.publisher(1));
  std::vector<fc::stream> streams;
  // Far more cameras than fit with their pictures, but not more than fit without.
  for (int i = 0; i != 300; ++i) {
    auto const named = camera.device("camera " + std::to_string(i));
    CAPTURE(i);
    REQUIRE(named.why() == fc::name_status::ok);
    streams.push_back(camera.begin(named));
    REQUIRE(streams.back().why() == fc::begin_status::ok);
    REQUIRE(testing::put(streams.back(), std::string(2'000, 'x')) == fc::commit_status::committed);
  }
  CHECK(h.cache.stats().evictions > 0);
  CHECK(h.cache.audit().ok);
}

}  // namespace

TEST_CASE("a home whose memory is full of pictures names another camera, with walls of its own and without") {
  fill_with_new_cameras<fc::frame_cache<fc::isolate<fc::strict>>>(
      {.capacity = fc::mebibytes{2}, .tenant_partition = fc::kibibytes{512}});
  fill_with_new_cameras<fc::frame_cache<>>({.capacity = fc::kibibytes{600}});
  fill_with_new_cameras<fc::frame_cache<fc::isolate<fc::shared>>>({.capacity = fc::kibibytes{600}});
}

// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "support/homes.hpp"

#include <cstdint>
#include <string>

namespace {

// Of four frames of a device that may have three: which of them are found, with the first looked at before the fourth came.
template <class... Policies>
std::string left_by() {
  testing::book keys;
  fc::registry homes{keys};
  fc::frame_cache<Policies...> cache{
      homes, {.capacity = fc::mebibytes{1}, .device_cap = fc::byte_count{3 * testing::small_frame}}};
  auto const camera = cache.publisher(keys.publisher(1));
  auto const stream = camera.begin(camera.device("porch"));
  auto const eye = cache.viewer(keys.viewer(1));
  auto const picture = [](std::uint16_t width) { return fc::rendition{width, 1, fc::rotation::none}; };
  auto const is_there = [&](std::uint16_t width) {
    return testing::holds(eye.find(stream.device(), stream.generation(), picture(width)));
  };
  for (std::uint16_t width = 1; width != 5; ++width) {
    if (width == 4) REQUIRE(is_there(1));
    REQUIRE(testing::put_derived(stream, picture(width), "picture") == fc::commit_status::committed);
  }
  std::string left;
  for (std::uint16_t width = 1; width != 5; ++width) left += is_there(width) ? std::to_string(width) : "-";
  return left;
}

}  // namespace

TEST_CASE("a device's cap costs it the frame that was published first of those that nobody used (I10)") {
  CHECK(left_by<>() == "1-34");
  CHECK(left_by<fc::evict<fc::sieve>>() == "1-34");
  CHECK(left_by<fc::evict<fc::s3fifo>>() == "1-34");
  CHECK(left_by<fc::isolate<fc::shared>>() == "1-34");
}

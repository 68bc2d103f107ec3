// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "support/homes.hpp"

TEST_CASE("a device that reaches its cap loses what nobody holds, and what is held can still be found (I4, I10)") {
  testing::house<> h{{.capacity = fc::mebibytes{1},
                      .device_cap = fc::byte_count{4 * testing::small_frame},
                      .audit_each_operation = true}};
  auto camera = h.cache.publisher(h.keys.publisher(1));
  auto const stream = camera.begin(camera.device("porch"));
  auto eye = h.cache.viewer(h.keys.viewer(1));
  auto const picture = [](int width) {
    return fc::rendition{static_cast<std::uint16_t>(width), 1, fc::rotation::none};
  };
  auto const put = [&](int width) {
    auto draft = stream.stage(fc::byte_count{8U}, picture(width));
    REQUIRE(std::move(draft).commit({.size = fc::byte_count{8U}}) == fc::commit_status::committed);
  };
  auto const find = [&](int width) { return eye.find(stream.device(), stream.generation(), picture(width)); };
  put(1);
  auto const held = find(1);
  REQUIRE(held);
  for (int width = 2; width != 12; ++width) put(width);
  CHECK(testing::holds(find(1)));
  CHECK_FALSE(testing::holds(find(8)));
  CHECK(testing::holds(find(11)));
  CHECK(testing::holds(eye.read(held)));
}

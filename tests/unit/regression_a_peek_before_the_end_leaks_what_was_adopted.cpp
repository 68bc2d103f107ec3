// SPDX-License-Identifier: Apache-2.0
//
// A cache that ended soon after a peek left what it had adopted to nobody: the guard was still armed, so that frames went to wait for
// a look at it that never came.
#include <doctest/doctest.h>

#include "model/owned_bytes.hpp"
#include "support/homes.hpp"

TEST_CASE("what was adopted is released when the cache ends, also right after a peek (I4)") {
  std::atomic<int> released{0};
  {
    testing::house<> h;
    auto const camera = h.cache.publisher(h.keys.publisher(1));
    auto const stream = camera.begin(camera.device("porch"));
    testing::owned_bytes owner{{"an adopted packet"}};
    owner.counting(released);
    REQUIRE(stream.adopt(std::move(owner), {}) == fc::commit_status::committed);
    auto const eye = h.cache.viewer(h.keys.viewer(1));
    REQUIRE(eye.peek(stream.device(), stream.generation(), [](fc::frame_view const&) {}) == fc::lookup_status::hit);
    CHECK(released == 0);
  }
  CHECK(released == 1);
}

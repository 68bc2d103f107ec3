// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "model/raw_source.hpp"
#include "support/homes.hpp"

#include <stdexcept>

namespace {

struct peeked_camera {
  testing::book book;
  fc::registry homes{book};
  testing::raw_source memory;
  fc::frame_cache<> cache{homes, {.capacity = fc::mebibytes{1}, .source = &memory, .audit_each_operation = true}};
  fc::publisher camera = cache.publisher(book.publisher(1));
  fc::stream stream = camera.begin(camera.device("porch"));
  fc::frame_cache<>::viewer_type<> eye = cache.viewer(book.viewer(1));
};

}  // namespace

TEST_CASE("peek shows the frame while it runs and holds nothing afterwards") {
  peeked_camera home;
  REQUIRE(testing::put(home.stream, "seen") == fc::commit_status::committed);
  std::string seen;
  CHECK(home.eye.peek(home.stream.device(), home.stream.generation(), [&](fc::frame_view const& view) {
    seen = testing::text_of(view);
    CHECK(home.cache.stats().handles == 1);
  }) == fc::lookup_status::hit);
  CHECK(seen == "seen");
  CHECK(home.cache.stats().handles == 0);
}

TEST_CASE("an exception of peek's callback lets go of the frame and propagates") {
  peeked_camera home;
  REQUIRE(testing::put(home.stream, "seen") == fc::commit_status::committed);
  CHECK_THROWS_WITH_AS(static_cast<void>(home.eye.peek(home.stream.device(), home.stream.generation(),
                                                       [](fc::frame_view const&) { throw std::runtime_error("no"); })),
                       "no", std::runtime_error);
  CHECK(home.cache.stats().handles == 0);
  CHECK(home.cache.stats().pinned == 0);
}

TEST_CASE("what is superseded or revoked while it is peeked at stays until the callback returns, and is wiped then "
          "(I4, I7)") {
  peeked_camera home;
  REQUIRE(testing::put(home.stream, "looked at") == fc::commit_status::committed);
  auto ops = home.cache.admin(home.book.admin());
  CHECK(home.eye.peek(home.stream.device(), home.stream.generation(), [&](fc::frame_view const& view) {
    static_cast<void>(home.camera.begin(home.camera.device("porch")));
    CHECK(testing::text_of(view) == "looked at");
    CHECK(ops.revoke(testing::tenant(1)).pinned == 4096);
    CHECK(testing::text_of(view) == "looked at");
    CHECK_FALSE(ops.drain(testing::tenant(1), {}));
  }) == fc::lookup_status::hit);
  CHECK(ops.drain(testing::tenant(1), {}));
  CHECK_FALSE(home.memory.contains("looked at"));
}

TEST_CASE("peek calls nothing for a frame that is not there, and says why") {
  peeked_camera home;
  auto const never = [](fc::frame_view const&) { FAIL("there is nothing to look at"); };
  CHECK(home.eye.peek(home.stream.device(), home.stream.generation(), never) == fc::lookup_status::absent);
  auto const newer = home.camera.begin(home.camera.device("porch"));
  CHECK(home.eye.peek(home.stream.device(), home.stream.generation(), never) == fc::lookup_status::superseded);
  auto ops = home.cache.admin(home.book.admin());
  REQUIRE(ops.suspend(testing::tenant(1)) == fc::order_status::done);
  CHECK(home.eye.peek(home.stream.device(), newer.generation(), never) == fc::lookup_status::suspended);
}

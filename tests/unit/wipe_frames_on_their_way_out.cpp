// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "model/owned_bytes.hpp"
#include "model/raw_source.hpp"
#include "support/homes.hpp"

// The destructor of adopted memory may call the cache (I9), here between the unlinking of several frames and their end.
TEST_CASE("nothing of a revoked tenant stays in memory, also of frames that were on their way out (I7)") {
  constexpr std::string_view secret = "superseded a moment before the revocation";
  testing::book book;
  fc::registry homes{book};
  testing::raw_source memory;
  fc::frame_cache<> cache{homes, {.capacity = fc::mebibytes{1}, .source = &memory}};
  auto camera = cache.publisher(book.publisher(1));
  auto ops = cache.admin(book.admin());
  {
    auto stream = camera.begin(camera.device("porch"));
    testing::owned_bytes owner{{"a packet"}};
    owner.calling([&] { CHECK(ops.revoke(testing::tenant(1)).status == fc::order_status::done); });
    REQUIRE(stream.adopt(std::move(owner), {}) == fc::commit_status::committed);
    auto draft = stream.stage(fc::byte_count{secret.size()}, fc::rendition{320, 180, fc::rotation::none});
    std::memcpy(draft.bytes().data(), secret.data(), secret.size());
    REQUIRE(std::move(draft).commit({.size = fc::byte_count{secret.size()}}) == fc::commit_status::committed);
    static_cast<void>(camera.begin(camera.device("porch")));  // supersedes both, and the owner's end revokes
  }
  CHECK(ops.drain(testing::tenant(1), {}));
  CHECK_FALSE(memory.contains(secret));
}

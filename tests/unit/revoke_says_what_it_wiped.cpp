// SPDX-License-Identifier: Apache-2.0
//
// I7: revoke returns how much was wiped and how much is still pinned; what is pinned stays charged until its last release.
#include <doctest/doctest.h>

#include "support/homes.hpp"

using namespace std::chrono_literals;

namespace {
constexpr std::uint64_t one_block = testing::small_frame;
}  // namespace

TEST_CASE("revoke tells wiped from pinned, and a second revoke has only the pinned left (I7)") {
  testing::house<> h;
  auto camera = h.cache.publisher(h.keys.publisher(1));
  auto const porch = camera.begin(camera.device("porch"));
  auto const hall = camera.begin(camera.device("hall"));
  auto const garden = camera.begin(camera.device("garden"));
  for (auto const* each : {&porch, &hall, &garden}) {
    REQUIRE(testing::put(*each, "a frame") == fc::commit_status::committed);
  }
  auto eye = h.cache.viewer(h.keys.viewer(1));
  std::optional held{eye.find(porch.device(), porch.generation())};
  std::optional twice{eye.share(*held)};
  auto ops = h.cache.admin(h.keys.admin());
  CHECK(ops.counts(testing::tenant(1)).pinned == one_block);

  auto const first = ops.revoke(testing::tenant(1));
  CHECK(first.status == fc::order_status::done);
  CHECK(first.wiped == 2 * one_block);
  CHECK(first.pinned == one_block);
  CHECK(h.cache.stats().wiped == 2 * one_block);
  CHECK(h.cache.stats().pinned == one_block);
  CHECK(ops.counts(testing::tenant(1)).charged == one_block);

  auto const second = ops.revoke(testing::tenant(1));
  CHECK(second.wiped == 0);
  CHECK(second.pinned == one_block);

  held.reset();
  CHECK(h.cache.stats().pinned == one_block);  // the shared handle is still out
  CHECK_FALSE(ops.drain(testing::tenant(1), std::chrono::steady_clock::now()));
  twice.reset();
  CHECK(h.cache.stats().pinned == 0);
  CHECK(ops.counts(testing::tenant(1)).charged == 0);
  CHECK(ops.drain(testing::tenant(1), std::chrono::steady_clock::now()));
  CHECK(ops.revoke(testing::tenant(1)).pinned == 0);
}

TEST_CASE("drafts that are open when a tenant is revoked are counted as pinned, and drained when they end (I7)") {
  testing::house<> h;
  auto camera = h.cache.publisher(h.keys.publisher(1));
  auto const stream = camera.begin(camera.device("porch"));
  std::optional dropped{stream.stage(fc::byte_count{8U})};
  auto committed = stream.stage(fc::byte_count{8U});
  auto ops = h.cache.admin(h.keys.admin());
  auto const answer = ops.revoke(testing::tenant(1));
  CHECK(answer.wiped == 0);
  CHECK(answer.pinned == 2 * one_block);
  CHECK(h.cache.stats().handles == 2);
  // A draft's memory is still its own: a socket may be receiving into it.
  CHECK(dropped->bytes().size() == 8);
  CHECK_FALSE(ops.drain(testing::tenant(1), std::chrono::steady_clock::now()));
  dropped.reset();
  CHECK_FALSE(ops.drain(testing::tenant(1), std::chrono::steady_clock::now() + 20ms));
  CHECK(std::move(committed).commit({.size = fc::byte_count{8U}}) == fc::commit_status::refused);
  CHECK(ops.drain(testing::tenant(1), std::chrono::steady_clock::now()));
  CHECK(h.cache.stats().handles == 0);
  CHECK(h.cache.stats().frames == 0);
}

TEST_CASE("memory that a revoked tenant held, or had freed before, reads as zero for whoever gets it next (I5, I7)") {
  testing::house<> h;
  auto camera = h.cache.publisher(h.keys.publisher(1));
  auto const stream = camera.begin(camera.device("porch"));
  std::string const secret(3000, 's');
  for (int i = 0; i != 4; ++i) REQUIRE(testing::put(stream, secret) == fc::commit_status::committed);
  auto eye = h.cache.viewer(h.keys.viewer(1));
  std::optional held{eye.find(stream.device(), stream.generation())};
  auto ops = h.cache.admin(h.keys.admin());
  auto const answer = ops.revoke(testing::tenant(1));
  CHECK(answer.wiped > 3000);  // what superseded frames had left in free blocks
  CHECK(answer.pinned == 4096);
  held.reset();

  auto neighbour = h.cache.publisher(h.keys.publisher(2));
  auto const theirs = neighbour.begin(neighbour.device("porch"));
  std::vector<fc::draft> drafts;
  for (int i = 0; i != 4; ++i) {
    drafts.push_back(theirs.stage(fc::byte_count{3000U}));
    REQUIRE(drafts.back());
    std::size_t left = 0;
    for (auto const each : drafts.back().bytes()) left += each != std::byte{0};
    CHECK(left == 0);
  }
}

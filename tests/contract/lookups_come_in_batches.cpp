// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "support/homes.hpp"

#include <array>
#include <stdexcept>

namespace {
using batch_handle = fc::frame_cache<>::handle_type<fc::anyone>;
}  // namespace

TEST_CASE("find_many answers in the order of its places, each as find() would") {
  testing::house<> h;
  auto camera = h.cache.publisher(h.keys.publisher(1));
  auto const porch = camera.begin(camera.device("porch"));
  auto const hall = camera.begin(camera.device("hall"));
  fc::rendition const small{1, 1, fc::rotation::none};
  REQUIRE(testing::put(porch, "porch") == fc::commit_status::committed);
  REQUIRE(testing::put(hall, "hall") == fc::commit_status::committed);
  auto draft = hall.stage(fc::byte_count{1U}, small);
  REQUIRE(std::move(draft).commit({.size = fc::byte_count{1U}}) == fc::commit_status::committed);
  auto eye = h.cache.viewer(h.keys.viewer(1));
  fc::stream_generation const older{std::uint64_t{1}};
  auto const found = eye.find_many(
      std::array{fc::place{hall.device(), hall.generation()}, fc::place{porch.device(), older},
                 fc::place{porch.device(), porch.generation()}, fc::place{hall.device(), hall.generation(), small},
                 fc::place{porch.device(), porch.generation(), small}, fc::place{porch.device(), porch.generation()}});
  CHECK(testing::text_of(eye.read(found[0])) == "hall");
  CHECK(found[1].why() == fc::lookup_status::superseded);
  CHECK(testing::text_of(eye.read(found[2])) == "porch");
  CHECK(eye.read(found[3]).is_rendition(small));
  CHECK(found[4].why() == fc::lookup_status::absent);
  CHECK(testing::text_of(eye.read(found[5])) == "porch");
  CHECK(h.cache.stats().hits == 4);
  CHECK(h.cache.stats().misses == 2);
  CHECK(eye.find_many(std::array<fc::place, 0>{}).empty());
}

TEST_CASE("find_many into a span lets go of what stood there, empties the rest, and looks up what fits") {
  testing::house<> h;
  auto camera = h.cache.publisher(h.keys.publisher(1));
  auto const porch = camera.begin(camera.device("porch"));
  REQUIRE(testing::put(porch, "porch") == fc::commit_status::committed);
  auto eye = h.cache.viewer(h.keys.viewer(1));
  std::array const places{fc::place{porch.device(), porch.generation()}, fc::place{porch.device(), porch.generation()}};
  std::array<batch_handle, 3> answers;
  eye.find_many(places, answers);
  CHECK(answers[0]);
  CHECK(answers[1]);
  CHECK_FALSE(answers[2]);
  CHECK(h.cache.stats().handles == 2);
  eye.find_many(std::span{places}.first(1), answers);
  CHECK(answers[0]);
  CHECK_FALSE(answers[1]);
  CHECK(h.cache.stats().handles == 1);
  auto const before = h.cache.stats().hits;
  eye.find_many(places, std::span{answers}.first(1));
  CHECK(h.cache.stats().hits == before + 1);
}

TEST_CASE("peek lends the frame for the length of a call, and lets go of it also when the call throws") {
  testing::house<> h;
  auto camera = h.cache.publisher(h.keys.publisher(1));
  auto const porch = camera.begin(camera.device("porch"));
  REQUIRE(testing::put(porch, "porch") == fc::commit_status::committed);
  auto eye = h.cache.viewer(h.keys.viewer(1));
  std::string seen;
  CHECK(eye.peek(porch.device(), porch.generation(), [&](fc::frame_view const& view) {
    seen = testing::text_of(view);
    CHECK(h.cache.stats().handles == 1);
    // No lock is held (I9): the cache may be used.
    CHECK(testing::put(porch, "the next") == fc::commit_status::committed);
    CHECK(testing::text_of(view) == "porch");
  }) == fc::lookup_status::hit);
  CHECK(seen == "porch");
  CHECK(h.cache.stats().handles == 0);
  auto const throws = [](fc::frame_view const&) { throw std::runtime_error("from a look"); };
  CHECK_THROWS_AS(static_cast<void>(eye.peek(porch.device(), porch.generation(), throws)), std::runtime_error);
  CHECK(h.cache.stats().handles == 0);
  CHECK(h.cache.stats().pinned == 0);
}

// SPDX-License-Identifier: Apache-2.0
//
// I3: a reader reaches exactly the bytes that were recorded, and what is beyond cannot be recorded.
#include <doctest/doctest.h>

#include "support/homes.hpp"

#include <algorithm>

namespace {
struct written_camera : testing::house<> {
  fc::publisher camera = cache.publisher(keys.publisher(1));
  fc::stream stream = camera.begin(camera.device("front door"));
  fc::frame_cache<>::viewer_type<fc::anyone> eye = cache.viewer(keys.viewer(1));

  std::string newest() {
    auto const frame = eye.latest(stream.device(), fc::any_age);
    return frame ? testing::text_of(eye.read(frame)) : "none";
  }
};
void fill_up(fc::draft& draft, char with) {
  std::fill_n(draft.bytes().data(), draft.bytes().size(), static_cast<std::byte>(with));
}
}  // namespace

TEST_CASE("advance() moves from what is still to be written to what was written, and not beyond what was staged (I3)") {
  written_camera c;
  auto draft = c.stream.stage(fc::byte_count{10U});
  REQUIRE(draft);
  CHECK(draft.why() == fc::commit_status::committed);
  CHECK(draft.bytes().size() == 10);
  CHECK(draft.written().empty());
  fill_up(draft, 'a');
  auto* const start = draft.bytes().data();
  CHECK(draft.advance(fc::byte_count{4U}));
  CHECK(draft.bytes().size() == 6);
  CHECK(draft.bytes().data() == start + 4);
  CHECK(draft.written().size() == 4);
  CHECK(draft.written().data() == start);
  CHECK_FALSE(draft.advance(fc::byte_count{7U}));
  CHECK_FALSE(draft.advance(fc::byte_count{~std::uint64_t{0}}));
  CHECK(draft.written().size() == 4);
  CHECK(draft.advance(fc::byte_count{0U}));
  REQUIRE(std::move(draft).commit({}) == fc::commit_status::committed);
  CHECK(c.newest() == "aaaa");
}

TEST_CASE("a stated size within what was staged is what a reader gets, whatever was advanced (I3)") {
  written_camera c;
  auto draft = c.stream.stage(fc::byte_count{10U});
  fill_up(draft, 'b');
  REQUIRE(draft.advance(fc::byte_count{2U}));
  REQUIRE(std::move(draft).commit({.size = fc::byte_count{10U}}) == fc::commit_status::committed);
  CHECK(c.newest() == "bbbbbbbbbb");
  auto shorter = c.stream.stage(fc::byte_count{10U});
  fill_up(shorter, 'c');
  REQUIRE(shorter.advance(fc::byte_count{10U}));
  REQUIRE(std::move(shorter).commit({.size = fc::byte_count{1U}}) == fc::commit_status::committed);
  CHECK(c.newest() == "c");
}

// SPDX-License-Identifier: Apache-2.0
//
// I3: a reader reaches exactly the bytes that were recorded; what is beyond is refused and spoils nothing.
#include <doctest/doctest.h>

#include "support/homes.hpp"

#include <algorithm>

namespace {
struct one_camera : testing::house<> {
  fc::publisher camera = cache.publisher(keys.publisher(1));
  fc::stream stream = camera.begin(camera.device("front door"));
  fc::frame_cache<>::viewer_type<fc::anyone> eye = cache.viewer(keys.viewer(1));

  std::string newest() {
    auto const frame = eye.latest(stream.device(), fc::any_age);
    return frame ? testing::text_of(eye.read(frame)) : "none";
  }
};
void fill(fc::draft& draft, char with) { std::fill_n(draft.bytes().data(), draft.bytes().size(), std::byte(with)); }
}  // namespace

TEST_CASE("too_long and empty leave the draft as it was, to be committed again (I3)") {
  one_camera c;
  auto draft = c.stream.stage(fc::byte_count{4U});
  CHECK(std::move(draft).commit({}) == fc::commit_status::empty);
  REQUIRE(draft);
  CHECK(std::move(draft).commit({.size = fc::byte_count{0U}}) == fc::commit_status::empty);
  CHECK(std::move(draft).commit({.size = fc::byte_count{5U}}) == fc::commit_status::too_long);
  CHECK(std::move(draft).commit({.size = fc::byte_count{~std::uint64_t{0}}}) == fc::commit_status::too_long);
  REQUIRE(draft);
  CHECK(draft.why() == fc::commit_status::committed);
  CHECK(draft.bytes().size() == 4);
  CHECK(c.newest() == "none");
  fill(draft, 'd');
  CHECK(std::move(draft).commit({.size = fc::byte_count{4U}}) == fc::commit_status::committed);
  CHECK(c.newest() == "dddd");
  CHECK(c.cache.stats().commits == 1);
}

TEST_CASE("a draft that was committed, moved from or never had memory is harmless, and says why") {
  one_camera c;
  auto draft = c.stream.stage(fc::byte_count{4U});
  fill(draft, 'e');
  REQUIRE(std::move(draft).commit({.size = fc::byte_count{4U}}) == fc::commit_status::committed);
  CHECK_FALSE(draft);
  CHECK(draft.why() == fc::commit_status::spent);
  CHECK(std::move(draft).commit({.size = fc::byte_count{4U}}) == fc::commit_status::spent);
  CHECK(draft.bytes().empty());
  CHECK(draft.written().empty());
  CHECK_FALSE(draft.advance(fc::byte_count{1U}));

  auto from = c.stream.stage(fc::byte_count{4U});
  REQUIRE(from.advance(fc::byte_count{3U}));
  auto to = std::move(from);
  CHECK_FALSE(from);
  CHECK(std::move(from).commit({.size = fc::byte_count{1U}}) == fc::commit_status::spent);
  CHECK(to.written().size() == 3);
  CHECK(std::move(to).commit({}) == fc::commit_status::committed);

  auto absurd = c.stream.stage(fc::byte_count{~std::uint64_t{0}});
  CHECK(absurd.why() == fc::commit_status::no_room);
  CHECK(absurd.bytes().empty());
  CHECK(std::move(absurd).commit({.size = fc::byte_count{1U}}) == fc::commit_status::no_room);
}

TEST_CASE("a draft that is dropped or assigned over gives its memory back, and nothing is published") {
  one_camera c;
  {
    auto dropped = c.stream.stage(fc::byte_count{4U});
    fill(dropped, 'f');
    CHECK(c.cache.stats().pinned == testing::small_frame);
    CHECK(c.cache.stats().handles == 1);
    dropped = c.stream.stage(fc::byte_count{4U});
    CHECK(c.cache.stats().pinned == testing::small_frame);
    CHECK(c.cache.stats().handles == 1);
  }
  CHECK(c.cache.stats().pinned == 0);
  CHECK(c.cache.stats().handles == 0);
  CHECK(c.cache.stats().frames == 0);
  CHECK(c.newest() == "none");
}

TEST_CASE("a stream and its drafts act on after their publisher object is gone") {
  testing::house<> h;
  std::optional<fc::stream> stream;
  {
    auto camera = h.cache.publisher(h.keys.publisher(1));
    stream.emplace(camera.begin(camera.device("front door")));
  }
  CHECK(testing::put(*stream, "a frame") == fc::commit_status::committed);
  auto draft = stream->stage(fc::byte_count{4U});
  stream.reset();
  CHECK(std::move(draft).commit({.size = fc::byte_count{4U}}) == fc::commit_status::committed);
}

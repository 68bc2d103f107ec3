// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "support/homes.hpp"

using namespace std::chrono_literals;

namespace {

fc::byte_count bytes(std::uint64_t n) { return fc::byte_count{n}; }

// The 64 bytes behind a frame, which decoders read although they are not part of it.
bool zero_behind(fc::frame_view const& view) {
  auto const* const end = view.bytes().data() + view.bytes().size();
  for (std::size_t i = 0; i != 64; ++i) {
    if (end[i] != std::byte{0}) return false;
  }
  return true;
}

struct recording_camera {
  testing::book book;
  fc::registry homes{book};
  fc::frame_cache<> cache{homes, {.capacity = fc::mebibytes{4}, .audit_each_operation = true}};
  fc::publisher camera = cache.publisher(book.publisher(1));
  fc::stream stream = camera.begin(camera.device("porch"));
  fc::frame_cache<>::viewer_type<> eye = cache.viewer(book.viewer(1));

  auto latest() { return eye.latest(stream.device(), fc::any_age); }
};

}  // namespace

TEST_CASE("a reader sees the bytes that advance() recorded, and zeros behind them (I3)") {
  recording_camera home;
  auto draft = home.stream.stage(bytes(100));
  REQUIRE(draft.bytes().size() == 100);
  std::memset(draft.bytes().data(), 'x', 100);
  REQUIRE(draft.advance(bytes(10)));
  CHECK(draft.bytes().size() == 90);
  CHECK(draft.written().size() == 10);
  CHECK_FALSE(draft.advance(bytes(91)));
  CHECK_FALSE(draft.advance(bytes(~std::uint64_t{0})));
  REQUIRE(draft.advance(bytes(7)));
  REQUIRE(std::move(draft).commit({}) == fc::commit_status::committed);

  auto const seen = home.latest();
  auto const view = home.eye.read(seen);
  CHECK(testing::text_of(view) == std::string(17, 'x'));
  CHECK(view.size() == bytes(17));
  CHECK(zero_behind(view));
}

TEST_CASE("commit({.size}) says what a reader sees, within what was staged and never beyond it (I3)") {
  recording_camera home;
  auto draft = home.stream.stage(bytes(100));
  std::memset(draft.bytes().data(), 'y', 100);
  CHECK(std::move(draft).commit({.size = bytes(101)}) == fc::commit_status::too_long);
  CHECK(std::move(draft).commit({.size = bytes(~std::uint64_t{0})}) == fc::commit_status::too_long);
  CHECK(std::move(draft).commit({}) == fc::commit_status::empty);
  CHECK_FALSE(home.latest());
  // Neither answer spent the draft.
  CHECK(std::move(draft).commit({.size = bytes(40)}) == fc::commit_status::committed);
  CHECK(std::move(draft).commit({.size = bytes(40)}) == fc::commit_status::spent);

  auto const seen = home.latest();
  auto const view = home.eye.read(seen);
  CHECK(testing::text_of(view) == std::string(40, 'y'));
  CHECK(zero_behind(view));
}

TEST_CASE("a short frame in the block of a longer one of the same device shows nothing of it (I3)") {
  recording_camera home;
  REQUIRE(testing::put(home.stream, std::string(3000, 'L')) == fc::commit_status::committed);
  std::byte const* before = nullptr;
  {
    auto const first = home.latest();
    before = home.eye.read(first).bytes().data();
  }
  REQUIRE(testing::put(home.stream, std::string(2700, 's')) ==
          fc::commit_status::committed);  // frees the first one's block
  REQUIRE(testing::put(home.stream, std::string(2600, 't')) ==
          fc::commit_status::committed);  // and this one is put there

  auto const seen = home.latest();
  auto const view = home.eye.read(seen);
  REQUIRE(view.bytes().data() == before);
  CHECK(testing::text_of(view) == std::string(2600, 't'));
  CHECK(zero_behind(view));
  CHECK(home.cache.audit().ok);
}

TEST_CASE("a frame that fills what was staged has its zeros too, whatever its size (I3)") {
  recording_camera home;
  for (std::uint64_t size : {1U, 63U, 64U, 3000U, 4095U, 4096U, 4097U, 16'000U, 65'536U, 200'000U}) {
    REQUIRE(testing::put(home.stream, std::string(size, 'z')) == fc::commit_status::committed);
    auto const seen = home.latest();
    auto const view = home.eye.read(seen);
    CHECK(view.bytes().size() == size);
    CHECK(zero_behind(view));
  }
}

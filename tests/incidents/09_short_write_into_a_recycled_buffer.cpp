// SPDX-License-Identifier: Apache-2.0
//
// Incident 9 (Cloudbleed, Feb 2017; littlefs #69): bytes past the end of what was written, left by an earlier owner of the buffer.
// I3: a reader reaches what was recorded and no more. I5: memory is zeroed before it passes on.
#include <doctest/doctest.h>

#include "support/homes.hpp"

#include <algorithm>
#include <vector>

namespace {

// An ordinary pool: a released buffer is handed out again as it is, and a frame is as long as its buffer.
class recycling_pool {
 public:
  std::vector<char> take(std::size_t bytes) {
    if (free_.empty()) return std::vector<char>(bytes);
    auto buffer = std::move(free_.back());
    free_.pop_back();
    return buffer;
  }
  void give(std::vector<char> buffer) { free_.push_back(std::move(buffer)); }

 private:
  std::vector<std::vector<char>> free_;
};

}  // namespace

TEST_CASE("incident 9, the natural code: a short write into a recycled buffer shows the stranger's bytes behind it") {
  recycling_pool pool;
  auto buffer = pool.take(32);
  std::string_view const secret = "the hall of home one, in detail!";
  std::copy(secret.begin(), secret.end(), buffer.begin());
  pool.give(std::move(buffer));

  auto mine = pool.take(32);
  std::string_view const brief = "two";
  std::copy(brief.begin(), brief.end(), mine.begin());
  CHECK(std::string(mine.begin(), mine.end()).find("home one") != std::string::npos);
}

TEST_CASE("incident 9, framecache: a short write into a recycled block shows what was written and nothing else") {
  testing::book book;
  fc::registry homes{book};
  fc::frame_cache<> cache{homes, {.capacity = fc::kibibytes{256}}};
  std::string const secret(30'000, 'S');

  auto one = cache.publisher(book.publisher(1));
  auto theirs = one.begin(one.device("hall"));
  REQUIRE(testing::put(theirs, secret) == fc::commit_status::committed);
  auto two = cache.publisher(book.publisher(2));
  auto mine = two.begin(two.device("hall"));

  // Home two fills the cache, so that home one's blocks come round to it.
  bool recycled = false;
  for (int round = 0; round != 64; ++round) {
    auto draft = mine.stage(fc::byte_count{30'000u});
    if (!draft) continue;
    auto const room = draft.bytes();
    recycled = recycled || cache.stats().evictions > 0;
    CHECK(std::none_of(room.begin(), room.end(), [](std::byte b) { return b == std::byte{'S'}; }));
    std::memcpy(room.data(), "two", 3);
    REQUIRE(std::move(draft).commit({.size = fc::byte_count{3u}}) == fc::commit_status::committed);
    auto const eye = cache.viewer(book.viewer(2));
    auto const seen = eye.latest(mine.device(), fc::any_age);
    REQUIRE(seen);
    auto const view = eye.read(seen);
    CHECK(testing::text_of(view) == "two");
    auto const* const after = view.bytes().data() + view.bytes().size();
    CHECK(std::all_of(after, after + 64, [](std::byte b) { return b == std::byte{0}; }));
    REQUIRE(testing::put(theirs, secret) == fc::commit_status::committed);
  }
  CHECK(cache.audit().ok);
}

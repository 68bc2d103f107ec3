// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "support/homes.hpp"

#include <vector>

namespace {

fc::byte_count ten_pages() { return fc::byte_count{std::uint64_t{36'000}}; }

}  // namespace

TEST_CASE("a cache full of drafts answers no_room, commits what it has, and recovers when they go (I10, I12)") {
  testing::book book;
  fc::registry homes{book};
  fc::frame_cache<> cache{homes, {.capacity = fc::kibibytes{640}, .audit_each_operation = true}};
  auto camera = cache.publisher(book.publisher(1));
  auto stream = camera.begin(camera.device("porch"));
  std::vector<fc::draft> drafts;
  for (;;) {
    auto draft = stream.stage(ten_pages());
    if (!draft) {
      CHECK(draft.why() == fc::commit_status::no_room);
      break;
    }
    drafts.push_back(std::move(draft));
  }
  CHECK(drafts.size() >= 8);
  CHECK(cache.stats().pinned == drafts.size() * 40'960);
  CHECK(stream.stage(ten_pages()).why() == fc::commit_status::no_room);
  CHECK(std::move(drafts.front()).commit({.size = ten_pages()}) == fc::commit_status::committed);
  // The frame that was just committed is nobody's now and makes way.
  CHECK(stream.stage(ten_pages()));
  drafts.clear();
  CHECK(cache.stats().pinned == 0);
  CHECK(testing::put(stream, std::string(36'000, 'x')) == fc::commit_status::committed);
}

TEST_CASE(
    "a cache full of frames that readers hold answers no_room, shows every one of them, and recovers (I10, I12)") {
  testing::book book;
  fc::registry homes{book};
  fc::frame_cache<> cache{homes, {.capacity = fc::kibibytes{640}, .audit_each_operation = true}};
  auto camera = cache.publisher(book.publisher(1));
  auto eye = cache.viewer(book.viewer(1));
  auto stream = camera.begin(camera.device("porch"));
  std::vector<fc::frame_cache<>::handle_type<>> held;
  for (int i = 0;; ++i) {
    if (testing::put(stream, std::string(36'000, static_cast<char>('a' + i))) != fc::commit_status::committed) break;
    held.push_back(eye.latest(stream.device(), fc::any_age));
  }
  REQUIRE(held.size() >= 8);
  CHECK(stream.stage(fc::byte_count{std::uint64_t{300'000}}).why() == fc::commit_status::no_room);
  for (std::size_t i = 0; i != held.size(); ++i) {
    CHECK(testing::text_of(eye.read(held[i])) == std::string(36'000, static_cast<char>('a' + i)));
  }
  // The newest is still linked as well as held; letting go of an older one is enough.
  held.erase(held.begin());
  CHECK(testing::put(stream, std::string(36'000, 'z')) == fc::commit_status::committed);
  held.clear();
  CHECK(testing::put(stream, std::string(300'000, 'z')) == fc::commit_status::committed);
}

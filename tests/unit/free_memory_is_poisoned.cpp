// SPDX-License-Identifier: Apache-2.0
//
// Under AddressSanitizer memory that holds no frame cannot be read, wherever it waits: whoever keeps a view too long is stopped. Only
// the first line of a large block can, where free blocks are linked. Without it there is nothing to see.
#include <doctest/doctest.h>

#include "support/homes.hpp"

#include <framecache/memory/wipe.hpp>

#include <algorithm>
#include <span>
#include <string>

#if defined(FRAMECACHE_DETAIL_ASAN)

namespace {

bool is_poisoned(std::span<std::byte const> bytes) {
  auto const is_byte = [](std::byte const& each) { return __asan_address_is_poisoned(std::addressof(each)) != 0; };
  return std::all_of(bytes.begin(), bytes.end(), is_byte);
}

// Where a frame of so many bytes lay, when nobody can find it any more.
std::span<std::byte const> left_by_a_frame_of(fc::publisher& camera, fc::viewer<fc::anyone>& eye, std::size_t bytes) {
  auto stream = camera.begin(camera.device("porch"));
  REQUIRE(testing::put(stream, std::string(bytes, 'x')) == fc::commit_status::committed);
  std::span<std::byte const> where;
  {
    auto const held = eye.find(stream.device(), stream.generation());
    auto const view = eye.read(held);
    where = view.bytes();
    REQUIRE_FALSE(is_poisoned(where));
  }
  stream = camera.begin(camera.device("porch"));
  return where;
}

}  // namespace

TEST_CASE("poisoned: the block that a camera keeps, small or large, until its next frame") {
  testing::book book;
  fc::registry homes{book};
  fc::frame_cache<> cache{homes, {.capacity = fc::mebibytes{2}}};
  auto camera = cache.publisher(book.publisher(1));
  auto eye = cache.viewer(book.viewer(1));
  for (std::size_t const bytes : {64U, 3'000U, 50'000U}) {
    CAPTURE(bytes);
    auto const left = left_by_a_frame_of(camera, eye, bytes);
    CHECK(is_poisoned(left));
    auto stream = camera.begin(camera.device("porch"));
    auto draft = stream.stage(fc::byte_count{std::uint64_t{bytes}});
    REQUIRE(draft);
    if (draft.bytes().data() == left.data()) CHECK_FALSE(is_poisoned(left));
    std::fill(draft.bytes().begin(), draft.bytes().end(), std::byte{1});  // all of it can be written again
  }
}

TEST_CASE("poisoned: memory that went back, small or large") {
  testing::book book;
  fc::registry homes{book};
  fc::frame_cache<fc::scrub<fc::on_release>> cache{homes, {.capacity = fc::mebibytes{2}}};
  auto camera = cache.publisher(book.publisher(1));
  auto eye = cache.viewer(book.viewer(1));
  for (std::size_t const bytes : {64U, 3'000U, 50'000U}) {
    CAPTURE(bytes);
    auto const left = left_by_a_frame_of(camera, eye, bytes);
    CHECK(is_poisoned(left.subspan(bytes == 64U ? 0 : 64)));
  }
}

#endif

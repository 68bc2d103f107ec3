// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "support/homes.hpp"

#include <set>

namespace {

std::string pattern(char c) { return std::string(2000, c); }

struct held_camera {
  testing::book book;
  fc::registry homes{book};
  fc::frame_cache<> cache{homes, {.capacity = fc::mebibytes{4}, .tenant_cap = fc::kibibytes{40}}};
  fc::publisher camera = cache.publisher(book.publisher(1));
  fc::stream stream = camera.begin(camera.device("porch"));
  fc::frame_cache<>::viewer_type<> eye = cache.viewer(book.viewer(1));

  auto held() {
    REQUIRE(testing::put(stream, pattern('H')) == fc::commit_status::committed);
    return eye.latest(stream.device(), fc::any_age);
  }
  // Fifty more frames of this device, each the newest for a moment, and none in the memory of what is held.
  void flood(fc::frame_cache<>::handle_type<> const& held) {
    auto const* const own = eye.read(held).bytes().data();
    for (int i = 0; i != 50; ++i) {
      REQUIRE(testing::put(stream, pattern('f')) == fc::commit_status::committed);
      auto const other = eye.latest(stream.device(), fc::any_age);
      REQUIRE(eye.read(other).bytes().data() != own);
    }
  }
};

}  // namespace

TEST_CASE("a held frame keeps its bytes, and its memory is not used again, while its key is given to newer ones (I4)") {
  held_camera home;
  auto held = home.held();
  auto const view_before = home.eye.read(held).bytes().data();
  home.flood(held);
  CHECK(testing::text_of(home.eye.read(held)) == pattern('H'));
  CHECK(home.eye.read(held).bytes().data() == view_before);

  // Once it is let go of, its memory may be used: otherwise this test would prove nothing.
  held = {};
  auto hall = home.camera.begin(home.camera.device("hall"));
  std::set<std::byte const*> used;
  for (int i = 0; i != 4; ++i) {
    REQUIRE(testing::put(hall, pattern('n')) == fc::commit_status::committed);
    auto const other = home.eye.latest(hall.device(), fc::any_age);
    used.insert(home.eye.read(other).bytes().data());
  }
  CHECK(used.count(view_before) == 1);
}

TEST_CASE("a held frame keeps its bytes when a newer stream supersedes it (I4, I6)") {
  held_camera home;
  auto const held = home.held();
  auto const old = home.stream.generation();
  home.stream = home.camera.begin(home.camera.device("porch"));
  CHECK(home.eye.find(home.stream.device(), old).why() == fc::lookup_status::superseded);
  home.flood(held);
  CHECK(testing::text_of(home.eye.read(held)) == pattern('H'));
}

TEST_CASE("a frame that is in use is passed over when memory is short, and its neighbour leaves (I4)") {
  held_camera home;
  auto const held = home.held();
  auto other = home.camera.begin(home.camera.device("garden"));
  REQUIRE(testing::put(other, pattern('g')) == fc::commit_status::committed);
  // Ten blocks are all that this tenant may have; renditions of a third device push everything else out.
  auto third = home.camera.begin(home.camera.device("hall"));
  for (std::uint16_t i = 1; i != 12; ++i) {
    auto draft = third.stage(fc::byte_count{std::uint64_t{3000}}, fc::rendition{i, i, fc::rotation::none});
    REQUIRE(std::move(draft).commit({.size = fc::byte_count{std::uint64_t{3000}}}) == fc::commit_status::committed);
  }
  CHECK(home.eye.find(other.device(), other.generation()).why() == fc::lookup_status::absent);
  CHECK(home.eye.find(home.stream.device(), home.stream.generation()));
  CHECK(testing::text_of(home.eye.read(held)) == pattern('H'));
}

TEST_CASE("a held frame of a retired device keeps its bytes until it is let go of (I4, I7)") {
  held_camera home;
  auto const held = home.held();
  auto boss = home.cache.steward(home.book.steward(1));
  REQUIRE(boss.retire(home.stream.device()).status == fc::order_status::done);
  home.stream = home.camera.begin(home.camera.device("porch"));
  home.flood(held);
  CHECK(testing::text_of(home.eye.read(held)) == pattern('H'));
}

// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "model/owned_bytes.hpp"
#include "support/homes.hpp"

namespace {

struct foreign_camera {
  testing::book book;
  fc::registry homes{book};
  fc::frame_cache<> cache{homes, {.capacity = fc::mebibytes{1}, .audit_each_operation = true}};
  fc::publisher camera = cache.publisher(book.publisher(1));
  fc::stream stream = camera.begin(camera.device("porch"));
  fc::frame_cache<>::viewer_type<> eye = cache.viewer(book.viewer(1));
};

}  // namespace

TEST_CASE("an adopted buffer is shown in place: not one byte is copied") {
  foreign_camera home;
  testing::owned_bytes owner{{"one whole packet, longer than a small string would be"}};
  auto const* const at = owner.buffers()[0].data();
  REQUIRE(
      home.stream.adopt(std::move(owner), {.keyframe = true, .codec = fc::codec::h264, .width = 640, .height = 360}) ==
      fc::commit_status::committed);
  CHECK(owner.moved_from());
  auto const held = home.eye.latest(home.stream.device(), fc::any_age);
  auto const view = home.eye.read(held);
  CHECK(view.bytes().data() == at);
  CHECK(testing::text_of(view) == "one whole packet, longer than a small string would be");
  CHECK(view.buffers().size() == 1);
  CHECK(view.keyframe());
  CHECK(view.codec() == fc::codec::h264);
  CHECK(view.width() == 640);
  CHECK(view.height() == 360);
}

TEST_CASE("several adopted buffers are shown in order, with the size of all") {
  foreign_camera home;
  REQUIRE(home.stream.adopt(testing::owned_bytes{{"head, ", "", "middle, ", "tail"}}, {}) ==
          fc::commit_status::committed);
  auto const held = home.eye.latest(home.stream.device(), fc::any_age);
  auto const view = home.eye.read(held);
  CHECK(view.buffers().size() == 4);
  CHECK(testing::all_text_of(view) == "head, middle, tail");
  CHECK(view.size() == fc::byte_count{std::uint64_t{18}});
}

TEST_CASE("adopting nothing, or other than the stated size, is refused and gives the owner back whole") {
  foreign_camera home;
  testing::owned_bytes empty{{"", ""}};
  CHECK(home.stream.adopt(std::move(empty), {}) == fc::commit_status::empty);
  CHECK_FALSE(empty.moved_from());
  testing::owned_bytes owner{{"four"}};
  CHECK(home.stream.adopt(std::move(owner), {.size = fc::byte_count{std::uint64_t{5}}}) == fc::commit_status::too_long);
  CHECK_FALSE(owner.moved_from());
  CHECK(home.stream.adopt(std::move(owner), {.size = fc::byte_count{std::uint64_t{4}}}) ==
        fc::commit_status::committed);
  CHECK(owner.moved_from());
}

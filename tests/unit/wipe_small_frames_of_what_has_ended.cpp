// SPDX-License-Identifier: Apache-2.0
//
// Memory that a room keeps for a device, unwiped, so that its next frame is written over its last: it is wiped with the device,
// with the epoch, with an erase, and never kept under scrub<on_release>.
#include <doctest/doctest.h>

#include "support/homes.hpp"

#include <algorithm>

namespace {

constexpr std::uint64_t small_size = 900;

template <class... Policies>
struct ending_camera : testing::house<fc::frame_cache<Policies...>> {
  fc::publisher camera = this->cache.publisher(this->keys.publisher(1));
  fc::stream stream = camera.begin(camera.device("porch"));

  // A frame that is gone: its memory is free, and the device's.
  void leave_a_free_block() {
    REQUIRE(testing::put(stream, std::string(small_size, 's')) == fc::commit_status::committed);
    stream = camera.begin(stream.device());
  }
  // Whether the device's next draft of that size shows anything.
  bool shows_something() {
    auto draft = stream.stage(fc::byte_count{small_size});
    auto const all = draft.bytes();
    REQUIRE(all.size() == small_size);
    return std::any_of(all.begin(), all.end(), [](std::byte b) { return b != std::byte{0}; });
  }
};

}  // namespace

TEST_CASE("revoking a home wipes and counts the memory that it keeps for its devices (I7)") {
  ending_camera<> h;
  h.leave_a_free_block();
  REQUIRE(h.shows_something());
  CHECK(h.cache.admin(h.keys.admin()).revoke(testing::tenant(1)).wiped >= small_size);
}

TEST_CASE("retiring a device wipes and counts the memory that is kept for it (I7)") {
  ending_camera<> h;
  h.leave_a_free_block();
  REQUIRE(h.shows_something());
  CHECK(h.cache.steward(h.keys.steward(1)).retire(h.stream.device()).wiped >= small_size);
}

TEST_CASE("what a stream erases is not there for its next draft, held or not (I7)") {
  ending_camera<> h;
  auto eye = h.cache.viewer(h.keys.viewer(1));
  for (bool const held : {false, true}) {
    REQUIRE(testing::put(h.stream, std::string(small_size, 's')) == fc::commit_status::committed);
    auto handle = held ? eye.latest(h.stream.device(), fc::any_age) : decltype(eye)::handle_type{};
    REQUIRE(h.stream.erase().status == fc::order_status::done);
    handle = {};
    CHECK_FALSE(h.shows_something());
  }
}

TEST_CASE("scrub<on_release> leaves a small frame's bytes not even for its own device") {
  ending_camera<fc::scrub<fc::on_release>> h;
  h.leave_a_free_block();
  CHECK_FALSE(h.shows_something());
}

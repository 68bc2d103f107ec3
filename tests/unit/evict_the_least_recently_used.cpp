// SPDX-License-Identifier: Apache-2.0
//
// Who leaves, frame by frame, in a home that may have twelve small ones: each is a rendition of one camera, named by its width.
#include <doctest/doctest.h>

#include "support/homes.hpp"

#include <cstdlib>

namespace {

template <class... Policies>
struct twelve_frames : testing::house<fc::frame_cache<Policies...>> {
  twelve_frames()
      : testing::house<fc::frame_cache<Policies...>>{{.capacity = fc::mebibytes{1},
                                                      .tenant_cap = fc::byte_count{12 * testing::small_frame},
                                                      .audit_each_operation = true}} {}

  fc::publisher camera = this->cache.publisher(this->keys.publisher(1));
  fc::stream stream = camera.begin(camera.device("porch"));
  typename fc::frame_cache<Policies...>::template viewer_type<> eye = this->cache.viewer(this->keys.viewer(1));

  static fc::rendition sized(int width) { return {static_cast<std::uint16_t>(width), 1, fc::rotation::none}; }
  void put(int first, int last) {
    for (int width = first; width <= last; ++width) {
      auto draft = stream.stage(fc::byte_count{8U}, sized(width));
      REQUIRE(std::move(draft).commit({.size = fc::byte_count{8U}}) == fc::commit_status::committed);
    }
  }
  // A hit is a use, a miss is none.
  bool has(int width) { return testing::holds(eye.find(stream.device(), stream.generation(), sized(width))); }
};

}  // namespace

TEST_CASE("lru: the one that was not used for longest leaves, whenever that is noticed (I11)") {
  twelve_frames<> h;
  h.put(1, 8);
  REQUIRE(h.has(1));  // as late as 8 was put
  h.put(9, 12);       // and no one had to leave since
  h.put(13, 13);
  CHECK_FALSE(h.has(2));
  REQUIRE(h.has(3));
  h.put(14, 14);
  CHECK_FALSE(h.has(4));
  h.put(15, 19);
  for (int const width : {1, 5, 6, 7, 8}) CHECK_FALSE(h.has(width));
  h.put(20, 20);
  CHECK_FALSE(h.has(9));
  for (int const width : {3, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20}) CHECK(h.has(width));
}

TEST_CASE("lru: one that is held is in use, and its neighbour leaves (I4, I11)") {
  twelve_frames<> h;
  h.put(1, 12);
  auto const held = h.eye.find(h.stream.device(), h.stream.generation(), h.sized(1));
  REQUIRE(held);
  h.put(13, 23);
  CHECK_FALSE(h.has(12));
  CHECK(h.has(1));
  CHECK(testing::holds(h.eye.read(held)));
}

TEST_CASE("sieve: one that was used is passed over once") {
  twelve_frames<fc::evict<fc::sieve>> h;
  h.put(1, 12);
  REQUIRE(h.has(1));
  h.put(13, 13);
  CHECK_FALSE(h.has(2));
  h.put(14, 23);
  CHECK_FALSE(h.has(12));
  h.put(24, 24);
  CHECK(h.has(1));  // the hand has just come round, from 12 to 13
}

// It remembers by their hash those that have left: with a hash of a few values it believes to know everybody.
TEST_CASE("s3fifo: what was used twice stays when what was not used has gone" *
          doctest::skip(std::getenv("FRAMECACHE_TEST_HASH_BITS") != nullptr)) {
  twelve_frames<fc::evict<fc::s3fifo>> h;
  h.put(1, 12);
  REQUIRE(h.has(1));
  REQUIRE(h.has(1));
  h.put(13, 13);
  CHECK_FALSE(h.has(2));
  h.put(14, 40);
  CHECK(h.has(1));
  CHECK_FALSE(h.has(28));
}

// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "model/stamped.hpp"

namespace {

constexpr fc::rendition thumb{320, 180, fc::rotation::none};
constexpr fc::rendition turned{320, 180, fc::rotation::half};

struct empty_porch {
  testing::book book;
  fc::registry homes{book};
  fc::frame_cache<> cache{homes, {.capacity = fc::mebibytes{1}}};
  fc::publisher camera = cache.publisher(book.publisher(1));
  fc::stream stream = camera.begin(camera.device("porch"));
  fc::frame_cache<>::viewer_type<> eye = cache.viewer(book.viewer(1));

  fc::lookup_status why(fc::stream_generation live, fc::rendition which = fc::rendition::source()) const {
    return eye.find(stream.device(), live, which).why();
  }
  fc::lookup_status peeked(fc::stream_generation live) const {
    return eye.peek(stream.device(), live, [](fc::frame_view const&) {});
  }
};

}  // namespace

TEST_CASE("of a device without a frame an older stream's is superseded, and the live one's absent (I6)") {
  empty_porch r;
  auto const old = r.stream.generation();
  CHECK(r.why(old) == fc::lookup_status::absent);
  REQUIRE(testing::put(r.stream, "seen") == fc::commit_status::committed);
  r.stream = r.camera.begin(r.camera.device("porch"));
  CHECK(r.why(old) == fc::lookup_status::superseded);
  CHECK(r.peeked(old) == fc::lookup_status::superseded);
  CHECK(r.why(r.stream.generation()) == fc::lookup_status::absent);
  CHECK(r.peeked(r.stream.generation()) == fc::lookup_status::absent);
}

TEST_CASE("of a device without a frame what a stream that never began would have published is absent (I6)") {
  empty_porch const r;
  auto const later = fc::stream_generation{r.stream.generation().value() + 1};
  CHECK(r.why(later) == fc::lookup_status::absent);
  CHECK(r.peeked(later) == fc::lookup_status::absent);
}

TEST_CASE("of a device without a source frame a derived picture is found, and one that is not there absent (I1, I6)") {
  empty_porch const r;
  REQUIRE(testing::put_stamped(r.stream, 1, 1, 100, thumb) == fc::commit_status::committed);
  CHECK(r.why(r.stream.generation()) == fc::lookup_status::absent);
  CHECK(r.why(r.stream.generation(), thumb) == fc::lookup_status::hit);
  CHECK(r.why(r.stream.generation(), turned) == fc::lookup_status::absent);
}

TEST_CASE("a miss is counted as what it was, whoever asked how") {
  empty_porch r;
  auto const old = r.stream.generation();
  r.stream = r.camera.begin(r.camera.device("porch"));
  for (int i = 0; i != 3; ++i) static_cast<void>(r.why(r.stream.generation()));
  for (int i = 0; i != 5; ++i) static_cast<void>(r.peeked(old));
  auto const seen = r.cache.stats();
  CHECK(seen.absent == 3);
  CHECK(seen.superseded == 5);
  CHECK(seen.misses == 8);
  CHECK(r.cache.admin(r.book.admin()).counts(testing::tenant(1)).misses == 8);
}

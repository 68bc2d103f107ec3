// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "model/raw_source.hpp"
#include "support/homes.hpp"

namespace {

constexpr std::string_view scrubbed_secret = "who comes home when";

template <class... Policies>
struct scrubbing_relay {
  testing::book book;
  fc::registry homes{book};
  testing::raw_source memory;
  fc::frame_cache<Policies...> cache{homes, {.capacity = fc::mebibytes{2}, .source = &memory}};
  fc::publisher camera = cache.publisher(book.publisher(1));
  fc::stream stream = camera.begin(camera.device("porch"));
};

}  // namespace

TEST_CASE("scrub<on_release>: a frame that is superseded leaves nothing in memory") {
  scrubbing_relay<fc::scrub<fc::on_release>> r;
  REQUIRE(testing::put(r.stream, scrubbed_secret) == fc::commit_status::committed);
  REQUIRE(r.memory.contains(scrubbed_secret));
  r.stream = r.camera.begin(r.camera.device("porch"));
  CHECK_FALSE(r.memory.contains(scrubbed_secret));
}

TEST_CASE("scrub<on_release>: a draft that is dropped leaves nothing in memory") {
  scrubbing_relay<fc::scrub<fc::on_release>> r;
  {
    auto draft = r.stream.stage(fc::byte_count{std::uint64_t{3000}});
    std::memcpy(draft.bytes().data() + 2500, scrubbed_secret.data(),
                scrubbed_secret.size());  // beyond anything recorded
    REQUIRE(r.memory.contains(scrubbed_secret));
  }
  CHECK_FALSE(r.memory.contains(scrubbed_secret));
}

TEST_CASE("scrub<on_release>: a held frame is wiped when the last handle lets go, not before") {
  scrubbing_relay<fc::scrub<fc::on_release>> r;
  auto eye = r.cache.viewer(r.book.viewer(1));
  REQUIRE(testing::put(r.stream, scrubbed_secret) == fc::commit_status::committed);
  auto held = eye.latest(r.stream.device(), fc::any_age);
  r.stream = r.camera.begin(r.camera.device("porch"));
  CHECK(testing::text_of(eye.read(held)) == scrubbed_secret);
  held = {};
  CHECK_FALSE(r.memory.contains(scrubbed_secret));
}

TEST_CASE("scrub<on_transfer>, the default, leaves a device's bytes for the device itself") {
  scrubbing_relay<> r;
  // Not at the start of its block, where free memory is linked.
  REQUIRE(testing::put(r.stream, std::string(64, ' ') + std::string{scrubbed_secret}) == fc::commit_status::committed);
  r.stream = r.camera.begin(r.camera.device("porch"));
  CHECK(r.memory.contains(scrubbed_secret));
}

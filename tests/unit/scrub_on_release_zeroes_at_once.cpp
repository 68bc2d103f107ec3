// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "model/raw_source.hpp"
#include "support/homes.hpp"

namespace {

constexpr std::string_view secret = "who comes home when";

template <class... Policies>
struct relay {
  testing::book book;
  fc::registry homes{book};
  testing::raw_source memory;
  fc::frame_cache<Policies...> cache{homes, {.capacity = fc::mebibytes{2}, .source = &memory}};
  fc::publisher camera = cache.publisher(book.publisher(1));
  fc::stream stream = camera.begin(camera.device("porch"));
};

}  // namespace

TEST_CASE("scrub<on_release>: a frame that is superseded leaves nothing in memory") {
  relay<fc::scrub<fc::on_release>> r;
  REQUIRE(testing::put(r.stream, secret) == fc::commit_status::committed);
  REQUIRE(r.memory.contains(secret));
  r.stream = r.camera.begin(r.camera.device("porch"));
  CHECK_FALSE(r.memory.contains(secret));
}

TEST_CASE("scrub<on_release>: a draft that is dropped leaves nothing in memory") {
  relay<fc::scrub<fc::on_release>> r;
  {
    auto draft = r.stream.stage(fc::byte_count{std::uint64_t{3000}});
    std::memcpy(draft.bytes().data() + 2500, secret.data(), secret.size());  // beyond anything recorded
    REQUIRE(r.memory.contains(secret));
  }
  CHECK_FALSE(r.memory.contains(secret));
}

TEST_CASE("scrub<on_release>: a held frame is wiped when the last handle lets go, not before") {
  relay<fc::scrub<fc::on_release>> r;
  auto eye = r.cache.viewer(r.book.viewer(1));
  REQUIRE(testing::put(r.stream, secret) == fc::commit_status::committed);
  auto held = eye.latest(r.stream.device(), fc::any_age);
  r.stream = r.camera.begin(r.camera.device("porch"));
  CHECK(testing::text_of(eye.read(held)) == secret);
  held = {};
  CHECK_FALSE(r.memory.contains(secret));
}

TEST_CASE("scrub<on_transfer>, the default, leaves a device's bytes for the device itself") {
  relay<> r;
  // Not at the start of its block, where free memory is linked.
  REQUIRE(testing::put(r.stream, std::string(64, ' ') + std::string{secret}) == fc::commit_status::committed);
  r.stream = r.camera.begin(r.camera.device("porch"));
  CHECK(r.memory.contains(secret));
}

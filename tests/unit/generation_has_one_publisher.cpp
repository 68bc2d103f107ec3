// SPDX-License-Identifier: Apache-2.0
//
// Who may begin: a reconnecting principal takes over at once; a second principal is a conflict and fails closed (I12).
#include <doctest/doctest.h>

#include "support/homes.hpp"

TEST_CASE("the same principal reconnects and takes over, while its old stream still hangs open") {
  testing::house<> h;
  auto const key = h.keys.publisher(1, 8);
  auto first = h.cache.publisher(key);
  auto second = h.cache.publisher(key);
  auto const device = *first.device("front door");
  std::optional hanging{first.begin(device)};
  auto const taken = second.begin(device);
  REQUIRE(taken);
  CHECK(testing::put(*hanging, "late") == fc::commit_status::superseded);
  // The old stream's end ends nothing of the new one: another principal is still a conflict.
  hanging.reset();
  CHECK(testing::put(taken, "now") == fc::commit_status::committed);
  CHECK(h.cache.publisher(h.keys.publisher(1, 80)).begin(device).why() == fc::begin_status::conflict);
}

TEST_CASE("a second principal that begins as the same device is refused, and trips the wire") {
  testing::house<> h;
  auto owner = h.cache.publisher(h.keys.publisher(1, 8));
  auto intruder = h.cache.publisher(h.keys.publisher(1, 80));
  auto const stream = owner.begin(owner.device("front door"));
  auto const refused = intruder.begin(intruder.device("front door"));
  CHECK_FALSE(refused);
  CHECK(refused.why() == fc::begin_status::conflict);
  CHECK(refused.generation().value() == 0);
  CHECK(testing::put(refused, "the intruder's picture") == fc::commit_status::refused);
  REQUIRE(h.crossings.size() == 1);
  CHECK(h.crossings[0].kind == fc::crossing_kind::duplicate_publisher);
  CHECK(h.crossings[0].tenant == testing::tenant(1));
  CHECK(h.crossings[0].principal == testing::principal(80));
  CHECK(h.cache.stats().crossings_refused == 1);
  CHECK(h.cache.stats().generations == 1);
  // Whoever was streaming goes on.
  CHECK(testing::put(stream, "the owner's picture") == fc::commit_status::committed);
}

TEST_CASE("once the first stream has ended another principal may begin") {
  testing::house<> h;
  auto owner = h.cache.publisher(h.keys.publisher(1, 8));
  auto other = h.cache.publisher(h.keys.publisher(1, 80));
  auto const device = *owner.device("front door");
  std::optional stream{owner.begin(device)};
  auto late = stream->stage(fc::byte_count{4U});
  REQUIRE(testing::put(*stream, "the owner's picture") == fc::commit_status::committed);
  stream.reset();
  // Its last frame is still there: the camera is only between two streams.
  CHECK(h.cache.viewer(h.keys.viewer(1)).latest(device, fc::any_age));
  auto const next = other.begin(device);
  REQUIRE(next);
  CHECK(std::move(late).commit({.size = fc::byte_count{4U}}) == fc::commit_status::superseded);
  CHECK(h.crossings.empty());
}

TEST_CASE("a stream that was moved is the same stream, and ends once") {
  testing::house<> h;
  auto owner = h.cache.publisher(h.keys.publisher(1, 8));
  auto other = h.cache.publisher(h.keys.publisher(1, 80));
  auto const device = *owner.device("front door");
  std::optional<fc::stream> kept;
  {
    auto stream = owner.begin(device);
    auto const generation = stream.generation();
    kept.emplace(std::move(stream));
    CHECK_FALSE(stream);
    CHECK(stream.generation().value() == 0);
    CHECK(stream.stage(fc::byte_count{4U}).why() == fc::commit_status::spent);
    CHECK(kept->generation() == generation);
  }
  CHECK(testing::put(*kept, "a frame") == fc::commit_status::committed);
  CHECK(other.begin(device).why() == fc::begin_status::conflict);
  kept.reset();
  CHECK(other.begin(device));
}

TEST_CASE("assigning the next stream ends the one before, and a codec change begins the next generation") {
  testing::house<> h;
  auto owner = h.cache.publisher(h.keys.publisher(1, 8));
  auto other = h.cache.publisher(h.keys.publisher(1, 80));
  auto const porch = *owner.device("porch");
  auto const hall = *owner.device("hall");
  auto stream = owner.begin(porch);
  auto const first = stream.generation();
  stream = owner.begin(porch);
  CHECK(stream.generation() > first);
  CHECK(testing::put(stream, "the same object, the next generation") == fc::commit_status::committed);
  CHECK(other.begin(porch).why() == fc::begin_status::conflict);
  stream = owner.begin(hall);  // the porch's stream has ended
  CHECK(other.begin(porch));
  stream = other.begin(hall);  // refused: a false stream, and the hall's has ended
  CHECK(stream.why() == fc::begin_status::conflict);
  CHECK(other.begin(hall));
}

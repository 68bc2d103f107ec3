// SPDX-License-Identifier: Apache-2.0
//
// A load that was begun before an erase, a newer stream, a suspension or a revocation publishes nothing after it.
#include <doctest/doctest.h>

#include "model/loading_home.hpp"

using testing::loading_home;

namespace {

// A load under way, once as a ticket and once as a draft of one, and what their completions answer after `event`.
template <class Event>
std::pair<fc::commit_status, fc::commit_status> answers_after(loading_home& h, Event const& event) {
  std::vector<fc::ticket> kept;
  REQUIRE(h.ask(h.eye, h.small, kept).why() == fc::lookup_status::loading);
  REQUIRE(h.ask(h.eye, h.large, kept).why() == fc::lookup_status::loading);
  REQUIRE(kept.size() == 2);
  auto draft = std::move(kept[1]).stage(fc::byte_count{4U});
  REQUIRE(testing::holds(draft));
  std::memcpy(draft.bytes().data(), "late", 4);
  event();
  auto const of_ticket = testing::answer(std::move(kept[0]), "late");
  return {of_ticket, std::move(draft).commit({.size = fc::byte_count{4U}})};
}

void check_all(std::pair<fc::commit_status, fc::commit_status> answers, fc::commit_status expected) {
  CHECK(answers.first == expected);
  CHECK(answers.second == expected);
}

}  // namespace

TEST_CASE("after a newer stream a load answers superseded (I8, I6)") {
  loading_home h;
  check_all(answers_after(h, [&] { h.stream = h.camera.begin(h.device); }), fc::commit_status::superseded);
  CHECK(h.eye.find(h.device, h.generation, h.small).why() == fc::lookup_status::superseded);
  CHECK(h.eye.find(h.device, h.stream.generation(), h.small).why() == fc::lookup_status::absent);
}

TEST_CASE("after an erase a load is cancelled (I8)") {
  loading_home h;
  REQUIRE(testing::put(h.stream, "a picture") == fc::commit_status::committed);
  check_all(answers_after(h,
                          [&] {
                            auto const done = h.stream.erase();
                            CHECK(done.status == fc::order_status::done);
                            CHECK(done.wiped > 0);
                          }),
            fc::commit_status::cancelled);
  CHECK(h.eye.find(h.device, h.generation, h.small).why() == fc::lookup_status::absent);
  CHECK(h.eye.latest(h.device, fc::any_age).why() == fc::lookup_status::absent);
}

TEST_CASE("after a suspension a load answers suspended, whatever was suspended (I8)") {
  loading_home h;
  check_all(answers_after(h, [&] { REQUIRE(h.ops.suspend(testing::tenant(1)) == fc::order_status::done); }),
            fc::commit_status::suspended);
  REQUIRE(h.ops.resume(testing::tenant(1)) == fc::order_status::done);
  check_all(answers_after(h, [&] { REQUIRE(h.ops.suspend<fc::anyone>() == fc::order_status::done); }),
            fc::commit_status::suspended);
  REQUIRE(h.ops.resume<fc::anyone>() == fc::order_status::done);
  check_all(answers_after(h, [&] { REQUIRE(h.ops.suspend(fc::capability::view) == fc::order_status::done); }),
            fc::commit_status::suspended);
  REQUIRE(h.ops.resume(fc::capability::view) == fc::order_status::done);
  CHECK(h.eye.find(h.device, h.generation, h.small).why() == fc::lookup_status::absent);
}

TEST_CASE("after its tenant or its principal was revoked a load is refused, and the memory wiped (I8, I7)") {
  loading_home h;
  check_all(answers_after(
                h, [&] { REQUIRE(h.ops.revoke(testing::tenant(1), testing::principal(7)) == fc::order_status::done); }),
            fc::commit_status::refused);
  loading_home other;
  check_all(
      answers_after(other, [&] { REQUIRE(other.ops.revoke(testing::tenant(1)).status == fc::order_status::done); }),
      fc::commit_status::refused);
  CHECK(other.ops.drain(testing::tenant(1), {}));
  CHECK(other.cache.stats().frames == 0);
}

TEST_CASE("after its device was retired a load answers retired (I8)") {
  loading_home h;
  auto const boss = h.cache.steward(h.keys.steward(1));
  check_all(answers_after(h, [&] { REQUIRE(boss.retire(h.device).status == fc::order_status::done); }),
            fc::commit_status::retired);
}

TEST_CASE("after the viewer's list or its time is up a load is refused (I8)") {
  testing::clock_keeper const keeper;
  loading_home h;
  auto brief = testing::book::admission(fc::role::viewer, 1, 6);
  brief.expires = fc::expiry::at(fc::base::wall_now() + std::chrono::seconds{30});
  auto const guest = h.cache.viewer(h.keys.issue(brief));
  std::vector<fc::ticket> kept;
  REQUIRE(h.ask(guest, h.small, kept).why() == fc::lookup_status::loading);
  fc::base::advance_clocks(std::chrono::seconds{31});
  CHECK(testing::answer(std::move(kept[0]), "late") == fc::commit_status::refused);
}

TEST_CASE("an erase takes every rendition out of reach, wipes it, and the stream goes on (I7)") {
  loading_home h;
  REQUIRE(testing::put(h.stream, "a picture") == fc::commit_status::committed);
  auto held = h.eye.latest(h.device, fc::any_age);
  REQUIRE(testing::holds(h.eye.get_or_load(h.device, h.generation, h.small, h.soon(), [](fc::ticket t) {
    CHECK(testing::answer(std::move(t), "derived") == fc::commit_status::committed);
  })));
  auto const done = h.stream.erase();
  CHECK(done.status == fc::order_status::done);
  CHECK(done.wiped > 0);
  CHECK(done.pinned > 0);
  CHECK(testing::text_of(h.eye.read(held)) ==
        "a picture");  // whoever holds it goes on reading: it was erased, not revoked
  held = {};
  CHECK(h.eye.find(h.device, h.generation).why() == fc::lookup_status::absent);
  CHECK(h.eye.find(h.device, h.generation, h.small).why() == fc::lookup_status::absent);
  CHECK(testing::put(h.stream, "the next") == fc::commit_status::committed);
  CHECK(testing::holds(h.eye.find(h.device, h.generation)));
  auto const newer = h.camera.begin(h.device);
  CHECK(h.stream.erase().status == fc::order_status::refused);
  CHECK(fc::stream{fc::begin_status::refused}.erase().status == fc::order_status::refused);
}

// SPDX-License-Identifier: Apache-2.0
//
// The core asks for the role in every order, whoever calls it: here scopes of the right registry and the wrong role.
#include <doctest/doctest.h>

#include "support/homes.hpp"

namespace {
struct order_desk {
  testing::book keys;
  fc::registry homes{keys};
  fc::engine::store store{homes, {.capacity = fc::mebibytes{1}}, {}, &fc::engine::hash_with_xxh3};
  fc::publisher camera{store, keys.publisher(1)};
  fc::stream porch = camera.begin(camera.device("porch"));
};
}  // namespace

TEST_CASE("an order of an admin is refused to a viewer, a publisher and a steward") {
  order_desk d;
  for (auto const role : {fc::role::viewer, fc::role::publisher, fc::role::steward}) {
    fc::core::scope const who{d.homes, d.keys.issue(role, 1), role, "anyone"};
    REQUIRE(d.store.admit(who) == fc::refusal::none);
    auto const view = fc::core::capability_bit(fc::capability::view);
    CHECK(d.store.suspend(who, testing::tenant(1), true) == fc::order_status::refused);
    CHECK(d.store.suspend(who, view, true) == fc::order_status::refused);
    CHECK(d.store.suspend(who, "anyone", view, true) == fc::order_status::refused);
    CHECK(d.store.revoke(who, testing::tenant(1)).status == fc::order_status::refused);
    CHECK(d.store.revoke(who, testing::tenant(2), testing::principal(7)) == fc::order_status::refused);
    CHECK(d.store.reinstate(who, testing::tenant(2), testing::principal(7)) == fc::order_status::refused);
    CHECK(d.store.set_budget(who, testing::tenant(1), {}) == fc::order_status::refused);
    CHECK(d.store.counts(who, testing::tenant(2)).status == fc::order_status::refused);
  }
  CHECK(testing::put(d.porch, "goes on") == fc::commit_status::committed);
}

TEST_CASE("an order of a steward is refused to a viewer and a publisher of the same home") {
  order_desk d;
  for (auto const role : {fc::role::viewer, fc::role::publisher}) {
    fc::core::scope const who{d.homes, d.keys.issue(role, 1), role, "anyone"};
    CHECK(d.store.retire(who, d.porch.device()).status == fc::order_status::refused);
    CHECK(d.store.revoke(who, testing::tenant(1), testing::principal(8)) == fc::order_status::refused);
    CHECK(d.store.reinstate(who, testing::tenant(1), testing::principal(8)) == fc::order_status::refused);
    CHECK(d.store.counts(who, testing::tenant(1)).status == fc::order_status::refused);
    CHECK_FALSE(d.store.drain(who, testing::tenant(1), std::chrono::steady_clock::now()));
  }
}

TEST_CASE("only a viewer's scope finds or reads a frame, only a publisher's writes one (P1)") {
  order_desk d;
  REQUIRE(testing::put(d.porch, "a frame") == fc::commit_status::committed);
  fc::core::scope const eye{d.homes, d.keys.viewer(1), fc::role::viewer, "anyone"};
  fc::lookup_status why{};
  auto const held = d.store.find(eye, d.porch.device(), d.porch.generation(), fc::rendition::source(), why);
  REQUIRE(held);
  for (auto const role : {fc::role::publisher, fc::role::steward, fc::role::admin}) {
    fc::core::scope const who{d.homes, d.keys.issue(role, 1), role, "anyone"};
    CHECK_FALSE(d.store.find(who, d.porch.device(), d.porch.generation(), fc::rendition::source(), why));
    CHECK(why == fc::lookup_status::refused);
    CHECK_FALSE(d.store.latest(who, d.porch.device(), fc::any_age, fc::rendition::source(), why));
    CHECK(why == fc::lookup_status::refused);
    CHECK_FALSE(d.store.current(who, d.porch.device()).has_value());
    CHECK(fc::frame_view(who, held).why() == fc::lookup_status::refused);
    CHECK(fc::frame_view(who, held).bytes().empty());
    fc::lookup_status why_not{};
    CHECK_FALSE(fc::engine::pin(who, held, why_not));
  }
  for (auto const role : {fc::role::viewer, fc::role::steward, fc::role::admin}) {
    fc::core::scope const who{d.homes, d.keys.issue(role, 1), role, "anyone"};
    CHECK(d.store.begin(who, d.porch.device()).status == fc::begin_status::refused);
    fc::commit_status written{};
    fc::engine::writing const as_stream{d.porch.device(), d.porch.generation()};
    CHECK_FALSE(d.store.stage(who, as_stream, fc::rendition::source(), fc::byte_count{4U}, written));
    CHECK(written == fc::commit_status::refused);
    CHECK(d.store.erase(who, as_stream).status == fc::order_status::refused);
  }
}

TEST_CASE("the engine lets only a viewer lead a load, and only with the number of its own ticket publish it (I8, P1)") {
  order_desk d;
  fc::rendition const small{320, 180, fc::rotation::none};
  fc::engine::load_wish const wish{d.porch.device(), d.porch.generation(), small, fc::any_age,
                                   fc::base::steady_now() + std::chrono::seconds{60}};
  using advice = fc::engine::store::load_answer::advice;
  fc::core::scope const eye{d.homes, d.keys.viewer(1), fc::role::viewer, "anyone"};
  auto const led = d.store.load(eye, wish, true, nullptr);
  REQUIRE(led.what == advice::lead);
  fc::engine::writing const right{d.porch.device(), d.porch.generation(), led.lead};
  fc::engine::writing const wrong{d.porch.device(), d.porch.generation(), led.lead + 1};
  fc::commit_status why{};
  auto const may_stage = [&](fc::core::scope const& who, fc::engine::writing const& by) {
    return static_cast<bool>(d.store.stage(who, by, small, fc::byte_count{4U}, why));
  };
  for (auto const role : {fc::role::publisher, fc::role::steward, fc::role::admin}) {
    fc::core::scope const who{d.homes, d.keys.issue(role, 1), role, "anyone"};
    auto const answer = d.store.load(who, wish, true, nullptr);
    CHECK(answer.what == advice::give_up);
    CHECK(answer.why == fc::lookup_status::refused);
    CHECK_FALSE(may_stage(who, right));
    CHECK(why == fc::commit_status::refused);
    CHECK(d.store.deny(who, right, small, wish.deadline) == fc::commit_status::refused);
  }
  // A neighbour with the right number has no such device.
  fc::core::scope const neighbour{d.homes, d.keys.viewer(2), fc::role::viewer, "anyone"};
  CHECK(d.store.load(neighbour, wish, true, nullptr).what == advice::give_up);
  CHECK_FALSE(may_stage(neighbour, right));
  d.store.give_up(neighbour, right, small);
  // Whoever has the right home and the wrong number publishes nothing either, and ends nothing.
  CHECK_FALSE(may_stage(eye, wrong));
  CHECK(why == fc::commit_status::cancelled);
  CHECK(d.store.deny(eye, wrong, small, wish.deadline) == fc::commit_status::cancelled);
  d.store.give_up(eye, wrong, small);
  CHECK(d.store.load(eye, wish, true, nullptr).what == advice::follow);
  CHECK(may_stage(eye, right));
}

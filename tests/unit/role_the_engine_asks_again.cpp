// SPDX-License-Identifier: Apache-2.0
//
// Roles and drafts ask before they call the engine. Whoever gets hold of a store asks the engine directly, and gets no more.
#include <doctest/doctest.h>

#include "support/homes.hpp"

namespace {

struct bare_engine {
  fc::core::scope scope(std::string const& key, fc::role as) { return {homes, key, as, "anyone"}; }

  // A publisher's scope that the engine has a room for, a device of it, and its stream.
  struct camera {
    camera(bare_engine& in, std::string const& key)
        : who{in.homes, key, fc::role::publisher, "anyone"}, entered(in.store.admit(who)) {
      device = *in.store.intern(who, "porch").device;
      generation = in.store.begin(who, device).generation;
    }
    fc::engine::writing as_writer() const { return {device, generation}; }
    fc::core::scope who;
    fc::refusal entered;
    fc::device_id device{std::uint64_t{0}};
    fc::stream_generation generation{std::uint64_t{0}};
  };

  testing::book keys;
  fc::registry homes{keys};
  fc::engine::store store{homes, {.capacity = fc::mebibytes{1}}, {}, fc::detail::hash_of<fc::xxh3>()};
};

}  // namespace

TEST_CASE("a steward that names another home to the engine counts, drains and revokes nothing there (P1)") {
  bare_engine e;
  bare_engine::camera const mine{e, e.keys.publisher(1)};
  bare_engine::camera const theirs{e, e.keys.publisher(2)};
  REQUIRE(theirs.entered == fc::refusal::none);
  auto const steward = e.scope(e.keys.steward(1), fc::role::steward);
  CHECK(e.store.counts(steward, testing::tenant(1)).status == fc::order_status::done);
  CHECK(e.store.counts(steward, testing::tenant(2)).status == fc::order_status::refused);
  CHECK_FALSE(e.store.drain(steward, testing::tenant(2), {}));
  CHECK(e.store.revoke(steward, testing::tenant(2), testing::principal(8)) == fc::order_status::refused);
  CHECK(e.store.revoke(steward, testing::tenant(2)).status == fc::order_status::refused);
  CHECK(e.store.set_budget(steward, testing::tenant(1), {}) == fc::order_status::refused);
  CHECK(theirs.who.check(fc::role::publisher, fc::capability::publish) == fc::refusal::none);
}

TEST_CASE("the engine publishes no more bytes than it staged, whoever says so (I3)") {
  bare_engine e;
  bare_engine::camera const c{e, e.keys.publisher(1)};
  fc::commit_status why{};
  for (std::uint64_t const size : {101U, 5000U, ~0U}) {
    auto memory = e.store.stage(c.who, c.as_writer(), fc::rendition::source(), fc::byte_count{100U}, why);
    REQUIRE(memory);
    CHECK(e.store.publish(c.who, c.as_writer(), std::move(memory), {}, size) == fc::commit_status::too_long);
  }
  auto memory = e.store.stage(c.who, c.as_writer(), fc::rendition::source(), fc::byte_count{100U}, why);
  CHECK(e.store.publish(c.who, c.as_writer(), std::move(memory), {}, 100) == fc::commit_status::committed);
}

TEST_CASE("the engine publishes no memory of a former epoch, and none of another tenant's (I7, P1)") {
  bare_engine e;
  auto const admin = e.scope(e.keys.admin(), fc::role::admin);
  auto const key = e.keys.publisher(1);
  bare_engine::camera const before{e, key};
  bare_engine::camera const neighbour{e, e.keys.publisher(2)};
  fc::commit_status why{};
  auto const staged = [&](bare_engine::camera const& c) {
    return e.store.stage(c.who, c.as_writer(), fc::rendition::source(), fc::byte_count{100U}, why);
  };
  CHECK(e.store.publish(neighbour.who, neighbour.as_writer(), staged(before), {}, 1) == fc::commit_status::refused);

  auto memory = staged(before);
  REQUIRE(memory);
  REQUIRE(e.store.revoke(admin, testing::tenant(1)).status == fc::order_status::done);
  bare_engine::camera const after{e, key};
  REQUIRE(after.device != before.device);
  CHECK(e.store.publish(after.who, after.as_writer(), std::move(memory), {}, 1) == fc::commit_status::refused);
  CHECK(e.store.stats().commits == 0);
  CHECK(e.store.publish(after.who, after.as_writer(), staged(after), {}, 1) == fc::commit_status::committed);
}

TEST_CASE("a publisher that writes without another question looks nothing up, however often it has written (P1)") {
  bare_engine e;
  bare_engine::camera const c{e, e.keys.publisher(1)};
  auto const eye = e.scope(e.keys.viewer(1), fc::role::viewer);
  REQUIRE(e.store.admit(eye) == fc::refusal::none);
  for (int i = 0; i != 3; ++i) {
    fc::commit_status status{};
    auto memory = e.store.stage(c.who, c.as_writer(), fc::rendition::source(), fc::byte_count{100U}, status);
    REQUIRE(e.store.publish(c.who, c.as_writer(), std::move(memory), {}, 100) == fc::commit_status::committed);
    fc::lookup_status why{};
    CHECK_FALSE(e.store.find(c.who, c.device, c.generation, fc::rendition::source(), why));
    CHECK(why == fc::lookup_status::refused);
    CHECK_FALSE(testing::holds(e.store.peek(c.who, c.device, c.generation, why)));
    CHECK(why == fc::lookup_status::refused);
    auto const held = e.store.find(eye, c.device, c.generation, fc::rendition::source(), why);
    CHECK(testing::holds(fc::frame_view{eye, held}));
    CHECK_FALSE(testing::holds(fc::frame_view{c.who, held}));
    // Nor does a viewer write, however often it has looked.
    CHECK_FALSE(e.store.stage(eye, c.as_writer(), fc::rendition::source(), fc::byte_count{100U}, status));
    CHECK(status == fc::commit_status::refused);
  }
}

TEST_CASE("a publisher that asks the engine to load leads no load, and neither does a stranger (P1, I8)") {
  bare_engine e;
  bare_engine::camera const c{e, e.keys.publisher(1)};
  auto const eye = e.scope(e.keys.viewer(1), fc::role::viewer);
  auto const stranger = e.scope(e.keys.viewer(2), fc::role::viewer);
  REQUIRE(e.store.admit(eye) == fc::refusal::none);
  REQUIRE(e.store.admit(stranger) == fc::refusal::none);
  fc::engine::load_wish const wish{c.device, c.generation, fc::rendition::source(), fc::any_age,
                                   std::chrono::steady_clock::now() + std::chrono::hours{1}};
  using advice = fc::engine::store::load_answer::advice;
  CHECK(e.store.load(c.who, wish, true, nullptr).what == advice::give_up);
  CHECK(e.store.load(c.who, wish, true, nullptr).why == fc::lookup_status::refused);
  CHECK(e.store.load(stranger, wish, true, nullptr).what == advice::give_up);
  CHECK(e.store.stats().loads == 0);
  CHECK(e.store.load(eye, wish, true, nullptr).what == advice::lead);
}

TEST_CASE("a guest that names the load of a device it does not list completes nothing (I8)") {
  bare_engine e;
  bare_engine::camera const c{e, e.keys.publisher(1)};
  auto const eye = e.scope(e.keys.viewer(1), fc::role::viewer);
  auto admission = testing::book::admission(fc::role::viewer, 1, 11);
  admission.devices = fc::device_list::only({"garden"});
  auto const guest = e.scope(e.keys.issue(admission), fc::role::viewer);
  fc::engine::load_wish const wish{c.device, c.generation, fc::rendition::source(), fc::any_age,
                                   std::chrono::steady_clock::now() + std::chrono::hours{1}};
  auto const load = e.store.load(eye, wish, true, nullptr);
  REQUIRE(load.what == fc::engine::store::load_answer::advice::lead);
  fc::engine::writing const by{c.device, c.generation, load.lead};
  fc::commit_status why{};
  CHECK_FALSE(e.store.stage(guest, by, fc::rendition::source(), fc::byte_count{8U}, why));
  CHECK(why == fc::commit_status::refused);
  CHECK(e.store.deny(guest, by, fc::rendition::source(), fc::base::steady_time::max()) == fc::commit_status::refused);
  auto memory = e.store.stage(eye, by, fc::rendition::source(), fc::byte_count{8U}, why);
  CHECK(e.store.publish(eye, by, std::move(memory), {}, 8) == fc::commit_status::committed);
}

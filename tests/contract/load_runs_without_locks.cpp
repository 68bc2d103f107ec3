// SPDX-License-Identifier: Apache-2.0
//
// A loader may call the cache: look up what it derives from, load something else, publish, or ask for itself.
#include <doctest/doctest.h>

#include "model/loading_home.hpp"

using testing::loading_home;
using namespace std::chrono_literals;

TEST_CASE("a loader looks up the source that it derives a picture from; the derived one dies with it (I8, I9, I6)") {
  loading_home h;
  REQUIRE(testing::put(h.stream, "a large picture") == fc::commit_status::committed);
  auto const shrink = [&](fc::ticket t) {
    auto const source = h.eye.find(t.device(), t.generation());
    auto const text = testing::text_of(h.eye.read(source));
    CHECK(testing::answer(std::move(t), text.substr(2, 5)) == fc::commit_status::committed);
  };
  auto const held = h.eye.get_or_load(h.device, h.generation, h.small, h.soon(), shrink);
  CHECK(testing::text_of(h.eye.read(held)) == "large");
  auto const next = h.camera.begin(h.device);
  CHECK(h.eye.find(h.device, h.generation, h.small).why() == fc::lookup_status::superseded);
  CHECK(h.eye.latest(h.device, fc::any_age, h.small).why() == fc::lookup_status::absent);
}

TEST_CASE("a loader loads what it needs, publishes, erases and turns switches (I9)") {
  loading_home h;
  auto const boss = h.cache.steward(h.keys.steward(1));
  auto const held = h.eye.get_or_load(h.device, h.generation, h.small, h.soon(), [&](fc::ticket t) {
    auto const first = h.eye.get_or_load(h.device, h.generation, h.large, h.soon(), [](fc::ticket inner) {
      CHECK(testing::answer(std::move(inner), "large") == fc::commit_status::committed);
    });
    CHECK(testing::text_of(h.eye.read(first)) == "large");
    CHECK(testing::put(h.stream, "source") == fc::commit_status::committed);
    CHECK(h.ops.suspend(fc::capability::live) == fc::order_status::done);
    CHECK(h.ops.resume(fc::capability::live) == fc::order_status::done);
    CHECK(boss.retire(h.camera.begin(h.camera.device("shed")).device()).status == fc::order_status::done);
    CHECK(h.cache.audit().ok);
    CHECK(testing::answer(std::move(t), "small") == fc::commit_status::committed);
  });
  CHECK(testing::text_of(h.eye.read(held)) == "small");
}

TEST_CASE("a loader that asks for its own key waits for itself no longer than its deadline (I8)") {
  loading_home h;
  auto const fails = [](fc::ticket) { FAIL("a second load of one key"); };
  auto const held = h.eye.get_or_load(h.device, h.generation, h.small, h.soon(), [&](fc::ticket t) {
    CHECK(h.eye.get_or_load(h.device, h.generation, h.small, fc::base::steady_now() + 5ms, fails).why() ==
          fc::lookup_status::timed_out);
    CHECK(testing::answer(std::move(t), "once") == fc::commit_status::committed);
  });
  CHECK(testing::text_of(h.eye.read(held)) == "once");
}

TEST_CASE("a watch of a load may ask again in its callback, and is woken by a switch (I9)") {
  loading_home h;
  std::vector<fc::ticket> kept;
  REQUIRE(h.ask(h.eye, h.small, kept).why() == fc::lookup_status::loading);
  auto why = fc::lookup_status::loading;
  auto const watch =
      h.eye.notify_loaded(h.device, h.generation, h.small, [&] { why = h.ask(h.eye, h.small, kept).why(); });
  REQUIRE(h.ops.suspend(testing::tenant(1)) == fc::order_status::done);
  CHECK(why == fc::lookup_status::suspended);
  REQUIRE(h.ops.resume(testing::tenant(1)) == fc::order_status::done);
  {
    auto const dropped = h.eye.notify_loaded(h.device, h.generation, h.small, [] { FAIL("a watch that was dropped"); });
  }
  CHECK(testing::answer(std::move(kept[0]), "after all") == fc::commit_status::committed);
}

TEST_CASE("with threads<one> a load never waits: what is not loaded at once is loading (I8)") {
  testing::house<fc::frame_cache<fc::threads<fc::one>>> h;
  auto const camera = h.cache.publisher(h.keys.publisher(1));
  auto const stream = camera.begin(camera.device("front door"));
  auto const eye = h.cache.viewer(h.keys.viewer(1));
  auto const far = fc::base::steady_now() + 1h;
  std::vector<fc::ticket> kept;
  auto const keep = [&](fc::ticket t) { kept.push_back(std::move(t)); };
  CHECK(eye.get_or_load(stream.device(), stream.generation(), far, keep).why() == fc::lookup_status::loading);
  CHECK(eye.get_or_load(stream.device(), stream.generation(), far, keep).why() == fc::lookup_status::loading);
  CHECK(testing::answer(std::move(kept[0]), "later") == fc::commit_status::committed);
  CHECK(testing::holds(eye.get_or_load(stream.device(), stream.generation(), far, keep)));
  CHECK(kept.size() == 1);
}

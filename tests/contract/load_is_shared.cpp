// SPDX-License-Identifier: Apache-2.0
//
// One load a key: whoever asks while it is under way gets the same frame, and only of exactly the words that were asked for.
#include <doctest/doctest.h>

#include "model/loading_home.hpp"

using testing::loading_home;

TEST_CASE("get_or_load calls the loader once and answers the frame; later calls find it (I8)") {
  loading_home h;
  int called = 0;
  auto const load = [&](fc::ticket t) {
    ++called;
    CHECK(t.device() == h.device);
    CHECK(t.generation() == h.generation);
    CHECK(t.rendition() == h.small);
    CHECK(testing::answer(std::move(t), "small picture") == fc::commit_status::committed);
  };
  auto const first = h.eye.get_or_load(h.device, h.generation, h.small, h.soon(), load);
  REQUIRE(first);
  CHECK(testing::text_of(h.eye.read(first)) == "small picture");
  auto const second = h.eye.get_or_load(h.device, h.generation, h.small, h.soon(), load);
  CHECK(testing::text_of(h.eye.read(second)) == "small picture");
  CHECK(called == 1);
  CHECK(h.cache.stats().loads == 1);
}

TEST_CASE("the source can be loaded too, and every word of the key is a load of its own (I8)") {
  loading_home h;
  auto const source = h.eye.get_or_load(h.device, h.generation, h.soon(), [&](fc::ticket t) {
    CHECK(t.rendition().is_source());
    CHECK(testing::answer(std::move(t), "source") == fc::commit_status::committed);
  });
  CHECK(testing::text_of(h.eye.read(source)) == "source");
  auto other = h.camera.begin(h.camera.device("garden"));

  std::vector<fc::ticket> kept;
  auto const keep = [&](fc::ticket t) { kept.push_back(std::move(t)); };
  CHECK(h.ask(h.eye, h.device, h.generation, h.small, keep).why() == fc::lookup_status::loading);
  CHECK(h.ask(h.eye, h.device, h.generation, h.large, keep).why() == fc::lookup_status::loading);
  CHECK(h.ask(h.eye, other.device(), other.generation(), h.small, keep).why() == fc::lookup_status::loading);
  REQUIRE(kept.size() == 3);
  CHECK(testing::answer(std::move(kept[2]), "small garden") == fc::commit_status::committed);
  CHECK(testing::answer(std::move(kept[0]), "small door") == fc::commit_status::committed);
  CHECK(testing::answer(std::move(kept[1]), "large door") == fc::commit_status::committed);
  auto const text = [&](fc::device_id d, fc::stream_generation g, fc::rendition which) {
    auto const held = h.eye.find(d, g, which);
    return testing::text_of(h.eye.read(held));
  };
  CHECK(text(h.device, h.generation, h.small) == "small door");
  CHECK(text(h.device, h.generation, h.large) == "large door");
  CHECK(text(other.device(), other.generation(), h.small) == "small garden");
}

TEST_CASE(
    "whoever asks while a load is under way follows it: the loader is not called again, a watch tells the end (I8)") {
  loading_home h;
  auto const guest = h.cache.viewer(h.keys.viewer(1, 77));
  std::vector<fc::ticket> kept;
  CHECK(h.ask(h.eye, h.small, kept).why() == fc::lookup_status::loading);
  CHECK(h.ask(guest, h.small, kept).why() == fc::lookup_status::loading);
  REQUIRE(kept.size() == 1);
  int told = 0;
  auto const watch = guest.notify_loaded(h.device, h.generation, h.small, [&] { ++told; });
  CHECK(told == 0);
  CHECK(testing::answer(std::move(kept[0]), "for both") == fc::commit_status::committed);
  CHECK(told == 1);
  auto const held = h.ask(guest, h.small, kept);
  CHECK(testing::text_of(guest.read(held)) == "for both");
  CHECK(kept.size() == 1);
  // Nothing is under way any more: told at once.
  auto const late = guest.notify_loaded(h.device, h.generation, h.small, [&] { ++told; });
  CHECK(told == 2);
}

TEST_CASE("a commit of a stream under the same key ends the load, and its late answer changes nothing (I8)") {
  loading_home h;
  std::vector<fc::ticket> kept;
  int told = 0;
  CHECK(h.ask(h.eye, fc::rendition::source(), kept).why() == fc::lookup_status::loading);
  auto const watch = h.eye.notify_loaded(h.device, h.generation, fc::rendition::source(), [&] { ++told; });
  REQUIRE(testing::put(h.stream, "from the camera") == fc::commit_status::committed);
  CHECK(told == 1);
  CHECK(testing::answer(std::move(kept[0]), "late") == fc::commit_status::cancelled);
  auto const held = h.eye.latest(h.device, fc::any_age);
  CHECK(testing::text_of(h.eye.read(held)) == "from the camera");
}

TEST_CASE("a frame that is older than asked is loaded anew (I8)") {
  testing::clock_keeper const keeper;
  loading_home h;
  REQUIRE(testing::put(h.stream, "old") == fc::commit_status::committed);
  fc::base::advance_clocks(std::chrono::seconds{5});
  auto const load = [](fc::ticket t) { CHECK(testing::answer(std::move(t), "new") == fc::commit_status::committed); };
  auto const source = fc::rendition::source();
  auto const patient =
      h.eye.get_or_load(h.device, h.generation, source, fc::no_older_than(std::chrono::seconds{9}), h.soon(), load);
  CHECK(testing::text_of(h.eye.read(patient)) == "old");
  auto const fresh =
      h.eye.get_or_load(h.device, h.generation, source, fc::no_older_than(std::chrono::seconds{1}), h.soon(), load);
  CHECK(testing::text_of(h.eye.read(fresh)) == "new");
  // However short the limit: what is loaded for a question answers it.
  auto const at_once = h.eye.get_or_load(
      h.device, h.generation, source, fc::no_older_than(std::chrono::seconds{0}), h.soon(), [](fc::ticket t) {
        CHECK(testing::answer(std::move(t), "newest") == fc::commit_status::committed);
        fc::base::advance_clocks(std::chrono::seconds{1});
      });
  CHECK(testing::text_of(h.eye.read(at_once)) == "newest");
}

TEST_CASE("a tenant loads config.loads_per_tenant keys at once; what is beyond is shed, its own and nobody else's (I8, "
          "I10)") {
  auto config = loading_home::config();
  config.loads_per_tenant = 2;
  loading_home h{config};
  auto const camera = h.cache.publisher(h.keys.publisher(2));
  auto const stream = camera.begin(camera.device("front door"));
  auto const neighbour = h.cache.viewer(h.keys.viewer(2));
  std::vector<fc::ticket> kept;
  CHECK(h.ask(h.eye, h.small, kept).why() == fc::lookup_status::loading);
  CHECK(h.ask(h.eye, h.large, kept).why() == fc::lookup_status::loading);
  CHECK(h.ask(h.eye, fc::rendition::source(), kept).why() == fc::lookup_status::failed);
  CHECK(h.ask(h.eye, h.small, kept).why() == fc::lookup_status::loading);  // who follows loads nothing more
  auto const keep = [&](fc::ticket t) { kept.push_back(std::move(t)); };
  CHECK(h.ask(neighbour, stream.device(), stream.generation(), h.small, keep).why() == fc::lookup_status::loading);
  REQUIRE(kept.size() == 3);
  CHECK(testing::answer(std::move(kept[0]), "done") == fc::commit_status::committed);
  CHECK(h.ask(h.eye, fc::rendition::source(), kept).why() == fc::lookup_status::loading);
  config.loads_per_tenant = 0;
  CHECK_THROWS_AS(loading_home{config}, std::invalid_argument);
}

TEST_CASE(
    "what a viewer may not see it cannot load: the loader is not called, the answer is that of a lookup (I8, P1)") {
  loading_home h;
  auto const fails = [](fc::ticket) { FAIL("a loader was called"); };
  auto const stranger = h.cache.viewer(h.keys.viewer(2));
  CHECK(h.ask(stranger, h.device, h.generation, h.small, fails).why() == fc::lookup_status::absent);
  auto limited = testing::book::admission(fc::role::viewer, 1, 5);
  limited.devices = fc::device_list::only({"garden"});
  auto const guest = h.cache.viewer(h.keys.issue(limited));
  CHECK(h.ask(guest, h.device, h.generation, h.small, fails).why() == fc::lookup_status::absent);
  fc::stream_generation const never{h.generation.value() + 1};
  CHECK(h.ask(h.eye, h.device, never, h.small, fails).why() == fc::lookup_status::absent);
  auto const again = h.camera.begin(h.device);
  CHECK(h.ask(h.eye, h.device, h.generation, h.small, fails).why() == fc::lookup_status::superseded);
  REQUIRE(h.ops.suspend(testing::tenant(1)) == fc::order_status::done);
  CHECK(h.ask(h.eye, h.device, again.generation(), h.small, fails).why() == fc::lookup_status::suspended);
  auto const nobody = h.cache.viewer("not a credential");
  CHECK(h.ask(nobody, h.device, again.generation(), h.small, fails).why() == fc::lookup_status::refused);
}

// SPDX-License-Identifier: Apache-2.0
//
// A leader that fails, throws, is cancelled or never answers: whoever waits leads in its place, and is not told its failure.
#include <doctest/doctest.h>

#include "model/loading_home.hpp"

#include <stdexcept>

using testing::loading_home;
using namespace std::chrono_literals;

TEST_CASE("a loader that gives up makes its own caller's answer `failed` and nobody else's (I8)") {
  loading_home h;
  int called = 0;
  auto const gives_up = [&](fc::ticket) { ++called; };
  CHECK(h.eye.get_or_load(h.device, h.generation, h.small, h.soon(), gives_up).why() == fc::lookup_status::failed);
  CHECK(called == 1);
  auto const held = h.eye.get_or_load(h.device, h.generation, h.small, h.soon(), [](fc::ticket t) {
    CHECK(testing::answer(std::move(t), "the next one's") == fc::commit_status::committed);
  });
  CHECK(testing::text_of(h.eye.read(held)) == "the next one's");
}

TEST_CASE("what a loader throws propagates, and the load is free for the next (I8)") {
  loading_home h;
  auto const throws = [](fc::ticket) { throw std::runtime_error("no picture"); };
  CHECK_THROWS_AS((void)h.eye.get_or_load(h.device, h.generation, h.small, h.soon(), throws), std::runtime_error);
  auto const throws_late = [](fc::ticket t) {
    auto draft = std::move(t).stage(fc::byte_count{16U});
    throw std::runtime_error("half a picture");
  };
  CHECK_THROWS_AS((void)h.eye.get_or_load(h.device, h.generation, h.small, h.soon(), throws_late), std::runtime_error);
  CHECK_THROWS_AS((void)h.eye.try_get_or_load(h.device, h.generation, h.small, fc::any_age, h.soon(), throws),
                  std::runtime_error);
  CHECK(h.cache.stats().pinned == 0);
  std::vector<fc::ticket> kept;
  CHECK(h.ask(h.eye, h.small, kept).why() == fc::lookup_status::loading);
  CHECK(kept.size() == 1);
}

TEST_CASE("a leader that never answers leads until its caller's deadline, then the next who asks does (I8)") {
  testing::clock_keeper const keeper;
  loading_home h;
  std::vector<fc::ticket> kept;
  auto const ask_for = [&](std::chrono::seconds patience) {
    return h.eye
        .try_get_or_load(h.device, h.generation, h.small, fc::any_age, fc::base::steady_now() + patience,
                         [&](fc::ticket t) { kept.push_back(std::move(t)); })
        .why();
  };
  CHECK(ask_for(2s) == fc::lookup_status::loading);
  int told = 0;
  auto const watch = h.eye.notify_loaded(h.device, h.generation, h.small, [&] { ++told; });
  fc::base::advance_clocks(1s);
  CHECK(ask_for(2s) == fc::lookup_status::loading);
  CHECK(kept.size() == 1);
  fc::base::advance_clocks(1s);
  CHECK(ask_for(2s) == fc::lookup_status::loading);
  REQUIRE(kept.size() == 2);
  CHECK(told == 1);
  // The old leader's answer comes after all: it lands nowhere, and the new leader's does.
  CHECK(testing::answer(std::move(kept[0]), "too late") == fc::commit_status::cancelled);
  CHECK(h.eye.find(h.device, h.generation, h.small).why() == fc::lookup_status::absent);
  CHECK(testing::answer(std::move(kept[1]), "in time") == fc::commit_status::committed);
  auto const held = h.eye.find(h.device, h.generation, h.small);
  CHECK(testing::text_of(h.eye.read(held)) == "in time");
}

TEST_CASE("however far a leader's deadline, it leads no longer than config.load_lease (I8)") {
  testing::clock_keeper const keeper;
  auto config = loading_home::config();
  config.load_lease = 3s;
  loading_home h{config};
  std::vector<fc::ticket> kept;
  auto const for_ever = std::chrono::steady_clock::time_point::max();
  auto const keep = [&](fc::ticket t) { kept.push_back(std::move(t)); };
  auto const source = fc::rendition::source();
  CHECK(h.eye.try_get_or_load(h.device, h.generation, source, fc::any_age, for_ever, keep).why() ==
        fc::lookup_status::loading);
  REQUIRE(kept.size() == 1);
  CHECK(kept[0].deadline() <= fc::base::steady_now() + 3s);
  fc::base::advance_clocks(3s);
  CHECK(h.eye.try_get_or_load(h.device, h.generation, source, fc::any_age, for_ever, keep).why() ==
        fc::lookup_status::loading);
  CHECK(kept.size() == 2);
  CHECK_THROWS_AS(loading_home{(config.load_lease = 0s, config)}, std::invalid_argument);
}

TEST_CASE("late is not refused as such: while nobody else leads, the answer is taken (I8)") {
  testing::clock_keeper const keeper;
  loading_home h;
  std::vector<fc::ticket> kept;
  CHECK(h.ask(h.eye, h.small, kept).why() == fc::lookup_status::loading);
  fc::base::advance_clocks(1h);
  CHECK(testing::answer(std::move(kept[0]), "late but alone") == fc::commit_status::committed);
}

TEST_CASE("a caller whose time is up loads nothing (I8)") {
  loading_home h;
  auto const fails = [](fc::ticket) { FAIL("a loader was called"); };
  CHECK(h.eye.get_or_load(h.device, h.generation, h.small, fc::base::steady_now(), fails).why() ==
        fc::lookup_status::timed_out);
  std::vector<fc::ticket> kept;
  CHECK(h.ask(h.eye, h.small, kept).why() == fc::lookup_status::loading);
  // A follower waits for its own deadline, not for the leader's.
  CHECK(h.eye.get_or_load(h.device, h.generation, h.small, fc::base::steady_now() + 5ms, fails).why() ==
        fc::lookup_status::timed_out);
  // A loader that keeps its ticket is waited for until the deadline.
  CHECK(h.eye
            .get_or_load(h.device, h.generation, h.large, fc::base::steady_now() + 5ms,
                         [&](fc::ticket t) { kept.push_back(std::move(t)); })
            .why() == fc::lookup_status::timed_out);
  CHECK(testing::answer(std::move(kept[1]), "kept") == fc::commit_status::committed);
}

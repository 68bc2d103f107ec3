// SPDX-License-Identifier: Apache-2.0
//
// A loader that knows there is nothing says for how long nobody need ask again: of that key alone, for that tenant, within a bound.
#include <doctest/doctest.h>

#include "model/loading_home.hpp"

using testing::loading_home;
using namespace std::chrono_literals;

namespace {
auto const denies = [](fc::ticket t) { CHECK(std::move(t).absent_for(10s) == fc::commit_status::committed); };
fc::rendition of_width(std::uint16_t width) { return {width, 100, fc::rotation::none}; }
}  // namespace

TEST_CASE("a negative answers absent without a loader until it expires (I8)") {
  testing::clock_keeper const keeper;
  loading_home h;
  int called = 0;
  auto const counts = [&](fc::ticket t) {
    ++called;
    denies(std::move(t));
  };
  CHECK(h.eye.get_or_load(h.device, h.generation, h.small, h.soon(), counts).why() == fc::lookup_status::absent);
  CHECK(h.eye.get_or_load(h.device, h.generation, h.small, h.soon(), counts).why() == fc::lookup_status::absent);
  CHECK(called == 1);
  // Another rendition, and later the same one, are asked for.
  CHECK(h.eye.get_or_load(h.device, h.generation, h.large, h.soon(), counts).why() == fc::lookup_status::absent);
  CHECK(called == 2);
  fc::base::advance_clocks(10s);
  CHECK(h.eye.get_or_load(h.device, h.generation, h.small, h.soon(), counts).why() == fc::lookup_status::absent);
  CHECK(called == 3);
}

TEST_CASE("what is published ends a negative, and a newer generation knows of none (I8)") {
  loading_home h;
  CHECK(h.ask(h.eye, h.device, h.generation, fc::rendition::source(), denies).why() == fc::lookup_status::absent);
  REQUIRE(testing::put(h.stream, "after all") == fc::commit_status::committed);
  REQUIRE(h.stream.erase().status == fc::order_status::done);
  std::vector<fc::ticket> kept;
  CHECK(h.ask(h.eye, fc::rendition::source(), kept).why() == fc::lookup_status::loading);
  kept.clear();
  CHECK(h.ask(h.eye, h.device, h.generation, h.small, denies).why() == fc::lookup_status::absent);
  h.stream = h.camera.begin(h.device);
  h.generation = h.stream.generation();
  CHECK(h.ask(h.eye, h.small, kept).why() == fc::lookup_status::loading);
}

TEST_CASE("a tenant has config.negatives_per_tenant of them, charged once; the oldest makes way (I8, I10)") {
  auto config = loading_home::config();
  config.negatives_per_tenant = 3;
  loading_home h{config};
  auto const is_remembered = [&](std::uint16_t width) {
    bool asked = false;
    auto const peeps = [&](fc::ticket) { asked = true; };
    CHECK_FALSE(h.ask(h.eye, h.device, h.generation, of_width(width), peeps));
    return !asked;
  };
  CHECK(h.ask(h.eye, h.device, h.generation, of_width(1), denies).why() == fc::lookup_status::absent);
  auto const resident = h.cache.stats().resident;
  for (std::uint16_t width = 2; width != 5; ++width) {
    CHECK(h.ask(h.eye, h.device, h.generation, of_width(width), denies).why() == fc::lookup_status::absent);
  }
  CHECK(h.cache.stats().resident == resident);
  CHECK_FALSE(is_remembered(1));
  CHECK(is_remembered(2));
  CHECK(is_remembered(3));
  CHECK(is_remembered(4));
  for (int round = 0; round != 2; ++round) {  // the same key again takes no second place
    CHECK(h.ask(h.eye, h.device, h.generation, of_width(5), denies).why() == fc::lookup_status::absent);
  }
  CHECK_FALSE(is_remembered(2));
  CHECK(is_remembered(3));
}

TEST_CASE("none are remembered where none may be, and absurdly many are refused (I8)") {
  auto config = loading_home::config();
  config.negatives_per_tenant = 0;
  loading_home h{config};
  std::vector<fc::ticket> kept;
  CHECK(h.eye.get_or_load(h.device, h.generation, h.small, h.soon(), denies).why() == fc::lookup_status::failed);
  CHECK(h.ask(h.eye, h.small, kept).why() == fc::lookup_status::loading);
  config.negatives_per_tenant = 4097;
  CHECK_THROWS_AS(loading_home{config}, std::invalid_argument);
}

TEST_CASE("another tenant's negatives are its own (I8)") {
  loading_home h;
  CHECK(h.ask(h.eye, h.device, h.generation, h.small, denies).why() == fc::lookup_status::absent);
  auto const camera = h.cache.publisher(h.keys.publisher(2));
  auto const stream = camera.begin(camera.device("front door"));
  auto const eye = h.cache.viewer(h.keys.viewer(2));
  bool asked = false;
  auto const peeps = [&](fc::ticket) { asked = true; };
  CHECK_FALSE(h.ask(eye, stream.device(), stream.generation(), h.small, peeps));
  CHECK(asked);
}

// SPDX-License-Identifier: Apache-2.0
//
// I8 and P1, tried at run time: seats and tickets are made up by hand on a store that a user got hold of, with numbers
// of other loads, other devices and other memory. The authority is the scope's own: its room, its label, its role.
// Nothing of another tenant is written, and what is refused is counted.
#include <doctest/doctest.h>

#include "support/homes.hpp"

#include <cstring>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace {
using fc::core::scope;
using fc::engine::seat;
using fc::engine::store;
using advice = store::load_answer::advice;

struct two_authorities {
  testing::book keys;
  fc::registry homes{keys};
  std::vector<fc::crossing> crossings;
  store in{homes, wired(), {}, &fc::engine::hash_with_xxh3};
  fc::publisher camera{in, keys.publisher(1)};
  fc::publisher neighbour{in, keys.publisher(2)};
  fc::stream stream = camera.begin(camera.device("front door"));
  fc::stream other = neighbour.begin(neighbour.device("front door"));
  scope first{homes, keys.viewer(1), fc::role::viewer, "anyone"};
  scope second{homes, keys.viewer(2), fc::role::viewer, "anyone"};

  two_authorities() {
    REQUIRE(in.admit(first) == fc::refusal::none);
    REQUIRE(in.admit(second) == fc::refusal::none);
  }
  fc::config wired() {
    fc::config how{.capacity = fc::mebibytes{4}};
    how.tripwire = [this](fc::crossing const& c) { crossings.push_back(c); };
    return how;
  }

  // Begins a load of a stream's source picture. Returns its number.
  std::uint64_t lead(scope const& who, fc::stream const& of) {
    fc::engine::load_wish const wish{of.device(), of.generation(), fc::rendition::source(), fc::any_age,
                                     fc::base::steady_time::max()};
    auto const answer = in.load(who, wish, true, nullptr);
    REQUIRE(answer.what == advice::lead);
    return answer.lead;
  }
  // What nobody but the engine should make: a ticket for `of`, under the authority of `who`, with a number of a load.
  fc::ticket forged(scope const& who, fc::stream const& of, std::uint64_t number) {
    auto chair = std::make_unique<seat>(who, in, of.device(), of.generation());
    chair->lead = number;
    return fc::ticket{std::move(chair)};
  }
  std::string read(scope const& who, fc::stream const& of) {
    auto why = fc::lookup_status::hit;
    auto const held = in.find(who, of.device(), of.generation(), fc::rendition::source(), why);
    return testing::text_of(fc::frame_view{who, held});
  }
};

fc::commit_status complete(fc::ticket by, std::string_view text) {
  auto draft = std::move(by).stage(fc::byte_count{text.size()});
  if (!draft) return draft.why();
  std::memcpy(draft.bytes().data(), text.data(), text.size());
  return std::move(draft).commit({.size = fc::byte_count{text.size()}});
}
}  // namespace

TEST_CASE("a ticket of one tenant with the number of another's load completes nothing (I8)") {
  two_authorities h;
  auto const number = h.lead(h.first, h.stream);
  auto const same = h.lead(h.second, h.other);
  REQUIRE(number == same);  // rooms count apart: a number is no secret and no power

  CHECK(complete(h.forged(h.second, h.stream, number), "smuggled in") == fc::commit_status::retired);
  CHECK(h.forged(h.second, h.stream, number).absent_for(std::chrono::hours{1}) == fc::commit_status::retired);
  CHECK(h.read(h.first, h.stream).empty());
  CHECK(h.in.stats().commits == 0);
  CHECK(h.in.stats().commits_refused == 1);
  // Neither did it end the load: its own ticket does.
  CHECK(complete(h.forged(h.first, h.stream, number), "of home 1") == fc::commit_status::committed);
  CHECK(h.read(h.first, h.stream) == "of home 1");
  CHECK(complete(h.forged(h.second, h.other, same), "of home 2") == fc::commit_status::committed);
  CHECK(h.read(h.second, h.other) == "of home 2");
  CHECK(h.read(h.second, h.stream).empty());
}

TEST_CASE("a viewer with a seat and no load publishes nothing, not even for its own tenant (I8)") {
  two_authorities h;
  auto own = std::make_unique<seat>(h.first, h.in, h.stream.device(), h.stream.generation());
  fc::stream const made_up{std::move(own)};
  CHECK(testing::put(made_up, "of a viewer") == fc::commit_status::refused);
  CHECK(complete(h.forged(h.first, h.stream, 1), "of a viewer") == fc::commit_status::cancelled);
  CHECK(h.read(h.first, h.stream).empty());
  CHECK(h.in.stats().commits == 0);
}

TEST_CASE("a seat of one tenant for another's stream neither writes, erases nor ends it (P1)") {
  two_authorities h;
  scope const thief{h.homes, h.keys.publisher(2), fc::role::publisher, "anyone"};
  REQUIRE(testing::put(h.stream, "of home 1") == fc::commit_status::committed);
  {
    fc::stream const made_up{std::make_unique<seat>(thief, h.in, h.stream.device(), h.stream.generation())};
    CHECK(made_up.generation() == h.stream.generation());
    CHECK(testing::put(made_up, "smuggled in") == fc::commit_status::retired);
    CHECK(made_up.erase().status == fc::order_status::refused);
    CHECK(made_up.erase().wiped == 0);
  }
  CHECK(h.read(h.first, h.stream) == "of home 1");
  CHECK(h.read(h.second, h.stream).empty());
  CHECK(testing::put(h.stream, "goes on") == fc::commit_status::committed);
}

TEST_CASE("memory that one tenant staged is not published under another's authority (P1, I5)") {
  two_authorities h;
  scope const writer{h.homes, h.keys.publisher(1), fc::role::publisher, "anyone"};
  scope const thief{h.homes, h.keys.publisher(2), fc::role::publisher, "anyone"};
  fc::engine::writing const mine{h.stream.device(), h.stream.generation()};
  fc::engine::writing const theirs{h.other.device(), h.other.generation()};
  fc::commit_status why{};
  auto memory = h.in.stage(writer, mine, fc::rendition::source(), fc::byte_count{8U}, why);
  REQUIRE(memory);
  CHECK(h.in.publish(thief, theirs, std::move(memory), {}, 8) == fc::commit_status::refused);

  memory = h.in.stage(writer, mine, fc::rendition::source(), fc::byte_count{8U}, why);
  seat wrong{thief, h.in, h.other.device(), h.other.generation()};
  fc::draft mixed{wrong, std::move(memory), why};
  CHECK(std::move(mixed).commit({.size = fc::byte_count{8U}}) == fc::commit_status::refused);
  CHECK(h.read(h.first, h.stream).empty());
  CHECK(h.read(h.second, h.other).empty());
  CHECK(h.in.stats().commits_refused == 2);
}

TEST_CASE("waiting on another tenant's load hears of nothing (I8, I11)") {
  two_authorities h;
  auto const number = h.lead(h.first, h.stream);
  int told = 0;
  auto const w = std::make_shared<fc::engine::waiter>([&] { ++told; }, h.in.sharing());
  fc::engine::load_wish const wish{h.stream.device(), h.stream.generation(), fc::rendition::source(), fc::any_age,
                                   fc::base::steady_time::max()};
  CHECK(h.in.load(h.second, wish, true, w).what == advice::give_up);
  h.in.give_up(h.second, {h.stream.device(), h.stream.generation(), number}, fc::rendition::source());
  h.in.forget(h.second, h.stream.device(), w);
  CHECK(complete(h.forged(h.first, h.stream, number), "of home 1") == fc::commit_status::committed);
  CHECK(told == 0);
}

TEST_CASE("what a cache of another policy and registry found is refused and counted by the cache it came from (P2)") {
  testing::house<fc::frame_cache<fc::isolate<fc::shared>>> here;
  testing::house<fc::frame_cache<fc::scrub<fc::on_release>>> there;
  auto camera = here.cache.publisher(here.keys.publisher(1));
  auto const stream = camera.begin(camera.device("front door"));
  REQUIRE(testing::put(stream, "a frame") == fc::commit_status::committed);
  auto eye = here.cache.viewer(here.keys.viewer(1));
  auto stranger = there.cache.viewer(there.keys.viewer(1));
  auto const held = eye.find(stream.device(), stream.generation());
  REQUIRE(held);
  // Policies are the cache's: roles and handles of one audience are of one type, so this compiles.
  CHECK(stranger.read(held).why() == fc::lookup_status::refused);
  CHECK_FALSE(testing::holds(stranger.share(held)));
  REQUIRE(here.crossings.size() == 2);
  CHECK(here.crossings[0].kind == fc::crossing_kind::foreign_frame);
}

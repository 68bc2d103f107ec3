// SPDX-License-Identifier: Apache-2.0
//
// What is not there is told without a lock. A thread erases its frames and stands in the middle of that, with its lane's lock: in the cache's
// hash function, which is asked there for a frame that leaves the index. Another asks meanwhile for all that is not there, in every way.
#include <doctest/doctest.h>

#include "support/homes.hpp"
#include "support/turnstile.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace std::chrono_literals;

namespace {

constexpr fc::rendition thumb{320, 180, fc::rotation::none};
constexpr fc::rendition other{160, 90, fc::rotation::none};
using status = fc::lookup_status;

// Without a lock that somebody holds: `ask` is called while its home's lane is held. Returns whether it came to an end meanwhile.
template <class Ask>
bool answers_meanwhile(fc::stream const& of, Ask const& ask) {
  testing::turnstile gate;
  bool asked = false;
  std::thread asks([&] {
    asked = gate.wait_for_one();
    if (asked) ask();
    gate.let_through();
  });
  std::thread erases([&] {
    testing::standing_here = {&gate, other.word()};
    static_cast<void>(of.erase());
    testing::standing_here = {};
    gate.open();
  });
  bool const went_on = gate.watch_for(20s);
  erases.join();
  asks.join();
  return went_on && asked;
}

template <bool Marks, class... Policies>
void ask_for_what_is_not_there(fc::config how) {
  using cache_type = fc::frame_cache<fc::hash<testing::hash_that_stands>, Policies...>;
  testing::book keys;
  fc::registry registry{keys};
  cache_type cache{registry, std::move(how)};
  auto const camera = cache.publisher(keys.publisher(1));
  auto const eye = cache.viewer(keys.viewer(1));
  auto const next_door = cache.publisher(keys.publisher(2));
  auto const foreign = next_door.begin(next_door.device("porch"));
  REQUIRE(testing::put(foreign, "theirs") == fc::commit_status::committed);
  auto const porch = *camera.device("porch");
  auto const before = camera.begin(camera.device("porch")).generation();
  auto const stream = camera.begin(camera.device("porch"));
  auto const live = stream.generation();
  auto const later = fc::stream_generation{live.value() + 1};
  REQUIRE(testing::put(stream, "ours") == fc::commit_status::committed);
  auto const bare = camera.begin(camera.device("yard"));
  auto const awaited = *camera.device("cellar");  // somebody waits for it, so that there is a record
  auto const waits = eye.notify_newer(awaited, fc::frame_sequence{std::uint64_t{0}}, [] {});
  auto const never = *camera.device("attic");
  auto const hall = camera.begin(camera.device("hall"));
  REQUIRE(testing::put_derived(hall, thumb, "picture") == fc::commit_status::committed);

  std::vector<std::pair<std::string, status>> told;
  std::array<std::optional<fc::stream_generation>, 4> current;
  std::array<status, 3> batch{};
  bool const went_on = answers_meanwhile(hall, [&] {
    auto const say = [&](char const* what, status why) { told.emplace_back(what, why); };
    auto const peek = [&](fc::device_id device, fc::stream_generation of) {
      return eye.peek(device, of, [](fc::frame_view const&) {});
    };
    say("superseded: find", eye.find(porch, before).why());
    say("superseded: find a derived one", eye.find(porch, before, thumb).why());
    say("superseded: peek", peek(porch, before));
    say("absent: derived", eye.find(porch, live, thumb).why());
    say("absent: of a stream to come", eye.find(porch, later).why());
    say("absent: derived, of a stream to come", eye.find(porch, later, thumb).why());
    say("absent: peek at a stream to come", peek(porch, later));
    say("absent: latest, derived", eye.latest(porch, fc::any_age, thumb).why());
    say("absent: no frame yet", eye.find(bare.device(), bare.generation()).why());
    say("absent: no frame yet, derived", eye.find(bare.device(), bare.generation(), thumb).why());
    say("absent: no frame yet, latest derived", eye.latest(bare.device(), fc::any_age, thumb).why());
    say("absent: never streamed", eye.find(never, live).why());
    say("absent: never streamed, derived", eye.find(never, live, thumb).why());
    say("absent: never streamed, latest", eye.latest(never, fc::any_age).why());
    say("absent: awaited", eye.find(awaited, live).why());
    say("absent: awaited, derived", eye.find(awaited, live, thumb).why());
    say("absent: awaited, latest derived", eye.latest(awaited, fc::any_age, thumb).why());
    say("absent: foreign", eye.find(foreign.device(), foreign.generation()).why());
    say("absent: foreign, latest", eye.latest(foreign.device(), fc::any_age).why());
    say("absent: foreign, peek", peek(foreign.device(), foreign.generation()));
    auto const some = eye.find_many(
        std::array{fc::place{porch, live, thumb}, fc::place{porch, before, thumb}, fc::place{never, live}});
    for (std::size_t i = 0; i != some.size(); ++i) batch[i] = some[i].why();
    current = {eye.current(porch), eye.current(bare.device()), eye.current(never), eye.current(awaited)};
    auto const old = eye.latest(porch, fc::no_older_than(1ns));
    if (Marks) {
      say("hit: latest, stale", old && eye.read(old).stale() ? status::hit : status::failed);
    } else {
      // With marks the picture before might be there: only the lock tells.
      say("absent: no frame yet, latest", eye.latest(bare.device(), fc::any_age).why());
      say("too old: latest", old.why());
    }
  });
  CHECK(went_on);
  CHECK(told.size() == (Marks ? 21 : 22));
  for (auto const& each : told) {
    auto const& what = each.first;
    auto const why = each.second;
    CAPTURE(what);
    auto const expected = what.front() == 's'   ? status::superseded
                          : what.front() == 'a' ? status::absent
                          : what.front() == 'h' ? status::hit
                                                : status::too_old;
    CHECK(why == expected);
  }
  CHECK(batch == std::array{status::absent, status::superseded, status::absent});
  CHECK(current[0] == live);
  CHECK(current[1] == bare.generation());
  CHECK(!current[2]);
  CHECK(!current[3]);
  auto const seen = cache.stats();
  CHECK(seen.pinned == 0);
  CHECK(seen.hits == (Marks ? 1 : 0));
  CHECK(seen.superseded == 4);
  CHECK(seen.too_old == (Marks ? 0 : 1));
  CHECK(seen.absent == (Marks ? 19 : 20));
}

}  // namespace

TEST_CASE("what is not there is told while its lane is held (I4)") {
  ask_for_what_is_not_there<false>({.capacity = fc::mebibytes{4}});
}
TEST_CASE("what is not there is told while the lane of all is held (I4)") {
  ask_for_what_is_not_there<false, fc::isolate<fc::shared>>({.capacity = fc::mebibytes{4}});
}
TEST_CASE("what is not there is told within walls of its own while its lane is held (I4)") {
  ask_for_what_is_not_there<false, fc::isolate<fc::strict>>(
      {.capacity = fc::mebibytes{4}, .tenant_partition = fc::mebibytes{1}});
}
TEST_CASE("a marked picture that is too old is found while its lane is held (I6)") {
  ask_for_what_is_not_there<true, fc::stale<fc::mark>>({.capacity = fc::mebibytes{4}});
}

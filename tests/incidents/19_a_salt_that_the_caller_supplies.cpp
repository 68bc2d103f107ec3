// SPDX-License-Identifier: Apache-2.0
//
// Incident 19 (vLLM cache_salt, #53347): what was to keep callers apart in a shared cache was a word in the caller's
// own request. P1, P3: who asks is minted by the authenticator from a credential. A tenant that the caller supplies has
// no place in any call (tests/compile_fail/incidents.inc); here it says so wherever it can write a string or a number.
#include <doctest/doctest.h>

#include "support/homes.hpp"

#include <map>
#include <string>
#include <utility>

using namespace std::chrono_literals;

TEST_CASE("incident 19, the natural code: whoever supplies the victim's salt, or none as others do, shares the cache") {
  struct request {
    std::string salt;
    std::string question;
  };
  std::map<std::pair<std::string, std::string>, std::string> cache;
  auto const ask = [&](std::string const& who, request const& r) {
    return cache.try_emplace({r.salt, r.question}, "computed for " + who).first->second;
  };
  CHECK(ask("one", {"salt of one", "the hall"}) == "computed for one");
  CHECK(ask("two", {"salt of two", "the hall"}) == "computed for two");
  CHECK(ask("two", {"salt of one", "the hall"}) == "computed for one");
  CHECK(ask("three", {"", "the hall"}) == "computed for three");
  CHECK(ask("two", {"", "the hall"}) == "computed for three");
}

TEST_CASE("incident 19, framecache: whatever a caller claims in strings and numbers, it finds its own home's frames or "
          "none (P1, P3)") {
  testing::house<> h;
  auto const victim = h.cache.publisher(h.keys.publisher(1));
  auto const hall = victim.begin(victim.device("hall"));
  REQUIRE(testing::put(hall, "the hall of home one") == fc::commit_status::committed);
  auto const own = h.cache.publisher(h.keys.publisher(2));
  auto const own_hall = own.begin(own.device("hall"));
  REQUIRE(testing::put(own_hall, "the hall of home two") == fc::commit_status::committed);
  auto const genuine = h.keys.viewer(2);

  // In place of a credential, and along with one: the authenticator has issued none of these.
  for (std::string const& claim :
       {std::string{}, std::string{"1"}, std::string{"home 1"}, std::string{"tenant=1"}, genuine + ";tenant=1",
        genuine + " ", " " + genuine, genuine + std::string(1, '\0')}) {
    auto const eye = h.cache.viewer(claim);
    CHECK(eye.why() == fc::refusal::refused);
    CHECK_FALSE(eye.device("hall").has_value());
    CHECK(eye.find(hall.device(), hall.generation()).why() == fc::lookup_status::refused);
    CHECK(eye.latest(hall.device(), fc::any_age).why() == fc::lookup_status::refused);
  }

  // With its own credential: in the name, and by the numbers of the victim's camera.
  auto const eye = h.cache.viewer(genuine);
  for (auto const* const name : {"1/hall", "home 1/hall", "../1/hall", "tenant=1;hall", "hall?tenant=1", "/hall"}) {
    CHECK_FALSE(eye.device(name).has_value());
  }
  auto const found = eye.latest(*eye.device("hall"), fc::any_age);
  CHECK(testing::text_of(eye.read(found)) == "the hall of home two");
  CHECK(eye.find(hall.device(), hall.generation()).why() == fc::lookup_status::absent);
  CHECK(eye.latest(hall.device(), fc::any_age).why() == fc::lookup_status::absent);
  CHECK_FALSE(eye.current(hall.device()).has_value());
  CHECK(eye.peek(hall.device(), hall.generation(), [](fc::frame_view const&) { FAIL("shown to a stranger"); }) ==
        fc::lookup_status::absent);
  // A publisher's claims make names of its own, and reach no other camera.
  CHECK(own.begin(hall.device()).why() == fc::begin_status::unknown);
  auto const claimed = own.device("1/hall");
  CHECK(*claimed != hall.device());
  CHECK(h.crossings.empty());  // none of it got as far as a frame
  CHECK(h.cache.stats().credentials_refused == 8);
}

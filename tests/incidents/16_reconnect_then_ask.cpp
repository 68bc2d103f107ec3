// SPDX-License-Identifier: Apache-2.0
//
// Incident 16 (OvenMediaEngine #769, PeerTube #7438, ZLMediaKit #1943, #4175): a new session serves the old session's segments; an
// expired still is served as fresh. I6: the generation is in the key. Age is part of the result.
#include <doctest/doctest.h>

#include "support/homes.hpp"

#include <map>
#include <string>

using namespace std::chrono_literals;

TEST_CASE("incident 16, the natural code: after a reconnect the old session's picture is served as if it were new") {
  std::map<std::string, std::string> newest;
  newest["front door"] = "yesterday, before the camera was carried into the bedroom";
  // The camera reconnects and has sent nothing yet.
  CHECK(newest.contains("front door"));
}

TEST_CASE("incident 16, framecache: after a reconnect the old generation is superseded and the new one is absent until "
          "it has a frame") {
  testing::book book;
  fc::registry homes{book};
  fc::frame_cache<> cache{homes, {.capacity = fc::mebibytes{2}, .audit_each_operation = true}};
  auto camera = cache.publisher(book.publisher(1));
  auto eye = cache.viewer(book.viewer(1));
  auto before = camera.begin(camera.device("front door"));
  REQUIRE(testing::put(before, "the old session") == fc::commit_status::committed);
  auto late = before.stage(fc::byte_count{4u});
  REQUIRE(late);

  auto after = camera.begin(before.device());
  CHECK(after.generation() > before.generation());
  CHECK(eye.latest(after.device(), fc::any_age).why() == fc::lookup_status::absent);
  CHECK(eye.find(after.device(), before.generation()).why() == fc::lookup_status::superseded);
  // What the old session had under way arrives too late, and says so.
  CHECK(std::move(late).commit({.size = fc::byte_count{4u}}) == fc::commit_status::superseded);
  CHECK(testing::put(before, "again") == fc::commit_status::superseded);
  CHECK(eye.latest(after.device(), fc::any_age).why() == fc::lookup_status::absent);

  REQUIRE(testing::put(after, "the new session") == fc::commit_status::committed);
  auto const seen = eye.latest(after.device(), fc::no_older_than(2s));
  CHECK(testing::text_of(eye.read(seen)) == "the new session");
  fc::base::advance_clocks(3s);
  CHECK(eye.latest(after.device(), fc::no_older_than(2s)).why() == fc::lookup_status::too_old);
  CHECK(eye.read(seen).age() >= 3s);
}

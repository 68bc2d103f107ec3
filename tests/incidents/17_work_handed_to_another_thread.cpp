// SPDX-License-Identifier: Apache-2.0
//
// Incident 17 (Puma/Rails CVE-2022-23634, ebean #3809): the tenant was ambient, in a thread-local, and the next request on that thread
// inherited it. Here the tenant is in the object that is called; no thread-local decides anything.
#include <doctest/doctest.h>

#include "support/homes.hpp"

#include <map>
#include <string>
#include <thread>

namespace {

thread_local std::string current_home = "nobody";

}  // namespace

TEST_CASE("incident 17, the natural code: the next request on a worker inherits the last one's tenant") {
  std::map<std::string, std::string> newest{{"home one", "hall of one"}, {"home two", "hall of two"}};
  std::string seen;
  std::thread worker([&] {
    current_home = "home one";  // the first request; it throws before it resets
    // the second request, of home two, whose code forgot to set it
    seen = newest[current_home];
  });
  worker.join();
  CHECK(seen == "hall of one");
}

TEST_CASE("incident 17, framecache: a viewer sees its own home on whatever thread, in whatever order") {
  testing::book book;
  fc::registry homes{book};
  fc::frame_cache<> cache{homes, {.capacity = fc::mebibytes{2}}};
  for (auto const home : {std::uint64_t{1}, std::uint64_t{2}}) {
    auto camera = cache.publisher(book.publisher(home));
    auto stream = camera.begin(camera.device("hall"));
    REQUIRE(testing::put(stream, "hall of " + std::to_string(home)) == fc::commit_status::committed);
  }
  auto one = cache.viewer(book.viewer(1));
  auto two = cache.viewer(book.viewer(2));
  std::string of_one;
  std::string of_two;
  std::string crossed = "nothing was asked";
  std::thread worker([&] {
    auto const mine = one.latest(*one.device("hall"), fc::any_age);
    of_one = testing::text_of(one.read(mine));
    auto const theirs = two.latest(*two.device("hall"), fc::any_age);
    of_two = testing::text_of(two.read(theirs));
    crossed = testing::text_of(two.read(mine));
  });
  worker.join();
  CHECK(of_one == "hall of 1");
  CHECK(of_two == "hall of 2");
  CHECK(crossed.empty());
}

// SPDX-License-Identifier: Apache-2.0
//
// Incident 10 (Nest cameras with Wink, Jun 2019; Canary): the former owner's grant outlived reset and resale.
// I7: revoking begins a new epoch; scopes, handles and bytes of the old one end with it.
#include <doctest/doctest.h>

#include "support/homes.hpp"

#include <map>
#include <string>

TEST_CASE("incident 10, the natural code: a session opened before the resale still finds the camera") {
  std::map<std::string, std::string> cache;     // camera serial -> newest picture
  std::map<std::string, std::string> sessions;  // session -> camera serial it may see
  sessions["the former owner's phone"] = "camera 4711";
  cache["camera 4711"] = "the former owner's hall";
  // Sold and set up anew: the account changed hands, nobody thought of the session.
  cache["camera 4711"] = "the new owner's bedroom";
  CHECK(cache[sessions["the former owner's phone"]] == "the new owner's bedroom");
}

TEST_CASE("incident 10, framecache: after the resale the former owner's viewer, handle and stream are dead, and the "
          "bytes wiped") {
  testing::book book;
  fc::registry homes{book};
  fc::frame_cache<> cache{homes, {.capacity = fc::mebibytes{2}, .audit_each_operation = true}};
  auto ops = cache.admin(book.admin());

  auto camera = cache.publisher(book.publisher(1));
  auto stream = camera.begin(camera.device("hall"));
  REQUIRE(testing::put(stream, "the former owner's hall") == fc::commit_status::committed);
  auto former = cache.viewer(book.viewer(1));
  auto const device = *former.device("hall");
  auto held = former.latest(device, fc::any_age);
  REQUIRE(held);

  auto const done = ops.revoke(testing::tenant(1));
  CHECK(done.status == fc::order_status::done);
  CHECK(done.pinned > 0);

  // The new owner, under the same account number and the same camera name.
  auto anew = cache.publisher(book.publisher(1, 70));
  auto fresh = anew.begin(anew.device("hall"));
  REQUIRE(testing::put(fresh, "the new owner's bedroom") == fc::commit_status::committed);
  CHECK(fresh.device() != device);

  CHECK_FALSE(former);
  CHECK_FALSE(former.device("hall").has_value());
  CHECK(former.find(fresh.device(), fresh.generation()).why() == fc::lookup_status::refused);
  CHECK(former.latest(fresh.device(), fc::any_age).why() == fc::lookup_status::refused);
  CHECK(former.read(held).why() == fc::lookup_status::refused);
  CHECK(testing::put(stream, "from the old stream") == fc::commit_status::refused);

  CHECK_FALSE(ops.drain(testing::tenant(1), std::chrono::steady_clock::now()));
  held = {};
  CHECK(ops.drain(testing::tenant(1), std::chrono::steady_clock::now()));
}

// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "support/homes.hpp"

using namespace std::chrono_literals;

namespace {
std::string issue_for(testing::book& keys, fc::role role, std::chrono::nanoseconds from_now) {
  auto admission = testing::book::admission(role, 1, 7);
  admission.expires =
      fc::expiry::at(fc::base::wall_now() + std::chrono::duration_cast<std::chrono::system_clock::duration>(from_now));
  return keys.issue(admission);
}
}  // namespace

TEST_CASE("an expiry that has passed is refused, for each role") {
  testing::house<> h;
  CHECK(h.cache.viewer(issue_for(h.keys, fc::role::viewer, -1ns)).why() == fc::refusal::refused);
  CHECK(h.cache.publisher(issue_for(h.keys, fc::role::publisher, -1h)).why() == fc::refusal::refused);
  CHECK(h.cache.steward(issue_for(h.keys, fc::role::steward, -1h)).why() == fc::refusal::refused);
  CHECK(h.cache.admin(issue_for(h.keys, fc::role::admin, -1h)).why() == fc::refusal::refused);
  auto longest_ago = testing::book::admission(fc::role::viewer, 1, 7);
  longest_ago.expires = fc::expiry::at(fc::base::wall_time::min());
  CHECK_FALSE(testing::holds(h.cache.viewer(h.keys.issue(longest_ago))));
  CHECK(h.homes.credentials_refused() == 5);
}

TEST_CASE("a viewer whose expiry passes while it lives sees nothing more, not even through a handle it holds") {
  testing::clock_keeper const keeper;
  testing::house<> h;
  auto camera = h.cache.publisher(h.keys.publisher(1));
  auto const stream = camera.begin(camera.device("front door"));
  REQUIRE(testing::put(stream, "a frame") == fc::commit_status::committed);
  auto eye = h.cache.viewer(issue_for(h.keys, fc::role::viewer, 60s));
  auto const held = eye.find(stream.device(), stream.generation());
  REQUIRE(testing::holds(eye.read(held)));

  fc::base::advance_clocks(59s);
  CHECK(eye);
  CHECK(testing::holds(eye.read(held)));
  fc::base::advance_clocks(1s);
  CHECK(eye.why() == fc::refusal::refused);
  CHECK(eye.read(held).why() == fc::lookup_status::refused);
  CHECK(eye.find(stream.device(), stream.generation()).why() == fc::lookup_status::refused);
  CHECK(eye.latest(stream.device(), fc::any_age).why() == fc::lookup_status::refused);
  CHECK_FALSE(eye.device("front door").has_value());
  CHECK_FALSE(eye.current(stream.device()).has_value());
  CHECK_FALSE(eye.share(held));
  // Others are not touched.
  CHECK(testing::holds(h.cache.viewer(h.keys.viewer(1)).read(held)));
}

TEST_CASE("a publisher's expiry ends its streams and its open drafts, a steward's and an admin's their orders") {
  testing::clock_keeper const keeper;
  testing::house<> h;
  auto camera = h.cache.publisher(issue_for(h.keys, fc::role::publisher, 60s));
  auto const stream = camera.begin(camera.device("front door"));
  auto draft = stream.stage(fc::byte_count{8U});
  auto steward = h.cache.steward(issue_for(h.keys, fc::role::steward, 60s));
  auto ops = h.cache.admin(issue_for(h.keys, fc::role::admin, 60s));
  REQUIRE(ops);
  REQUIRE(steward);

  fc::base::advance_clocks(60s);
  CHECK(std::move(draft).commit({.size = fc::byte_count{8U}}) == fc::commit_status::refused);
  CHECK(stream.stage(fc::byte_count{8U}).why() == fc::commit_status::refused);
  CHECK(camera.begin(stream.device()).why() == fc::begin_status::refused);
  CHECK(camera.device("front door").why() == fc::name_status::refused);
  CHECK_FALSE(camera);
  CHECK(steward.retire(stream.device()).status == fc::order_status::refused);
  CHECK_FALSE(steward);
  CHECK(ops.revoke(testing::tenant(1)).status == fc::order_status::refused);
  CHECK_FALSE(ops);
}

TEST_CASE("an expiry beyond every clock is no expiry") {
  testing::clock_keeper const keeper;
  testing::house<> h;
  auto admission = testing::book::admission(fc::role::viewer, 1, 7);
  admission.expires = fc::expiry::at(fc::base::wall_time::max());
  auto eye = h.cache.viewer(h.keys.issue(admission));
  CHECK(eye);
  fc::base::advance_clocks(24h * 365 * 50);
  CHECK(eye);
}

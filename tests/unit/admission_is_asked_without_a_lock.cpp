// SPDX-License-Identifier: Apache-2.0
//
// I9: no user code under a lock. A debug build stops a thread that takes a lock which it holds, so that an authenticator that
// goes through everything would not come back.
#include <doctest/doctest.h>

#include "support/homes.hpp"

using namespace std::chrono_literals;

namespace {
class authenticator_that_calls_back final : public fc::authenticator {
 public:
  std::optional<fc::admission> authenticate(std::string_view credential) const override {
    ++asked;
    if (credential == "outer" && cache != nullptr) go_through_everything();
    if (credential == "camera") return testing::book::admission(fc::role::publisher, 1, 8);
    if (credential == "steward") return testing::book::admission(fc::role::steward, 1, 9);
    if (credential == "admin") return testing::book::admission(fc::role::admin, 2, 1);
    return testing::book::admission(fc::role::viewer, 1, 7);
  }

  fc::frame_cache<>* cache = nullptr;
  mutable int asked = 0;

 private:
  void go_through_everything() const {
    auto camera = cache->publisher("camera");
    auto const stream = camera.begin(camera.device("front door"));
    REQUIRE(testing::put(stream, "a frame") == fc::commit_status::committed);
    auto eye = cache->viewer("inner");
    CHECK(eye.latest(stream.device(), fc::any_age));
    auto ops = cache->admin("admin");
    CHECK(ops.suspend(testing::tenant(1)) == fc::order_status::done);
    CHECK(ops.resume(testing::tenant(1)) == fc::order_status::done);
    CHECK(ops.revoke(testing::tenant(1), testing::principal(66)) == fc::order_status::done);
    CHECK(cache->steward("steward").retire(stream.device()).status == fc::order_status::done);
    CHECK(cache->stats().commits > 0);
    CHECK(cache->audit().ok);
  }
};
}  // namespace

TEST_CASE("an authenticator may use the cache and its registry, because no lock is held when it is asked (I9)") {
  authenticator_that_calls_back check;
  fc::registry homes{check};
  fc::frame_cache<> cache{homes, {.capacity = fc::mebibytes{1}, .audit_each_operation = true}};
  check.cache = &cache;
  CHECK(testing::holds(cache.viewer("outer")));
  CHECK(check.asked == 5);
  CHECK(cache.publisher("outer").why() == fc::refusal::refused);
  CHECK(check.asked == 10);
}

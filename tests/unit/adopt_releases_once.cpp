// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "model/owned_bytes.hpp"
#include "support/homes.hpp"

#include <functional>
#include <memory>

namespace {

struct adopting_camera {
  testing::book book;
  fc::registry homes{book};
  std::optional<fc::frame_cache<>> cache{std::in_place, homes, fc::config{.capacity = fc::mebibytes{1}}};
  std::atomic<int> releases{0};

  testing::owned_bytes packet(std::uint64_t charge = 0) {
    testing::owned_bytes owner{{"a packet"}, charge};
    owner.counting(releases);
    return owner;
  }
};

}  // namespace

TEST_CASE(
    "adopted memory is released once: when it is replaced, superseded, evicted, retired, revoked, or the cache ends") {
  adopting_camera home;
  {
    auto camera = home.cache->publisher(home.book.publisher(1));
    auto boss = home.cache->steward(home.book.steward(1));
    auto ops = home.cache->admin(home.book.admin());
    auto stream = camera.begin(camera.device("porch"));
    REQUIRE(stream.adopt(home.packet(), {}) == fc::commit_status::committed);
    REQUIRE(stream.adopt(home.packet(), {}) == fc::commit_status::committed);
    CHECK(home.releases == 1);
    stream = camera.begin(camera.device("porch"));
    CHECK(home.releases == 2);
    REQUIRE(stream.adopt(home.packet(600'000), {}) == fc::commit_status::committed);
    auto other = camera.begin(camera.device("hall"));
    REQUIRE(other.adopt(home.packet(600'000), {}) == fc::commit_status::committed);  // both do not fit
    CHECK(home.releases == 3);
    REQUIRE(boss.retire(other.device()).status == fc::order_status::done);
    CHECK(home.releases == 4);
    REQUIRE(stream.adopt(home.packet(), {}) == fc::commit_status::committed);
    REQUIRE(ops.revoke(testing::tenant(1)).status == fc::order_status::done);
    CHECK(home.releases == 5);
    auto again = home.cache->publisher(home.book.publisher(1));
    auto last = again.begin(again.device("porch"));
    REQUIRE(last.adopt(home.packet(), {}) == fc::commit_status::committed);
    CHECK(home.releases == 5);
  }
  home.cache.reset();
  CHECK(home.releases == 6);
}

TEST_CASE("adopted memory that is held is released by the last of its holders") {
  adopting_camera home;
  auto camera = home.cache->publisher(home.book.publisher(1));
  auto eye = home.cache->viewer(home.book.viewer(1));
  auto stream = camera.begin(camera.device("porch"));
  REQUIRE(stream.adopt(home.packet(), {}) == fc::commit_status::committed);
  auto first = eye.latest(stream.device(), fc::any_age);
  auto second = eye.share(first);
  stream = camera.begin(camera.device("porch"));
  CHECK(home.releases == 0);
  first = {};
  CHECK(home.releases == 0);
  CHECK(testing::all_text_of(eye.read(second)) == "a packet");
  second = {};
  CHECK(home.releases == 1);
}

TEST_CASE("an executor decides when adopted memory is released, and is not asked for what was refused") {
  adopting_camera home;
  auto camera = home.cache->publisher(home.book.publisher(1));
  auto old = camera.begin(camera.device("porch"));
  auto stream = camera.begin(camera.device("porch"));
  // What a reactor would do: keep the task and run it later. std::function wants copies, so the task goes behind a pointer.
  std::vector<std::function<void()>> tasks;
  auto later = [&tasks](auto&& task) noexcept {
    auto kept = std::make_shared<std::decay_t<decltype(task)>>(std::forward<decltype(task)>(task));
    tasks.emplace_back([kept] { (*kept)(); });
  };
  auto owner = home.packet();
  CHECK(old.adopt(std::move(owner), {}, later) == fc::commit_status::superseded);
  CHECK(tasks.empty());
  REQUIRE(stream.adopt(std::move(owner), {}, later) == fc::commit_status::committed);
  stream = camera.begin(camera.device("porch"));
  CHECK(home.releases == 0);
  REQUIRE(tasks.size() == 1);
  tasks.front()();
  CHECK(home.releases == 1);
  tasks.clear();
  CHECK(home.releases == 1);
}

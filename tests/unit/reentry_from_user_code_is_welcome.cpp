// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "model/owned_bytes.hpp"
#include "model/raw_source.hpp"
#include "support/homes.hpp"

namespace {

// Everything that user code may want of the cache while the cache is calling it.
template <class Relay>
void use_everything(Relay& r) {
  auto eye = r.cache.viewer(r.book.viewer(1));
  auto const device = eye.device("hall");
  REQUIRE(device.has_value());
  CHECK(r.hall.generation() == eye.current(*device));
  CHECK(testing::put(r.hall, "from inside") == fc::commit_status::committed);
  auto const seen = eye.latest(*device, fc::any_age);
  CHECK(testing::text_of(eye.read(seen)) == "from inside");
  CHECK(r.cache.stats().frames > 0);
  CHECK(r.cache.audit().ok);
  CHECK(r.cache.steward(r.book.steward(1)).counts().status == fc::order_status::done);
  CHECK(r.cache.admin(r.book.admin()).suspend(testing::tenant(3)) == fc::order_status::unknown);
  ++r.times;
}

struct reentered_relay {
  testing::book book;
  fc::registry homes{book};
  testing::raw_source memory;
  int times = 0;
  bool inside = false;
  std::function<void()> on_crossing = [] {};
  fc::frame_cache<> cache{homes,
                          {.capacity = fc::mebibytes{2},
                           .tripwire = [this](fc::crossing const&) { on_crossing(); },
                           .source = &memory,
                           .audit_each_operation = true}};
  fc::publisher camera = cache.publisher(book.publisher(1));
  fc::stream hall = camera.begin(camera.device("hall"));
  fc::stream porch = camera.begin(camera.device("porch"));

  // Once: what it does would come back here.
  void once() {
    if (inside) return;
    inside = true;
    use_everything(*this);
    inside = false;
  }
};

}  // namespace

TEST_CASE("a notification runs without a lock: it may find, commit, count and audit (I9)") {
  reentered_relay r;
  auto eye = r.cache.viewer(r.book.viewer(1));
  auto const watch = eye.notify_newer(r.porch.device(), fc::frame_sequence{std::uint64_t{0}}, [&] { r.once(); });
  REQUIRE(testing::put(r.porch, "knock") == fc::commit_status::committed);
  CHECK(r.times == 1);
}

TEST_CASE("the destructor of adopted memory runs without a lock, wherever the frame is let go of (I9)") {
  reentered_relay r;
  auto eye = r.cache.viewer(r.book.viewer(1));
  auto make = [&] {
    testing::owned_bytes one{{"a packet"}};
    one.calling([&] { r.once(); });
    return one;
  };
  REQUIRE(r.porch.adopt(make(), {}) == fc::commit_status::committed);
  REQUIRE(r.porch.adopt(make(), {}) == fc::commit_status::committed);  // replaces the first
  CHECK(r.times == 1);
  r.porch = r.camera.begin(r.camera.device("porch"));  // supersedes the second
  CHECK(r.times == 2);
  REQUIRE(r.porch.adopt(make(), {}) == fc::commit_status::committed);
  auto held = eye.latest(r.porch.device(), fc::any_age);
  auto boss = r.cache.steward(r.book.steward(1));
  REQUIRE(boss.retire(r.porch.device()).status == fc::order_status::done);
  CHECK(r.times == 2);
  held = {};  // the last reader
  CHECK(r.times == 3);
  r.porch = r.camera.begin(r.camera.device("porch"));
  REQUIRE(r.porch.adopt(make(), {}) == fc::commit_status::committed);
  REQUIRE(boss.retire(r.porch.device()).status == fc::order_status::done);
  CHECK(r.times == 4);
}

TEST_CASE("an executor is handed the release without a lock (I9)") {
  reentered_relay r;
  auto run = [&r](auto&& task) {
    r.once();
    std::forward<decltype(task)>(task)();
  };
  std::atomic<int> releases{0};
  testing::owned_bytes one{{"a packet"}};
  one.counting(releases);
  REQUIRE(r.porch.adopt(std::move(one), {}, run) == fc::commit_status::committed);
  r.porch = r.camera.begin(r.camera.device("porch"));
  CHECK(r.times == 1);
  CHECK(releases == 1);
}

TEST_CASE("a block source is asked without a lock, for new memory and when memory goes back (I9)") {
  reentered_relay r;
  r.memory.when_asked = [&] { r.once(); };
  for (std::uint64_t i = 0; i != 60; ++i) {
    REQUIRE(testing::put(r.porch, std::string(1000 + i * 9000, 'p')) == fc::commit_status::committed);
  }
  r.memory.when_asked = nullptr;
  CHECK(r.times > 40);
  CHECK(r.memory.faults() == 0);
}

TEST_CASE("the tripwire is called without a lock (I9)") {
  reentered_relay r;
  r.on_crossing = [&] { r.once(); };
  REQUIRE(testing::put(r.porch, "home one's") == fc::commit_status::committed);
  auto eye = r.cache.viewer(r.book.viewer(1));
  auto stranger = r.cache.viewer(r.book.viewer(2));
  auto const seen = eye.latest(r.porch.device(), fc::any_age);
  CHECK(stranger.read(seen).why() == fc::lookup_status::refused);
  CHECK(r.times == 1);
  auto second = r.cache.publisher(r.book.publisher(1, 99));
  CHECK(second.begin(second.device("porch")).why() == fc::begin_status::conflict);
  CHECK(r.times == 2);
}

TEST_CASE("the authenticator is asked without a lock: it may use the cache that asks it (I9)") {
  struct curious final : fc::authenticator {
    std::optional<fc::admission> authenticate(std::string_view) const override {
      if (ask) ask();
      return testing::book::admission(fc::role::publisher, 1, 8);
    }
    std::function<void()> ask;
  } check;
  fc::registry homes{check};
  fc::frame_cache<> cache{homes, {.capacity = fc::mebibytes{1}}};
  auto camera = cache.publisher("any");
  int asked = 0;
  check.ask = [&] {
    ++asked;
    CHECK(cache.stats().tenants == 1);
    CHECK(camera.device("porch"));
  };
  auto const second = cache.publisher("any");
  CHECK(static_cast<bool>(second));
  CHECK(asked == 1);
}

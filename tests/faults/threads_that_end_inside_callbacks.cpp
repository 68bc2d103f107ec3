// SPDX-License-Identifier: Apache-2.0
//
// A thread that ends where the cache has called it: pthread_exit() and pthread_cancel() unwind it without an exception that anybody
// could catch. Callbacks that may throw may end so as well, and let go of what they were shown; from those that must not throw the
// process is stopped, rather than left with half of something done.
#include <doctest/doctest.h>

#include "model/child.hpp"
#include "model/owned_bytes.hpp"
#include "support/homes.hpp"

#include <framecache/base/thread.hpp>

#include <array>
#include <atomic>
#include <stdexcept>
#include <string_view>
#include <thread>

#include <pthread.h>

using namespace std::chrono_literals;

namespace {

// How the thread ends.
enum class ending { pthread_exit, cancelled, exception };
constexpr std::array all_endings{ending::pthread_exit, ending::cancelled, ending::exception};

// In a thread that is about to end.
void end_here(ending how) {
  if (how == ending::pthread_exit) ::pthread_exit(nullptr);
  if (how == ending::exception) throw std::runtime_error("enough");
  ::pthread_cancel(::pthread_self());
  ::pthread_testcancel();
}
template <class F>
void in_a_thread(F const& f) {
  std::thread([&f] {
    try {
      f();
    } catch (std::runtime_error const&) {  // a forced unwind is none
    }
  }).join();
}
// Of a thread that begins now; every other number stays as it is.
std::size_t next_thread_number() {
  std::size_t next = 0;
  in_a_thread([&] { next = fc::base::thread_number(); });
  return next;
}

// Ends the thread that asks with such a credential.
class abrupt_book final : public fc::authenticator {
 public:
  std::optional<fc::admission> authenticate(std::string_view credential) const override {
    if (credential == "ends") ::pthread_exit(nullptr);
    return believes.authenticate(credential);
  }
  testing::book believes;
};

struct house_of_leavers final {
  abrupt_book keys;
  fc::registry homes{keys};
  fc::frame_cache<> cache{homes, {.capacity = fc::mebibytes{1}, .tripwire = [this](fc::crossing const&) {
                                    if (when_tripped) when_tripped();
                                  }}};
  std::function<void()> when_tripped;
  fc::frame_cache<>::viewer_type<> eye = cache.viewer(keys.believes.viewer(1));
  fc::publisher camera = cache.publisher(keys.believes.publisher(1));
  fc::stream stream = camera.begin(camera.device("porch"));

  // Nobody holds anything, and what there was can be freed.
  void check_nothing_is_left() {
    CHECK(cache.stats().handles == 0);
    CHECK(cache.stats().pinned == 0);
    auto const ops = cache.admin(keys.believes.admin());
    CHECK(ops.revoke(testing::tenant(1)).pinned == 0);
    CHECK(ops.counts(testing::tenant(1)).charged == 0);
    auto const report = cache.audit();
    CHECK_MESSAGE(report.ok, report.broken);
  }
};

std::chrono::steady_clock::time_point in_a_minute() { return std::chrono::steady_clock::now() + 60s; }

}  // namespace

TEST_CASE("a thread that ends inside peek, or inside a peek in a peek, lets go of both frames (I4, I7)") {
  for (auto const how : all_endings) {
    CAPTURE(static_cast<int>(how));
    house_of_leavers home;
    auto const second = home.camera.begin(home.camera.device("garden"));
    REQUIRE(testing::put(home.stream, "porch") == fc::commit_status::committed);
    REQUIRE(testing::put(second, "garden") == fc::commit_status::committed);
    std::uint64_t held = 0;
    in_a_thread([&] {
      static_cast<void>(home.eye.peek(home.stream.device(), home.stream.generation(), [&](fc::frame_view const&) {
        static_cast<void>(home.eye.peek(second.device(), second.generation(), [&](fc::frame_view const&) {
          held = home.cache.stats().handles;
          // What it looks at is taken out under it: it is the one who has to free it.
          static_cast<void>(testing::put(home.stream, "newer"));
          static_cast<void>(testing::put(second, "newer"));
          end_here(how);
        }));
      }));
    });
    CHECK(held == 2);
    home.check_nothing_is_left();
  }
}

TEST_CASE("what a thread holds when it ends is let go of: handles, a draft, a guest's viewer (I4, I7)") {
  for (auto const how : all_endings) {
    CAPTURE(static_cast<int>(how));
    house_of_leavers home;
    REQUIRE(testing::put(home.stream, "porch") == fc::commit_status::committed);
    auto const credential = home.keys.believes.viewer(1);
    std::uint64_t held = 0;
    in_a_thread([&] {
      home.cache.with_viewer(credential, [&](auto& guest) {
        auto const newest = guest.latest(home.stream.device(), fc::any_age);
        auto const shared = guest.share(newest);
        auto const draft = home.stream.stage(fc::byte_count{100U});
        held = home.cache.stats().handles;
        end_here(how);
      });
    });
    CHECK(held == 3);
    home.check_nothing_is_left();
  }
}

TEST_CASE("a load whose loader ends its thread passes to whoever waits for it (I8)") {
  for (auto const how : all_endings) {
    CAPTURE(static_cast<int>(how));
    house_of_leavers home;
    auto const device = home.stream.device();
    auto const generation = home.stream.generation();
    std::atomic<bool> leads{false};
    std::string loaded;
    std::thread follower([&] {
      while (!leads) std::this_thread::yield();
      auto const held = home.eye.get_or_load(device, generation, in_a_minute(), [](fc::ticket t) {
        auto draft = std::move(t).stage(fc::byte_count{6U});
        std::memcpy(draft.bytes().data(), "second", 6);
        static_cast<void>(std::move(draft).commit({.size = fc::byte_count{6U}}));
      });
      loaded = testing::text_of(home.eye.read(held));
    });
    in_a_thread([&] {
      static_cast<void>(home.eye.get_or_load(device, generation, in_a_minute(), [&](fc::ticket const&) {
        leads = true;
        while (home.cache.stats().loads_shared == 0) std::this_thread::yield();
        end_here(how);
      }));
    });
    follower.join();
    CHECK(loaded == "second");
    CHECK(home.cache.stats().loads == 2);
    home.check_nothing_is_left();
  }
}

TEST_CASE("a ticket that was handed on completes its load although its loader's thread has ended (I8)") {
  for (auto const how : all_endings) {
    CAPTURE(static_cast<int>(how));
    house_of_leavers home;
    std::optional<fc::ticket> kept;
    in_a_thread([&] {
      static_cast<void>(
          home.eye.get_or_load(home.stream.device(), home.stream.generation(), in_a_minute(), [&](fc::ticket t) {
            kept.emplace(std::move(t));
            end_here(how);
          }));
    });
    REQUIRE(kept.has_value());
    auto draft = std::move(*kept).stage(fc::byte_count{4U});
    REQUIRE(testing::holds(draft));
    CHECK(std::move(draft).commit({.size = fc::byte_count{4U}}) == fc::commit_status::committed);
    kept.reset();
    home.check_nothing_is_left();
  }
}

TEST_CASE("a thread that ends inside the authenticator has opened nothing (I12)") {
  house_of_leavers home;
  auto const before = home.cache.stats().resident;
  bool opened = false;
  for (int i = 0; i != 100; ++i) {
    in_a_thread([&] {
      auto const eye = home.cache.viewer("ends");
      opened = true;
    });
    in_a_thread([&] {
      auto const ops = home.cache.admin("ends");
      opened = true;
    });
  }
  CHECK_FALSE(opened);
  CHECK(home.cache.stats().resident == before);
  home.check_nothing_is_left();
}

TEST_CASE("numbers of threads that end inside peek are given to others (I4)") {
  house_of_leavers home;
  REQUIRE(testing::put(home.stream, "porch") == fc::commit_status::committed);
  auto const next = next_thread_number();
  REQUIRE(next != fc::base::no_thread_number);
  // More than there are numbers, one after another and several at a time.
  for (std::size_t round = 0; round != 2 * fc::base::most_numbered_threads / 8; ++round) {
    std::array<std::thread, 8> some;
    for (auto& each : some) {
      each = std::thread([&] {
        static_cast<void>(home.eye.peek(home.stream.device(), home.stream.generation(),
                                        [](fc::frame_view const&) { ::pthread_exit(nullptr); }));
      });
    }
    for (auto& each : some) each.join();
  }
  CHECK(next_thread_number() == next);
  home.check_nothing_is_left();
}

namespace {

// Peeks when the thread has given its number back: what is made before the first peek is destroyed after it.
struct last_look final {
  last_look() = default;
  last_look(last_look const&) = delete;
  last_look& operator=(last_look const&) = delete;
  ~last_look() {
    if (home == nullptr) return;
    number = fc::base::thread_number();
    static_cast<void>(
        home->eye.peek(home->stream.device(), home->stream.generation(), [this](fc::frame_view const& view) {
          seen = testing::text_of(view);
          held = home->cache.stats().handles;
        }));
  }
  house_of_leavers* home = nullptr;
  static inline std::size_t number = 0;
  static inline std::uint64_t held = 0;
  static inline std::string seen;
};

}  // namespace

TEST_CASE("a peek by a thread that is ending pins instead, and lets go (I4)") {
  house_of_leavers home;
  REQUIRE(testing::put(home.stream, "porch") == fc::commit_status::committed);
  in_a_thread([&] {
    static thread_local last_look mine;
    mine.home = &home;
    static_cast<void>(home.eye.peek(home.stream.device(), home.stream.generation(),
                                    [](fc::frame_view const&) { ::pthread_exit(nullptr); }));
  });
  CHECK(last_look::number == fc::base::no_thread_number);
  CHECK(last_look::held == 1);
  CHECK(last_look::seen == "porch");
  home.check_nothing_is_left();
}

TEST_CASE("where a callback must not throw, a thread that ends in it stops the process (I12)") {
  auto const leave = [] { ::pthread_exit(nullptr); };
  auto const stops = [](auto const& f) {
    return testing::run_in_child([&] {
             house_of_leavers home;
             if (testing::put(home.stream, "porch") != fc::commit_status::committed) return 1;
             in_a_thread([&] { f(home); });
             return 0;
           })
        .aborted;
  };
  CHECK(stops([&](house_of_leavers& home) {
    auto const watch = home.eye.notify_newer(home.stream.device(), fc::frame_sequence{std::uint64_t{1}}, leave);
    static_cast<void>(testing::put(home.stream, "newer"));
  }));
  CHECK(stops([&](house_of_leavers& home) {
    testing::owned_bytes lent{{"lent"}};
    lent.calling(leave);
    static_cast<void>(home.stream.adopt(std::move(lent), {}));
    static_cast<void>(testing::put(home.stream, "newer"));
  }));
  CHECK(stops([&](house_of_leavers& home) {
    home.when_tripped = leave;
    auto const neighbour = home.cache.viewer(home.keys.believes.viewer(2));
    auto const held = home.eye.latest(home.stream.device(), fc::any_age);
    static_cast<void>(neighbour.read(held));
  }));
}

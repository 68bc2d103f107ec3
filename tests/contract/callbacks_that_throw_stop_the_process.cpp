// SPDX-License-Identifier: Apache-2.0
//
// Whoever throws where nobody could catch it, in the middle of somebody else's commit or release, stops the process there and then: no
// lookup goes on with half of something done. Those that may throw, and what becomes of that: peek_lets_go_afterwards,
// load_passes_to_another, admission_authenticator_may_throw, threads_that_end_inside_callbacks.
#include <doctest/doctest.h>

#include "model/child.hpp"
#include "model/owned_bytes.hpp"
#include "support/homes.hpp"

#include <cstdlib>
#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include <unistd.h>

using namespace std::chrono_literals;

namespace {

[[noreturn]] void throw_it() { throw std::runtime_error("from a callback"); }

// Says what std::terminate() was called for.
[[noreturn]] void last_words() {
  try {
    if (auto const why = std::current_exception()) std::rethrow_exception(why);
  } catch (std::runtime_error const& e) {
    std::string const said = std::string{"terminated: "} + e.what();
    static_cast<void>(!::write(STDERR_FILENO, said.data(), said.size()));
  } catch (...) {  // something else: said by its silence
  }
  std::abort();
}

struct callback_home final {
  testing::book keys;
  fc::registry registry{keys};
  std::function<void()> when_tripped;
  fc::frame_cache<> cache{registry, {.capacity = fc::mebibytes{4}, .tripwire = [this](fc::crossing const&) {
                                       if (when_tripped) when_tripped();
                                     }}};
  fc::publisher camera = cache.publisher(keys.publisher(1));
  fc::stream stream = camera.begin(camera.device("porch"));
  fc::viewer<fc::anyone> eye = cache.viewer(keys.viewer(1));

  void put() const { static_cast<void>(testing::put(stream, "a frame")); }
};

// Whether that ends in std::terminate(), called for what was thrown.
template <class F>
bool stops(F const& f) {
  auto const end = testing::run_in_child([&] {
    std::set_terminate(last_words);
    callback_home at_home;
    at_home.put();
    try {
      f(at_home);
    } catch (std::runtime_error const&) {
      return 1;  // it came through
    }
    return 0;
  });
  return end.aborted && end.said.find("terminated: from a callback") != std::string::npos;
}

constexpr fc::frame_sequence first_frame{std::uint64_t{1}};

// Throws instead of releasing, and keeps nothing.
struct executor_that_throws final {
  template <class Task>
  void operator()(Task const&) const {
    throw_it();
  }
};

}  // namespace

TEST_CASE("what is thrown elsewhere comes through: the child tells it from what stops the process") {
  CHECK_FALSE(stops([](callback_home const& h) { h.put(); }));
  CHECK_FALSE(stops([](callback_home const& h) {
    static_cast<void>(h.eye.peek(h.stream.device(), h.stream.generation(), [](fc::frame_view const&) { throw_it(); }));
  }));
  CHECK_FALSE(stops([](callback_home const&) { std::abort(); }));
}

TEST_CASE("a watch that throws stops the process, whoever's thread it is called on (I12)") {
  // The committing thread,
  CHECK(stops([](callback_home const& h) {
    auto const watch = h.eye.notify_newer(h.stream.device(), first_frame, throw_it);
    h.put();
  }));
  // the one that watches, for a newer frame is there already,
  CHECK(stops([](callback_home const& h) {
    static_cast<void>(h.eye.notify_newer(h.stream.device(), fc::frame_sequence{std::uint64_t{0}}, throw_it));
  }));
  // or the one that leaves it nothing to wait for.
  CHECK(stops([](callback_home& h) {
    auto const watch = h.eye.notify_newer(h.stream.device(), first_frame, throw_it);
    auto const ops = h.cache.admin(h.keys.admin());
    static_cast<void>(ops.revoke(testing::tenant(1)));
  }));
}

TEST_CASE("so does one that waits for a load (I12)") {
  fc::rendition const small{32, 18, fc::rotation::none};
  CHECK(stops([&](callback_home const& h) {
    static_cast<void>(h.eye.notify_loaded(h.stream.device(), h.stream.generation(), small, throw_it));
  }));
  CHECK(stops([&](callback_home const& h) {
    std::optional<fc::ticket> kept;
    static_cast<void>(h.eye.try_get_or_load(h.stream.device(), h.stream.generation(), small, fc::any_age,
                                            std::chrono::steady_clock::now() + 1min,
                                            [&](fc::ticket t) { kept.emplace(std::move(t)); }));
    auto const watch = h.eye.notify_loaded(h.stream.device(), h.stream.generation(), small, throw_it);
    kept.reset();
  }));
}

TEST_CASE("a tripwire that throws stops the process (I12)") {
  CHECK(stops([](callback_home& h) {
    h.when_tripped = throw_it;
    auto const neighbour = h.cache.viewer(h.keys.viewer(2));
    auto const held = h.eye.latest(h.stream.device(), fc::any_age);
    static_cast<void>(neighbour.read(held));
  }));
}

TEST_CASE("an adopted owner whose release throws stops the process, and so does an executor that throws (I12)") {
  CHECK(stops([](callback_home const& h) {
    testing::owned_bytes lent{{"lent"}};
    lent.calling(throw_it);
    static_cast<void>(h.stream.adopt(std::move(lent), {}));
    h.put();
  }));
  CHECK(stops([](callback_home const& h) {
    static_cast<void>(h.stream.adopt(testing::owned_bytes{{"lent"}}, {}, executor_that_throws{}));
    h.put();
  }));
  // Also at the last release of what was held meanwhile.
  CHECK(stops([](callback_home const& h) {
    static_cast<void>(h.stream.adopt(testing::owned_bytes{{"lent"}}, {}, executor_that_throws{}));
    {
      auto const held = h.eye.latest(h.stream.device(), fc::any_age);
      h.put();
    }
  }));
}

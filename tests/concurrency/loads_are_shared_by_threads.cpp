// SPDX-License-Identifier: Apache-2.0
//
// Loads from several threads: one loader a key, whoever waits gets the frame, another's failure is not theirs, and nobody is
// answered under a scope that has ended (I8).
#include <doctest/doctest.h>

#include "model/loading_home.hpp"
#include "model/stamped.hpp"

#include <stdexcept>
#include <thread>

using testing::loading_home;
using namespace std::chrono_literals;

namespace {

constexpr auto for_ever = 40s;  // what is lost shows as a wait of this length

// Completes a load with a stamped frame of the ticket's own words.
fc::commit_status answer_stamped(fc::ticket ticket, std::uint64_t tenant, std::uint64_t number) {
  constexpr std::uint64_t size = 3 * sizeof(testing::stamp);
  testing::stamp const s{tenant, ticket.device().value(), ticket.generation().value(), number, size, 0};
  auto draft = std::move(ticket).stage(fc::byte_count{size});
  if (!draft) return draft.why();
  testing::stamp_into(draft.bytes(), s);
  return std::move(draft).commit({.size = fc::byte_count{size}});
}

fc::rendition of_width(std::uint64_t width) { return {static_cast<std::uint16_t>(width), 100, fc::rotation::none}; }

// Until as many calls wait for somebody else's load.
void until_shared(loading_home const& h, std::uint64_t waits) {
  while (h.cache.stats().loads_shared < waits) std::this_thread::yield();
}

}  // namespace

TEST_CASE("whichever of eight threads comes first loads a key, all eight get it, and no other loader runs (I8)") {
  constexpr std::uint64_t keys = 200;
  loading_home h{{.capacity = fc::mebibytes{8}}};
  std::atomic<std::uint64_t> called{0};
  std::atomic<std::uint64_t> answered{0};
  testing::faults found;
  testing::in_threads(8, [&](unsigned i) {
    for (std::uint64_t k = 1; k <= keys; ++k) {
      auto const held =
          h.eye.get_or_load(h.device, h.generation, of_width(k), fc::base::steady_now() + for_ever, [&](fc::ticket t) {
            ++called;
            std::this_thread::yield();
            if (answer_stamped(std::move(t), 1, k) != fc::commit_status::committed) found.note("I8: refused");
          });
      if (!held) found.note("I8: a follower went without");
      found.look(h.eye.read(held), 1, h.device.value());
      answered += held ? 1 : 0;
      if (i == 0) std::this_thread::yield();
    }
  });
  CHECK(called == keys);
  CHECK(answered == 8 * keys);
  CHECK(found.foreign == 0);
  CHECK(found.torn == 0);
  CHECK_MESSAGE(found.other == 0, found.first_other.load());
}

TEST_CASE(
    "whoever waits for a leader that throws, gives up or says nothing leads in its place, with its own deadline (I8)") {
  enum class fate { throws, gives_up, says_nothing };
  for (auto const what : {fate::throws, fate::gives_up, fate::says_nothing}) {
    CAPTURE(static_cast<int>(what));
    loading_home h{{.capacity = fc::mebibytes{4}}};
    std::atomic<bool> done{false};
    fc::lookup_status leader{};
    fc::lookup_status follower{};
    testing::in_threads(2, [&](unsigned i) {
      auto const now = fc::base::steady_now();
      if (i == 0) {
        bool thrown = false;
        try {
          auto const patience = what == fate::says_nothing ? 20ms : 40'000ms;
          leader = h.eye
                       .get_or_load(h.device, h.generation, h.small, now + patience,
                                    [&](fc::ticket t) {
                                      until_shared(h, 1);
                                      if (what == fate::throws) throw std::runtime_error("no picture");
                                      // Stuck in here until the follower has what it wants.
                                      while (what == fate::says_nothing && !done) std::this_thread::yield();
                                      static_cast<void>(t);
                                    })
                       .why();
        } catch (std::runtime_error const&) {
          thrown = true;
        }
        if (thrown != (what == fate::throws)) leader = fc::lookup_status::refused;
        return;
      }
      while (h.cache.stats().loads == 0) std::this_thread::yield();
      auto const held = h.eye.get_or_load(h.device, h.generation, h.small, now + for_ever,
                                          [](fc::ticket t) { static_cast<void>(answer_stamped(std::move(t), 1, 1)); });
      follower = held.why();
      done = true;
    });
    CHECK(follower == fc::lookup_status::hit);
    if (what == fate::gives_up) CHECK((leader == fc::lookup_status::failed || leader == fc::lookup_status::hit));
    if (what == fate::says_nothing) CHECK(leader == fc::lookup_status::hit);
  }
}

TEST_CASE(
    "a follower whose principal or tenant is switched off while it waits gets nothing; the others get the frame (I8)") {
  for (bool const revoked : {true, false}) {
    loading_home h{{.capacity = fc::mebibytes{4}}};
    auto const guest = h.cache.viewer(h.keys.viewer(1, 77));
    std::vector<fc::ticket> kept;
    REQUIRE(h.ask(h.eye, h.small, kept).why() == fc::lookup_status::loading);
    fc::lookup_status of_guest{};
    fc::lookup_status of_eye{};
    testing::in_threads(3, [&](unsigned i) {
      auto const fails = [&](fc::ticket) { of_guest = fc::lookup_status::failed; };
      auto const deadline = fc::base::steady_now() + for_ever;
      if (i == 0) {
        of_guest = guest.get_or_load(h.device, h.generation, h.small, deadline, fails).why();
      } else if (i == 1) {
        of_eye = h.eye.get_or_load(h.device, h.generation, h.small, deadline, [](fc::ticket) {}).why();
      } else {
        until_shared(h, 2);
        if (revoked) {
          CHECK(h.ops.revoke(testing::tenant(1), testing::principal(77)) == fc::order_status::done);
          until_shared(h, 3);  // the other one, woken by the switch, waits again
          CHECK(answer_stamped(std::move(kept[0]), 1, 1) == fc::commit_status::committed);
        } else {
          CHECK(h.ops.suspend(testing::tenant(1)) == fc::order_status::done);
        }
      }
    });
    CHECK(of_guest == (revoked ? fc::lookup_status::refused : fc::lookup_status::suspended));
    CHECK(of_eye == (revoked ? fc::lookup_status::hit : fc::lookup_status::suspended));
  }
}

namespace {

constexpr std::uint64_t tenants = 3;
constexpr std::uint64_t loaded_cameras = 2;

struct storm final {
  testing::book book;
  fc::registry homes{book};
  fc::frame_cache<> cache{homes, {.capacity = fc::mebibytes{1}, .load_lease = 5ms}};
  testing::faults found;
  std::atomic<std::uint64_t> loaded{0};
  std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::now() + 1500ms;
};

// Asks for whatever comes next; answers its tickets at once, later, out of order, never, or by throwing.
void ask(storm& s, std::uint64_t seed) {
  testing::numbers random{seed};
  std::vector<std::pair<fc::ticket, std::uint64_t>> kept;
  std::uint64_t number = 0;
  while (testing::before(s.deadline)) {
    auto const tenant = 1 + random.below(tenants);
    auto const eye = s.cache.viewer(s.book.viewer(tenant));
    for (int i = 0; i != 10; ++i) {
      auto const device = eye.device(std::to_string(random.below(loaded_cameras)));
      auto const generation = device ? eye.current(*device) : std::nullopt;
      if (!generation) continue;
      auto const which = of_width(1 + random.below(3));
      auto const limit = random.below(3) == 0 ? fc::no_older_than(0ms) : fc::any_age;
      auto const load = [&](fc::ticket t) {
        if (t.device() != *device || t.generation() != *generation || !(t.rendition() == which)) {
          s.found.note("I8: a ticket for something else");
        }
        switch (random.below(6)) {
          case 0: throw std::runtime_error("no picture");
          case 1: return;
          case 2: kept.emplace_back(std::move(t), tenant); return;
          case 3: static_cast<void>(std::move(t).absent_for(1ms)); return;
          default: s.loaded += answer_stamped(std::move(t), tenant, ++number) == fc::commit_status::committed ? 1 : 0;
        }
      };
      try {
        auto const patience = std::chrono::steady_clock::now() + 2ms;
        auto const held = random.below(2) == 0
                              ? eye.get_or_load(*device, *generation, which, limit, patience, load)
                              : eye.try_get_or_load(*device, *generation, which, limit, patience, load);
        s.found.look(eye.read(held), tenant, device->value());
      } catch (std::runtime_error const&) {
      }
      while (!kept.empty() && random.below(3) != 0) {
        auto late = std::move(kept[random.below(kept.size())]);
        if (late.first) static_cast<void>(answer_stamped(std::move(late.first), late.second, ++number));
        std::erase_if(kept, [](auto const& each) { return !each.first; });
      }
    }
  }
}

// Everything that ends loads.
void disturb(storm& s, std::uint64_t seed) {
  testing::numbers random{seed};
  auto const ops = s.cache.admin(s.book.admin());
  while (testing::before(s.deadline)) {
    auto const tenant = 1 + random.below(tenants);
    auto const camera = s.cache.publisher(s.book.publisher(tenant));
    auto const stream = camera.begin(camera.device(std::to_string(random.below(loaded_cameras))));
    static_cast<void>(testing::put_stamped(stream, tenant, 1, 200, of_width(1 + random.below(3))));
    switch (random.below(6)) {
      case 0: static_cast<void>(stream.erase()); break;
      case 1: static_cast<void>(ops.revoke(testing::tenant(tenant))); break;
      case 2:
        static_cast<void>(ops.suspend(testing::tenant(tenant)));
        static_cast<void>(ops.resume(testing::tenant(tenant)));
        break;
      case 3: static_cast<void>(s.cache.steward(s.book.steward(tenant)).retire(stream.device())); break;
      default: std::this_thread::yield();
    }
  }
}

}  // namespace

TEST_CASE(
    "loads, late answers, new streams, erases, switches and revocations at once: nothing foreign, torn or lost (I8)") {
  storm s;
  testing::in_threads(5, [&](unsigned i) { i < 4 ? ask(s, i + 1) : disturb(s, i + 1); });
  MESSAGE(s.loaded.load(), " loads landed, ", s.found.looked.load(), " looks, ", s.cache.stats().loads_shared,
          " waits");
  CHECK(s.loaded > 0);
  CHECK(s.found.looked > 0);
  CHECK(s.found.foreign == 0);
  CHECK(s.found.torn == 0);
  CHECK_MESSAGE(s.found.other == 0, s.found.first_other.load());
  auto const report = s.cache.audit();
  CHECK_MESSAGE(report.ok, report.broken);
  CHECK(s.cache.close({}) == 0);
  CHECK(s.cache.stats().pinned == 0);
}

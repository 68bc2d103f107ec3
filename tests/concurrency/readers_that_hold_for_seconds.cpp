// SPDX-License-Identifier: Apache-2.0
//
// Slow readers: handles, peeks and drafts that stay out for seconds, while others put, replace, evict, revoke, retire and resize around
// them. What they hold does not change, is counted and keeps its place in the bound; once they let go all of it is given back.
#include <doctest/doctest.h>

#include "model/owned_bytes.hpp"
#include "model/stamped.hpp"

#include <algorithm>
#include <array>
#include <atomic>

using namespace std::chrono_literals;

namespace {

struct slow_day final {
  static constexpr std::uint64_t homes =
      3;  // 1 is revoked, of 2 the cameras are retired, of 3 frames are put and evicted only
  static constexpr std::uint64_t held_by_each = 7;
  static constexpr std::array<char const*, 4> held_cameras{"small", "large", "derived", "lent"};
  static constexpr fc::rendition derived{320, 180, fc::rotation::none};
  static constexpr std::uint64_t most = 1 << 20;

  testing::book book;
  fc::registry registry{book};
  fc::frame_cache<> cache{registry, {.capacity = fc::byte_count{most}}};
  testing::faults found;
  std::atomic<std::uint64_t> holding{0};
  std::atomic<int> released{0};
  std::atomic<bool> let_go{false};
  std::atomic<bool> stop{false};

  // Puts what its home's slow reader holds, before anybody else is there.
  void furnish(std::uint64_t home) {
    auto const camera = cache.publisher(book.publisher(home));
    for (auto const* const name : held_cameras) {
      auto const stream = camera.begin(camera.device(name));
      bool const large = std::string_view{name} == "large";
      auto put = testing::put_stamped(stream, home, 1, large ? 30'000 : 400);
      if (std::string_view{name} == "derived") put = testing::put_stamped(stream, home, 2, 500, derived);
      if (std::string_view{name} == "lent") put = lend(stream);
      if (put != fc::commit_status::committed) found.note("not furnished");
    }
  }

  fc::commit_status lend(fc::stream const& stream) {
    testing::owned_bytes owner{{std::string(700, 'x')}};
    owner.counting(released);
    return stream.adopt(std::move(owner), {});
  }

  // Looks at the same bytes until it is told to let go. A view that was read before its home was revoked stays good with its handle.
  class watched final {
   public:
    watched(slow_day& day, std::span<std::byte const> all) : day_(day), all_(all), before_(all.begin(), all.end()) {
      if (all.empty()) day.found.note("nothing to hold");
    }
    void look() const {
      ++day_.found.looked;
      if (!std::equal(all_.begin(), all_.end(), before_.begin())) ++day_.found.torn;
    }

   private:
    slow_day& day_;
    std::span<std::byte const> const all_;
    std::vector<std::byte> const before_;
  };

  // A peek that its thread's guard holds, inside it one that pins, inside that handles and a draft.
  void hold(std::uint64_t home) {
    auto const eye = cache.viewer(book.viewer(home));
    auto const camera = cache.publisher(book.publisher(home));
    std::array<fc::device_id, 4> const devices{*eye.device("small"), *eye.device("large"), *eye.device("derived"),
                                               *eye.device("lent")};
    auto const live = [&](std::size_t i) { return *eye.current(devices[i]); };
    std::size_t const guarded = home % 2;  // a frame in its block, or one whose bytes lie apart
    static_cast<void>(eye.peek(devices[guarded], live(guarded), [&](fc::frame_view const& outer) {
      static_cast<void>(eye.peek(devices[1 - guarded], live(1 - guarded), [&](fc::frame_view const& inner) {
        auto const exact = eye.find(devices[2], live(2), derived);
        auto const newest = eye.latest(devices[2], fc::any_age);
        auto const lent = eye.find(devices[3], live(3));
        auto const shared = eye.share(exact);
        auto const stream = camera.begin(camera.device("written"));
        auto draft = stream.stage(fc::byte_count{600U});
        if (!draft) return found.note("no draft");
        testing::stamp_into(draft.bytes(), {home, stream.device().value(), stream.generation().value(), 3, 600, 0});
        auto const exact_view = eye.read(exact);
        auto const newest_view = eye.read(newest);
        auto const lent_view = eye.read(lent);
        auto const shared_view = eye.read(shared);
        std::array<watched, held_by_each> const all{
            watched{*this, outer.bytes()},       watched{*this, inner.bytes()},     watched{*this, exact_view.bytes()},
            watched{*this, newest_view.bytes()}, watched{*this, lent_view.bytes()}, watched{*this, shared_view.bytes()},
            watched{*this, draft.bytes()}};
        ++holding;
        do {
          std::this_thread::sleep_for(2ms);  // leaves the cores to those who write
          for (auto const& each : all) each.look();
        } while (!let_go);
      }));
    }));
  }

  void write(std::uint64_t seed) {
    testing::numbers random{seed};
    std::uint64_t number = 10;
    while (!stop) {
      auto const home = 1 + random.below(homes);
      auto const camera = cache.publisher(book.publisher(home));
      auto const eye = cache.viewer(book.viewer(home));
      // "lent" is adopted once only, so that its release can be counted.
      auto const name =
          random.below(2) == 0 ? std::string{held_cameras[random.below(3)]} : std::to_string(random.below(8));
      auto const stream = camera.begin(camera.device(name));
      for (int i = 0; i != 20; ++i) {
        auto const which = random.below(3) == 0 ? derived : fc::rendition::source();
        auto const put = testing::put_stamped(stream, home, ++number,
                                              100 + random.below(random.below(8) == 0 ? 40'000 : 2'000), which);
        if (put != fc::commit_status::committed) continue;
        ++found.written;
        auto const held = eye.find(stream.device(), stream.generation(), which);
        found.look(eye.read(held), home, stream.device().value());
      }
      if (random.below(8) == 0) static_cast<void>(stream.erase());
    }
  }

  // Resizes the cache and checks the bound, for that long.
  template <class Admin>
  void rule(Admin const& ops, std::chrono::milliseconds time) {
    testing::numbers random{17};
    for (auto const until = std::chrono::steady_clock::now() + time; testing::before(until);) {
      auto const wanted = 600'000 + random.below(most - 600'000 + 1);
      if (ops.resize(fc::byte_count{wanted}) == fc::order_status::refused) found.note("not resized");
      auto const now = cache.stats();
      if (now.resident > now.capacity) found.note("I10: more resident than the capacity");
      if (now.handles < homes * held_by_each || now.pinned == 0) found.note("what is held is not counted");
      if (auto const report = cache.audit(); !report.ok) found.note(report.broken);
      auto const cap =
          random.below(3) == 0 ? fc::budget{} : fc::budget{.cap = fc::byte_count{100'000 + random.below(200'000)}};
      static_cast<void>(ops.set_budget(testing::tenant(1 + random.below(homes)), cap));
    }
  }
};

}  // namespace

TEST_CASE("what slow readers hold stays as it is, is counted, binds nobody else and is given back (I4, I7, I10)") {
  slow_day day;
  auto const ops = day.cache.admin(day.book.admin());
  for (std::uint64_t home = 1; home <= slow_day::homes; ++home) day.furnish(home);
  REQUIRE(day.found.other == 0);

  std::vector<std::thread> readers;
  std::vector<std::thread> writers;
  for (std::uint64_t home = 1; home <= slow_day::homes; ++home) readers.emplace_back([&day, home] { day.hold(home); });
  while (day.holding != slow_day::homes) std::this_thread::yield();
  for (std::uint64_t seed = 1; seed != 3; ++seed) writers.emplace_back([&day, seed] { day.write(seed); });

  day.rule(ops, 500ms);
  auto const revoked = ops.revoke(testing::tenant(1));
  std::uint64_t retired = 0;
  {
    auto const steward = day.cache.steward(day.book.steward(2));
    for (auto const* const name : {"small", "large", "derived", "lent", "written"})
      retired += steward.retire(*steward.device(name)).pinned;
  }
  day.rule(ops, 1000ms);
  auto const soon = [] { return std::chrono::steady_clock::now() + 20ms; };
  bool const drained_too_early = ops.drain(testing::tenant(1), soon()) || ops.drain(testing::tenant(2), soon());
  auto const out = day.cache.close(soon());
  auto const written_so_far = day.found.written.load();
  auto const written_since = [&] { return day.found.written - written_so_far; };
  auto const patience = std::chrono::steady_clock::now() + 60s;
  do {
    day.rule(ops, 500ms);
  } while (written_since() <= 50 && testing::before(patience));
  auto const written_beside_them = written_since();

  bool drained = false;
  // Whoever waits for it is told.
  std::thread waits([&] { drained = ops.drain(testing::tenant(1), std::chrono::steady_clock::now() + 5s); });
  day.let_go = true;
  for (auto& each : readers) each.join();
  waits.join();
  day.stop = true;
  for (auto& each : writers) each.join();

  // Small and large ones, what was derived, what was lent and what was being written.
  CHECK(revoked.pinned >= 30'000 + 4 * 400 + 700);
  CHECK(retired >= 30'000 + 4 * 400 + 700);
  CHECK_FALSE(drained_too_early);
  CHECK(out >= slow_day::homes * slow_day::held_by_each);
  // What was evicted beside them makes room, however long they look.
  CHECK(written_beside_them > 50);
  CHECK(day.found.looked > 100);
  CHECK(day.found.foreign == 0);
  CHECK(day.found.torn == 0);
  CHECK_MESSAGE(day.found.other == 0, std::string(day.found.first_other.load()));
  CHECK(drained);
  CHECK(day.cache.close(std::chrono::steady_clock::now() + 5s) == 0);
  CHECK(day.cache.stats().pinned == 0);
  for (std::uint64_t home = 1; home <= slow_day::homes; ++home) {
    CHECK(ops.revoke(testing::tenant(home)).pinned == 0);
    CHECK(ops.counts(testing::tenant(home)).charged == 0);
  }
  CHECK(day.released == static_cast<int>(slow_day::homes));
  CHECK(ops.resize(fc::kibibytes{256}) == fc::order_status::done);
  auto const report = day.cache.audit();
  CHECK_MESSAGE(report.ok, report.broken);
}

// SPDX-License-Identifier: Apache-2.0
//
// Everything that a relay does with a cache, with the n-th allocation refused, for n from 1 to 2,000. What is made then throws
// std::bad_alloc or refuses; all else answers with a reason. Nothing is lost, nothing is shown to anybody else, and with memory there
// again everything works.
#include <doctest/doctest.h>

#include "faults/allocations.hpp"
#include "model/owned_bytes.hpp"
#include "model/stamped.hpp"

#include <array>
#include <new>

using namespace std::chrono_literals;

namespace {

struct credentials final {
  testing::book book;
  std::array<std::string, 3> viewers{"", book.viewer(1), book.viewer(2)};
  std::array<std::string, 3> publishers{"", book.publisher(1), book.publisher(2)};
  std::string steward = book.steward(1);
  std::string admin = book.admin();
  std::string guest = [this] {
    auto only = testing::book::admission(fc::role::viewer, 1, 77);
    only.devices = fc::device_list::only({"porch"});
    return book.issue(only);
  }();
};

// What went wrong, but for want of memory.
struct outcome final {
  std::uint64_t foreign = 0;
  std::uint64_t torn = 0;
  std::uint64_t seen = 0;
  std::uint64_t allocations = 0;
  std::uint64_t seen_after = 0;  // with memory there again
  std::uint64_t left = 0;        // handles, drafts and peeks
  std::uint64_t pinned = 0;
  bool refused = false;
  char const* broken = nullptr;
};

using cache_type = fc::frame_cache<fc::audiences<fc::anyone>>;

void look(outcome& out, fc::frame_view const& view, std::uint64_t tenant) {
  if (!view) return;
  auto const bytes = view.bytes();
  if (bytes.size() < 2 * sizeof(testing::stamp)) {
    ++out.torn;
    return;
  }
  testing::stamped_ends const says{bytes};
  if (says.first.tenant != tenant) ++out.foreign;
  if (!says.whole()) ++out.torn;
  ++out.seen;
}

void look_around(cache_type::viewer_type<> const& eye, fc::stream const& stream, std::uint64_t home, outcome& out) {
  auto const device = stream.device();
  auto const generation = stream.generation();
  auto const held = eye.find(device, generation);
  look(out, eye.read(held), home);
  auto const second = eye.share(held);
  look(out, eye.read(second), home);
  auto const newest = eye.latest(device, fc::no_older_than(1h));
  look(out, eye.read(newest), home);
  for (auto const& each : eye.find_many(std::array{fc::place{device, generation}, fc::place{device, generation}}))
    look(out, eye.read(each), home);
  static_cast<void>(eye.peek(device, generation, [&](fc::frame_view const& view) { look(out, view, home); }));
  static_cast<void>(eye.wait_newer(device, fc::frame_sequence{std::uint64_t{0}}, std::chrono::steady_clock::now()));
  for (std::uint16_t width = 20; width != 24; ++width) {
    fc::rendition const which{width, 1, fc::rotation::none};
    auto const loaded =
        eye.get_or_load(device, generation, which, std::chrono::steady_clock::now() + 1h, [&](fc::ticket t) {
          if (width % 2 == 0) return;  // gives up
          auto draft = std::move(t).stage(fc::byte_count{300U});
          if (!draft) return;
          testing::stamp_into(draft.bytes(), {home, device.value(), generation.value(), width, 300, 0});
          static_cast<void>(std::move(draft).commit({.size = fc::byte_count{300U}}));
        });
    look(out, eye.read(loaded), home);
  }
}

// One home's day. What fails is left, and the next thing is done.
void live(cache_type& cache, credentials const& keys, std::uint64_t home, int rounds, outcome& out) {
  auto const camera = cache.publisher(keys.publishers[home]);
  auto const eye = cache.viewer(keys.viewers[home]);
  std::uint64_t number = 0;
  std::uint64_t told = 0;
  for (int round = 0; round != rounds; ++round) {
    for (char const* name : {"porch", "garden", "hall"}) {
      auto const stream = camera.begin(camera.device(name));
      auto const device = stream.device();
      auto const waits = eye.notify_newer(device, fc::frame_sequence{number}, [&told] { ++told; });
      for (std::uint64_t const size : {200U, 3000U, 40'000U})
        static_cast<void>(testing::put_stamped(stream, home, ++number, size));
      for (std::uint16_t width = 1; width != 12; ++width) {
        fc::rendition const which{width, 1, fc::rotation::none};
        static_cast<void>(testing::put_stamped(stream, home, ++number, 300, which));
        auto const held = eye.find(device, stream.generation(), which);
        look(out, eye.read(held), home);
      }
      look_around(eye, stream, home, out);
      static_cast<void>(stream.adopt(testing::owned_bytes{{"an adopted packet"}}, {}));
      if (round % 3 == 2) static_cast<void>(stream.erase());
    }
    if (home != 1) continue;
    cache.with_viewer(keys.guest, [&](auto& guest) {
      if (auto const device = guest.device("porch")) static_cast<void>(guest.latest(*device, fc::any_age));
    });
    auto const housekeeper = cache.steward(keys.steward);
    auto const ops = cache.admin(keys.admin);
    static_cast<void>(housekeeper.revoke(testing::principal(77)));
    static_cast<void>(housekeeper.reinstate(testing::principal(77)));
    static_cast<void>(ops.suspend(testing::tenant(1)));
    static_cast<void>(ops.resume(testing::tenant(1)));
    if (auto const device = eye.device("hall"); device && round % 2 == 1)
      static_cast<void>(housekeeper.retire(*device));
    static_cast<void>(ops.resize(fc::byte_count{std::uint64_t{700'000}}));
    static_cast<void>(ops.resize(fc::mebibytes{1}));
    if (round % 4 == 3) {
      static_cast<void>(ops.revoke(testing::tenant(1)));
      return;  // these roles are of the epoch that has passed
    }
  }
}

outcome with_refused(std::uint64_t n, credentials const& keys) {
  outcome out;
  fc::registry homes{keys.book};
  std::unique_ptr<cache_type> cache;
  {
    testing::watched_allocations const watched(n);
    try {
      cache = std::make_unique<cache_type>(homes, fc::config{.capacity = fc::mebibytes{1}});
    } catch (std::bad_alloc const&) {
    }
    for (int day = 0; cache && day != 3; ++day) {
      for (std::uint64_t const home : {1U, 2U}) {
        // Roles are made by constructors, and what the authenticator throws comes out of them.
        try {
          live(*cache, keys, home, 4, out);
        } catch (std::bad_alloc const&) {
        }
      }
    }
    out.allocations = watched.count();
    out.refused = watched.refused_one();
  }
  if (!cache) cache = std::make_unique<cache_type>(homes, fc::config{.capacity = fc::mebibytes{1}});
  // All is sound, and nothing is lost: with memory there again a day goes by as ever.
  auto const report = cache->audit();
  if (!report.ok) out.broken = report.broken;
  outcome after;
  for (std::uint64_t const home : {1U, 2U}) live(*cache, keys, home, 2, after);
  out.foreign += after.foreign;
  out.torn += after.torn;
  out.seen_after = after.seen;
  out.left = cache->close({});
  out.pinned = cache->stats().pinned;
  return out;
}

}  // namespace

TEST_CASE("whichever allocation fails, nothing is broken, lost or shown to anybody else (I10, I12)") {
  credentials const keys;
  auto const undisturbed = with_refused(0, keys);
  REQUIRE(undisturbed.broken == nullptr);
  REQUIRE(undisturbed.seen_after > 0);
  constexpr std::uint64_t most = 2000;
  REQUIRE(undisturbed.allocations >= most);
  std::uint64_t refused = 0;
  for (std::uint64_t n = 1; n <= most; ++n) {
    auto const out = with_refused(n, keys);
    CAPTURE(n);
    refused += out.refused ? 1U : 0U;
    if (out.broken != nullptr || out.foreign != 0 || out.torn != 0 || out.left != 0 || out.pinned != 0 ||
        out.seen_after != undisturbed.seen_after) {
      CHECK_MESSAGE(out.broken == nullptr, out.broken);
      CHECK(out.foreign == 0);
      CHECK(out.torn == 0);
      CHECK(out.left == 0);
      CHECK(out.pinned == 0);
      CHECK(out.seen_after == undisturbed.seen_after);
    }
  }
  CHECK(refused == most);
}

// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "model/stamped.hpp"

#include <array>
#include <optional>

using namespace std::chrono_literals;

namespace {

constexpr std::uint64_t crossing_tenants = 4;
constexpr std::uint64_t cameras_of_each = 3;

std::string name_of(std::uint64_t camera) { return "camera " + std::to_string(camera); }

// Publishes for whichever camera of whichever home comes next; reconnects now and then, so that two threads supersede each other.
template <class Cache>
void write(Cache& cache, testing::book& book, testing::faults& found, std::uint64_t seed,
           std::chrono::steady_clock::time_point deadline) {
  testing::numbers random{seed};
  std::uint64_t number = 0;
  while (testing::before(deadline)) {
    auto const tenant = 1 + random.below(crossing_tenants);
    auto camera = cache.publisher(book.publisher(tenant));
    auto stream = camera.begin(camera.device(name_of(random.below(cameras_of_each))));
    for (int i = 0; i != 20 && stream; ++i) {
      auto const which = random.below(4) == 0 ? fc::rendition{320, 180, fc::rotation::none} : fc::rendition::source();
      auto const size = 2 * sizeof(testing::stamp) + random.below(random.below(8) == 0 ? 40'000 : 2'000);
      auto const answer = testing::put_stamped(stream, tenant, ++number, size, which);
      if (answer == fc::commit_status::committed) ++found.written;
      if (answer == fc::commit_status::superseded || answer == fc::commit_status::refused) break;
    }
  }
}

template <class Cache>
void read(Cache& cache, testing::book& book, testing::faults& found, std::uint64_t seed,
          std::chrono::steady_clock::time_point deadline) {
  testing::numbers random{seed};
  while (testing::before(deadline)) {
    auto const tenant = 1 + random.below(crossing_tenants);
    auto eye = cache.viewer(book.viewer(tenant));
    auto stranger = cache.viewer(book.viewer(tenant % crossing_tenants + 1));
    std::vector<typename Cache::template handle_type<>> kept;
    for (int i = 0; i != 30; ++i) {
      auto const device = eye.device(name_of(random.below(cameras_of_each)));
      if (!device) continue;
      auto const generation = eye.current(*device);
      if (!generation) continue;
      if (i % 3 == 0) {
        static_cast<void>(eye.peek(*device, *generation,
                                   [&](fc::frame_view const& view) { found.look(view, tenant, device->value()); }));
        continue;
      }
      auto handle = i % 3 == 1 ? eye.latest(*device, fc::any_age) : eye.find(*device, *generation);
      found.look(eye.read(handle), tenant, device->value());
      if (stranger.read(handle)) found.note("a neighbour read it");
      if (i % 5 == 0) kept.push_back(eye.share(handle));
      if (handle) kept.push_back(std::move(handle));
      if (kept.size() > 4) kept.erase(kept.begin());
    }
  }
}

// Everything a steward and an admin can do, at once.
template <class Cache>
void crossing_rule(Cache& cache, testing::book& book, testing::faults& found, std::uint64_t seed,
                   std::uint64_t capacity, bool alone, std::chrono::steady_clock::time_point deadline) {
  testing::numbers random{seed};
  auto ops = cache.admin(book.admin());
  while (testing::before(deadline)) {
    auto const tenant = 1 + random.below(crossing_tenants);
    auto const who = testing::tenant(tenant);
    switch (random.below(8)) {
      case 0: {
        auto eye = cache.viewer(book.viewer(tenant));
        auto const device = eye.device(name_of(0));
        auto const held = device ? eye.latest(*device, fc::any_age) : typename Cache::template handle_type<>{};
        static_cast<void>(ops.revoke(who));
        // I7: nothing that begins after revoke() returned succeeds.
        if (eye || eye.read(held) || (device && eye.latest(*device, fc::any_age))) found.note("I7: looks after revoke");
        break;
      }
      case 1: {
        auto boss = cache.steward(book.steward(tenant));
        if (auto const device = boss.device(name_of(random.below(cameras_of_each)))) {
          // A steward of a tenant that is suspended just now cannot retire anything.
          bool const done = boss.retire(*device).status == fc::order_status::done;
          auto eye = cache.viewer(book.viewer(tenant));
          if (done && eye.latest(*device, fc::any_age)) found.note("I7: a retired device is found");
        }
        break;
      }
      case 2: {
        auto eye = cache.viewer(book.viewer(tenant));
        static_cast<void>(ops.suspend(who));
        if (eye && alone) found.note("looks although suspended");  // another admin may have resumed it
        static_cast<void>(ops.resume(who));
        break;
      }
      case 3:
        static_cast<void>(ops.suspend(fc::capability::live));
        static_cast<void>(ops.resume(fc::capability::live));
        break;
      case 4: static_cast<void>(ops.set_budget(who, {.cap = fc::byte_count{(4 + random.below(60)) * 4096}})); break;
      case 5: static_cast<void>(ops.set_budget(who, {})); break;
      case 6: static_cast<void>(ops.revoke(who, testing::principal(100 + random.below(5)))); break;
      default:
        if (auto const report = cache.audit(); !report.ok) found.note(report.broken);
    }
    if (cache.stats().resident > capacity) found.note("I10: resident exceeds capacity");
  }
}

template <class Cache>
void stress(fc::config how, unsigned threads) {
  testing::book book;
  fc::registry homes{book};
  auto const capacity = how.capacity.value();
  Cache cache{homes, std::move(how)};
  testing::faults found;
  auto const deadline = std::chrono::steady_clock::now() + 1500ms;
  testing::in_threads(threads, [&](unsigned i) {
    if (i % 4 == 3) return crossing_rule(cache, book, found, i + 1, capacity, threads < 8, deadline);
    if (i % 2 == 0) return write(cache, book, found, i + 1, deadline);
    return read(cache, book, found, i + 1, deadline);
  });
  CHECK(found.foreign == 0);
  CHECK(found.torn == 0);
  CHECK_MESSAGE(found.other == 0, std::string(found.first_other.load()));
  CHECK(found.looked > 100);
  CHECK(found.written > 100);
  auto const report = cache.audit();
  CHECK_MESSAGE(report.ok, report.broken);
  auto const left = cache.stats();
  CHECK(left.handles == 0);
  CHECK(left.pinned == 0);
}

using crossing_strict = fc::frame_cache<fc::isolate<fc::strict>>;
using crossing_shared = fc::frame_cache<fc::isolate<fc::shared>>;

}  // namespace

TEST_CASE("fair, two threads: no frame crosses to another home, none is torn (I1, I4, I7)") {
  stress<fc::frame_cache<>>({.capacity = fc::mebibytes{1}}, 2);
}
TEST_CASE("fair, four threads of which one gives every order: no frame crosses, none is torn (I1, I4, I7)") {
  stress<fc::frame_cache<>>({.capacity = fc::mebibytes{1}}, 4);
}
TEST_CASE("fair, eight threads with every order at once: no frame crosses, none is torn (I1, I4, I7)") {
  stress<fc::frame_cache<>>({.capacity = fc::mebibytes{1}}, 8);
}
TEST_CASE("shared, eight threads with every order at once: no frame crosses, none is torn (I1, I4, I7)") {
  stress<crossing_shared>({.capacity = fc::mebibytes{1}}, 8);
}
TEST_CASE("strict, eight threads with every order at once: no frame crosses, none is torn (I1, I4, I7)") {
  stress<crossing_strict>({.capacity = fc::mebibytes{3}, .tenant_partition = fc::kibibytes{400}}, 8);
}

// SPDX-License-Identifier: Apache-2.0
//
// Everything that four threads did to a small cache is written down and checked: 10^7 events, or as many as
// FRAMECACHE_HISTORY_EVENTS says; tests/run --long asks for 10^9. The same with what a faulty cache would have answered put in
// between now and then: the checker has to notice.
#include <doctest/doctest.h>

#include "model/history_checker.hpp"
#include "model/history_worker.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace {

using namespace testing::history;

constexpr unsigned threads = 4;
// Stricter than a cache has to be: a lookup finds what is there, even while it is being replaced beside it.
constexpr auto rule = misses::mean_that_it_is_gone;
constexpr std::size_t homes_count = 4;

std::uint64_t wanted_events() {
  if (char const* const asked = std::getenv("FRAMECACHE_HISTORY_EVENTS")) return std::stoull(asked);
#if defined(NDEBUG)
  return 10'000'000;
#else
  return 1'000'000;
#endif
}

using stopwatch = std::chrono::steady_clock;
double seconds_since(stopwatch::time_point then) {
  return std::chrono::duration<double>(stopwatch::now() - then).count();
}

template <class Cache>
class recorded final {
 public:
  recorded(fc::config how, std::size_t window, spoil what) : world_(std::move(how), homes_count) {
    for (unsigned i = 0; i != threads; ++i) workers_.emplace_back(world_, i, window / threads, what);
    for (unsigned i = 0; i != homes_count; ++i) checkers_.emplace_back(i + 1, home_shape, rule);
  }

  // Between two windows no call is running; then the same threads check, a tenant each.
  void window() {
    testing::in_threads(threads, [this](unsigned i) { workers_[i].run_window(); });
    auto const began = stopwatch::now();
    testing::in_threads(homes_count, [this](unsigned i) {
      std::vector<std::span<event const>> logs;
      logs.reserve(threads);
      for (auto& each : workers_) logs.push_back(each.log().of(i));
      checkers_[i].window(logs);
    });
    checking_ += seconds_since(began);
    for (auto& each : workers_) each.next_window();
  }
  // Seconds.
  [[nodiscard]] double checking() const { return checking_; }
  [[nodiscard]] verdict found() const {
    verdict sum;
    for (auto const& each : checkers_) sum.add(each.found());
    return sum;
  }
  [[nodiscard]] std::uint64_t refused() const { return sum_of(&worker<Cache>::refused); }
  [[nodiscard]] std::uint64_t spoilt() const { return sum_of(&worker<Cache>::spoilt); }
  [[nodiscard]] fc::cache_stats end() {
    for (auto& each : workers_) each.leave();
    return world_.cache.stats();
  }
  [[nodiscard]] Cache const& cache() const { return world_.cache; }

 private:
  [[nodiscard]] std::uint64_t sum_of(std::uint64_t (worker<Cache>::*what)() const) const {
    std::uint64_t sum = 0;
    for (auto const& each : workers_) sum += (each.*what)();
    return sum;
  }

  world<Cache> world_;
  std::deque<worker<Cache>> workers_;
  std::deque<checker> checkers_;
  double checking_ = 0;
};

constexpr std::size_t window_size = 1U << 19;

template <class Cache>
void check_history(std::string const& name, fc::config how, std::uint64_t events) {
  recorded<Cache> all{std::move(how), std::min<std::uint64_t>(window_size, events / 4), spoil::nothing};
  auto const began = stopwatch::now();
  while (all.found().events < events && all.found().wrong() == 0) all.window();
  auto const took = seconds_since(began);
  auto const found = all.found();
  auto const refused = all.refused();
  auto const left = all.end();
  MESSAGE(name, ": ", found.events, " events of ", threads, " threads in ", took, " s, ", all.checking(),
          " of them for checking; ", left.hits, " hits, ", left.misses, " misses, ", left.commits, " commits, ",
          left.evictions, " evictions, ", left.generations, " generations, ", refused, " refused, ", found.overlapping,
          " overlapping; ", found.wrong(), " wrong");
  CHECK_MESSAGE(found.wrong() == 0, found.first);
  CHECK(found.overlapping > 0);
  CHECK(left.handles == 0);
  CHECK(left.pinned == 0);
  CHECK(left.evictions > events / 1000);
  CHECK(left.commits > events / 50);
  CHECK(left.hits > events / 20);
  CHECK(refused > events / 10'000);
  auto const report = all.cache().audit();
  CHECK_MESSAGE(report.ok, report.broken);
}

// Gives the processor away in the middle of a lookup or a commit, now and then: two threads meet there also on a machine that has
// other things to do.
struct interrupted final {
  static std::uint64_t hash(fc::hash_words const& words, fc::hash_secret const&) noexcept {
    thread_local std::uint32_t count = 0;
    if (++count % 251 == 0) std::this_thread::yield();
    std::uint64_t mixed = 0;
    for (auto const word : words) mixed = (mixed ^ word ^ word >> 31) * 0x9E37'79B9'7F4A'7C15U;
    return mixed ^ mixed >> 32;
  }
};
using interrupted_cache = fc::frame_cache<fc::hash<interrupted>>;
using strict_cache = fc::frame_cache<fc::isolate<fc::strict>>;
using shared_cache = fc::frame_cache<fc::isolate<fc::shared>>;

}  // namespace

TEST_CASE("fair: what four threads saw is what registers do that may forget (I1, I3, I4, I6, I7)") {
  check_history<fc::frame_cache<>>("fair", {.capacity = fc::kibibytes{512}}, wanted_events() * 8 / 10);
}
TEST_CASE("fair, interrupted: what four threads saw is what registers do that may forget (I1, I3, I4, I6, I7)") {
  check_history<interrupted_cache>("fair, interrupted", {.capacity = fc::kibibytes{512}},
                                   std::min<std::uint64_t>(wanted_events() / 10, 5'000'000));
}
TEST_CASE("shared: what four threads saw is what registers do that may forget (I1, I3, I4, I6, I7)") {
  check_history<shared_cache>("shared", {.capacity = fc::kibibytes{512}}, wanted_events() / 10);
}
TEST_CASE("strict: what four threads saw is what registers do that may forget (I1, I3, I4, I6, I7)") {
  check_history<strict_cache>("strict", {.capacity = fc::mebibytes{2}, .tenant_partition = fc::kibibytes{256}},
                              wanted_events() / 10);
}
TEST_CASE("what a faulty cache would have answered is found in the history of a sound one") {
  for (auto const what : every_spoil) {
    recorded<fc::frame_cache<>> all{{.capacity = fc::kibibytes{512}}, 1U << 16, what};
    for (int i = 0; i != 20 && (all.found().wrong() == 0 || i < 2); ++i) all.window();
    MESSAGE(std::string{to_string(what)}, ": ", all.spoilt(), " put in, ", all.found().wrong(), " found; ",
            all.found().first);
    CHECK(all.spoilt() > 0);
    CHECK(all.found().wrong() > 0);
    static_cast<void>(all.end());
  }
}

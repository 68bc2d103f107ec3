// SPDX-License-Identifier: Apache-2.0
//
// The measured loops: one function for each operation, the same for every contestant. Google Benchmark brings the threads, the
// number of iterations and the order of rounds. What a round took is the time from when all threads are there until the last
// has finished: the library's own clocks begin with each thread, and with more threads than cores they begin late.
#pragma once

#include <benchmark/benchmark.h>

#include <harness/field.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace bench {

using state = benchmark::State;

// Requests of each thread in a round of operations that take `step` of them.
[[nodiscard]] inline std::uint64_t requests_of(state const& s, std::size_t step) {
  return static_cast<std::uint64_t>(s.max_iterations) * step;
}
// The requests of this thread in this round.
template <adapter A>
[[nodiscard]] auto part_of(state const& s, field<A> const& f, std::size_t step = 1) {
  return f.read(s.thread_index(), requests_of(s, step));
}

// Made when a thread is ready for its loop. All leave the loop together, so that one of them tells the time for all, and where on the
// tape they have come to.
template <adapter A>
class stopwatch final {
 public:
  stopwatch(state& s, field<A>& f, std::size_t step = 1) : state_(s), field_(f), step_(step) {
    f.before_rounds().all_of(s.threads());
    began_ = std::chrono::steady_clock::now();
  }
  void stop() const {
    std::chrono::duration<double> const took = std::chrono::steady_clock::now() - began_;
    if (state_.thread_index() != 0) return;
    state_.counters["seconds"] = took.count();
    field_.walked(state_.threads(), requests_of(state_, step_));
  }

 private:
  state& state_;
  field<A>& field_;
  std::size_t const step_;
  std::chrono::steady_clock::time_point began_;
};

// Sums over threads; the report divides.
template <adapter A>
void count(state& s, stopwatch<A> const& watch, std::uint64_t operations, std::uint64_t hits, std::uint64_t gets) {
  watch.stop();
  s.counters["operations"] = static_cast<double>(operations);
  s.counters["hits"] = static_cast<double>(hits);
  s.counters["gets"] = static_cast<double>(gets);
}

inline void require(state& s, bool good, char const* otherwise) {
  if (!good) s.SkipWithError(otherwise);
}

template <adapter A>
void round_of_gets(state& s, field<A>& f) {
  auto& cache = f.cache();
  auto tape = part_of(s, f);
  std::uint64_t hits = 0;
  stopwatch const watch(s, f);
  for ([[maybe_unused]] auto _ : s) hits += cache.get(tape.next()) ? 1U : 0U;
  auto const gets = static_cast<std::uint64_t>(s.iterations());
  count(s, watch, gets, hits, gets);
  require(s, hits == gets, "a frame that was put was not found");
}

template <adapter A>
void round_of_gets_then_puts(state& s, field<A>& f) {
  auto& cache = f.cache();
  auto tape = part_of(s, f);
  std::uint64_t hits = 0;
  stopwatch const watch(s, f);
  for ([[maybe_unused]] auto _ : s) {
    auto const& at = tape.next();
    if (cache.get(at)) {
      ++hits;
    } else if constexpr (storing<A>) {
      (void)cache.put(at, f.frame());
    }
  }
  auto const gets = static_cast<std::uint64_t>(s.iterations());
  count(s, watch, gets, hits, gets);
}

template <storing A>
void round_of_halves(state& s, field<A>& f) {
  auto& cache = f.cache();
  auto tape = part_of(s, f);
  std::uint64_t hits = 0;
  std::uint64_t stored = 0;
  std::uint64_t turn = 0;
  stopwatch const watch(s, f);
  for ([[maybe_unused]] auto _ : s) {
    auto const& at = tape.next();
    if ((turn++ & 1U) == 0) {
      stored += cache.put(at, f.frame()) ? 1U : 0U;
    } else {
      hits += cache.get(at) ? 1U : 0U;
    }
  }
  count(s, watch, turn, hits, turn / 2);
  // Who replaces by erasing first misses for a moment, and longer when the thread loses its core in between.
  require(s, hits + turn / 100 >= turn / 2 && stored == turn - turn / 2, "a put or a get failed");
}

template <storing A>
void round_of_puts(state& s, field<A>& f) {
  auto& cache = f.cache();
  auto tape = part_of(s, f);
  std::uint64_t stored = 0;
  stopwatch const watch(s, f);
  for ([[maybe_unused]] auto _ : s) stored += cache.put(tape.next(), f.frame()) ? 1U : 0U;
  auto const puts = static_cast<std::uint64_t>(s.iterations());
  count(s, watch, puts, 0, 0);
  require(s, stored == puts, "a put failed");
}

// Whoever has no batch of his own gets one after the other.
template <adapter A>
[[nodiscard]] std::size_t get_sixteen(A& cache, std::span<typename A::request const, batch_size> some) {
  if constexpr (batching<A>) {
    return cache.get_many(some);
  } else {
    std::size_t hits = 0;
    for (auto const& each : some) hits += cache.get(each) ? 1U : 0U;
    return hits;
  }
}

template <adapter A>
void round_of_batches(state& s, field<A>& f) {
  auto& cache = f.cache();
  auto tape = part_of(s, f, batch_size);
  std::uint64_t hits = 0;
  stopwatch const watch(s, f, batch_size);
  for ([[maybe_unused]] auto _ : s) hits += get_sixteen(cache, tape.next_batch());
  auto const gets = static_cast<std::uint64_t>(s.iterations()) * batch_size;
  count(s, watch, gets, hits, gets);
  require(s, hits == gets, "a frame that was put was not found");
}

// What is timed singly. Each says whether it was a hit or, of those that do not look, whether the frame was stored.
struct single_get {
  static constexpr bool looks = true;
  template <adapter A>
  [[nodiscard]] static bool once(A& cache, typename A::request const& at, bytes) {
    return cache.get(at);
  }
};
struct single_put {
  static constexpr bool looks = false;
  template <storing A>
  [[nodiscard]] static bool once(A& cache, typename A::request const& at, bytes frame) {
    return cache.put(at, frame);
  }
};
struct single_get_then_put {
  static constexpr bool looks = true;
  template <adapter A>
  [[nodiscard]] static bool once(A& cache, typename A::request const& at, bytes frame) {
    bool const hit = cache.get(at);
    if constexpr (storing<A>) {
      if (!hit) (void)cache.put(at, frame);
    }
    return hit;
  }
};

// Percentiles of all samples of all threads, exactly: every sample of the round is kept.
inline void report_percentiles(state& s, std::span<std::vector<std::uint32_t>> of) {
  std::vector<std::uint32_t> all;
  for (auto const& each : of) all.insert(all.end(), each.begin(), each.end());
  auto const at = [&](double share) {
    auto const n = static_cast<std::ptrdiff_t>(share * static_cast<double>(all.size() - 1));
    std::nth_element(all.begin(), all.begin() + n, all.end());
    return static_cast<double>(all[static_cast<std::size_t>(n)]);
  };
  s.counters["p50"] = at(0.5);
  s.counters["p99"] = at(0.99);
  s.counters["p999"] = at(0.999);
}

template <class Single, adapter A>
void round_timed_singly(state& s, field<A>& f) {
  using clock = std::chrono::steady_clock;
  constexpr std::size_t most = std::size_t{1} << 20;
  auto& cache = f.cache();
  auto tape = part_of(s, f);
  auto& samples = f.samples(s.thread_index());
  samples.assign(std::min(most, static_cast<std::size_t>(s.max_iterations)),
                 0);  // its pages are there before the round
  std::size_t taken = 0;
  std::uint64_t good = 0;
  stopwatch const watch(s, f);
  for ([[maybe_unused]] auto _ : s) {
    auto const& at = tape.next();
    auto const before = clock::now();
    good += Single::once(cache, at, f.frame()) ? 1U : 0U;
    auto const took = (clock::now() - before).count();
    samples[taken] =
        static_cast<std::uint32_t>(std::min<std::int64_t>(took, std::numeric_limits<std::uint32_t>::max()));
    if (++taken == samples.size()) taken = 0;
  }
  auto const all = static_cast<std::uint64_t>(s.iterations());
  count(s, watch, all, Single::looks ? good : 0, Single::looks ? all : 0);
  require(s, Single::looks || good == all, "a put failed");
  // Every thread has left its loop by now.
  if (s.thread_index() == 0) report_percentiles(s, f.all_samples().first(static_cast<std::size_t>(s.threads())));
}

template <opening A>
void round_of_openings(state& s, field<A>& f) {
  auto& cache = f.cache();
  auto tenant = static_cast<std::uint32_t>(s.thread_index()) % f.what().homes.tenants;
  std::uint64_t opened = 0;
  stopwatch const watch(s, f, 0);
  for ([[maybe_unused]] auto _ : s) {
    opened += cache.open(tenant) ? 1U : 0U;
    tenant = (tenant + 7) % f.what().homes.tenants;
  }
  auto const all = static_cast<std::uint64_t>(s.iterations());
  count(s, watch, all, 0, 0);
  require(s, opened == all, "a viewer was refused");
}

template <adapter A>
void round_of(state& s, field<A>& f) {
  switch (f.what().what) {
    case operation::get: return round_of_gets(s, f);
    case operation::get_then_put: return round_of_gets_then_puts(s, f);
    case operation::batch: return round_of_batches(s, f);
    case operation::tail: return round_timed_singly<single_get>(s, f);
    case operation::tail_get_then_put: return round_timed_singly<single_get_then_put>(s, f);
    case operation::half:
      if constexpr (storing<A>) return round_of_halves(s, f);
      break;
    case operation::put:
      if constexpr (storing<A>) return round_of_puts(s, f);
      break;
    case operation::tail_put:
      if constexpr (storing<A>) return round_timed_singly<single_put>(s, f);
      break;
    case operation::open:
      if constexpr (opening<A>) return round_of_openings(s, f);
      break;
  }
  s.SkipWithError("this contestant cannot do this work");
}

}  // namespace bench

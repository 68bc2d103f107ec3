// SPDX-License-Identifier: Apache-2.0
//
// framecache_benchmarks: checks every contestant, or runs one work, or weighs one contestant. benchmarks/run calls it once for
// each; flags that are not its own are Google Benchmark's.
//
//   --list                 works and contestants, as JSON
//   --check                what each adapter must do before it may be measured
//   --work=NAME            rounds of one work, interleaved over all contestants
//   --weigh                bytes that a million frames occupy, as JSON
//   --hits                 hit ratios of the works that evict, as JSON
//   --contestants=A;B      only these
//   --threads=1,2,4,8      thread counts
//   --divide=N             tenants divided by N: for a smoke run
#include <absl/flags/flag.h>
#include <absl/flags/parse.h>
#include <benchmark/benchmark.h>

#include <harness/once.hpp>

#include <sys/prctl.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

ABSL_FLAG(bool, list, false, "write the works and the contestants as JSON");
ABSL_FLAG(bool, check, false, "check the adapters");
ABSL_FLAG(std::string, work, "", "the work to run");
ABSL_FLAG(bool, weigh, false, "weigh the contestants");
ABSL_FLAG(bool, hits, false, "count the contestants' hits");
ABSL_FLAG(std::string, contestants, "", "only these, divided by semicolons");
ABSL_FLAG(std::vector<std::string>, threads, std::vector<std::string>({"1", "2", "4", "8"}), "thread counts");
ABSL_FLAG(std::uint32_t, divide, 1, "divide the number of tenants");

namespace {

using namespace bench;

std::vector<entrant> chosen() {
  auto const flag = absl::GetFlag(FLAGS_contestants);
  if (flag.empty()) return roster();
  std::vector<entrant> some;
  std::istringstream names(flag);
  for (std::string name; std::getline(names, name, ';');) {
    auto const is_it = [&](entrant const& e) { return e.name == name; };
    auto const found = std::find_if(roster().begin(), roster().end(), is_it);
    if (found == roster().end()) {
      std::fprintf(stderr, "there is no contestant '%s'; --list shows them\n", name.c_str());
      std::exit(2);
    }
    some.push_back(*found);
  }
  return some;
}

void list() {
  std::printf("{\"works\": [");
  char const* comma = "";
  for (auto const& w : all_works()) {
    std::printf("%s\"%s\"", comma, std::string{w.name}.c_str());
    comma = ", ";
  }
  std::printf("], \"contestants\": [");
  comma = "";
  for (auto const& e : roster()) {
    std::printf(R"(%s{"name": "%s", "kind": "%s", "version": "%s"})", comma, std::string{e.name}.c_str(),
                std::string{to_string(e.what)}.c_str(), e.version().c_str());
    comma = ", ";
  }
  std::printf("]}\n");
}

int check() {
  int broken = 0;
  for (auto const& e : chosen()) {
    auto const why = e.check();
    if (why.empty()) continue;
    ++broken;
    std::fprintf(stderr, "%s: %s\n", std::string{e.name}.c_str(), why.c_str());
  }
  return broken == 0 ? 0 : 1;
}

// Names are work/contestant; the library adds the clock and the threads.
int run(work const& what) {
  for (auto const& e : chosen()) {
    if (!e.takes(what)) continue;
    auto const round = e.prepare(what);
    auto const name = std::string{what.name} + '/' + std::string{e.name};
    for (auto const& threads : absl::GetFlag(FLAGS_threads)) {
      auto const count = std::stoi(threads);
      if (count <= e.most_threads) benchmark::RegisterBenchmark(name.c_str(), round)->Threads(count)->UseRealTime();
    }
  }
  return benchmark::RunSpecifiedBenchmarks() == 0 ? 1 : 0;
}

}  // namespace

int main(int count, char** arguments) {
  benchmark::Initialize(&count, arguments);
  absl::ParseCommandLine(count, arguments);
  // Pages of one size for everybody.
  if (::prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0) != 0) std::fprintf(stderr, "huge pages could not be switched off\n");

  if (absl::GetFlag(FLAGS_list)) {
    list();
    return 0;
  }
  if (absl::GetFlag(FLAGS_check)) return check();
  auto const divide = std::max<std::uint32_t>(absl::GetFlag(FLAGS_divide), 1);
  if (absl::GetFlag(FLAGS_weigh)) return weigh_all(chosen(), divide) ? 0 : 1;
  if (absl::GetFlag(FLAGS_hits)) return count_hits(chosen(), divide) ? 0 : 1;
  for (auto const& w : all_works()) {
    if (w.name == absl::GetFlag(FLAGS_work)) return run(scaled(w, divide));
  }
  std::fprintf(stderr, "write --work=NAME; --list shows the names\n");
  return 2;
}

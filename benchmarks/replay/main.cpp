// SPDX-License-Identifier: Apache-2.0
//
// framecache_replay: hit ratios of every eviction order on a camera relay's day, beside the best that is possible. One thread; a
// get, and a put when it missed. Writes JSON.
//
//   --trace=PATH      a public trace in a text form of libCacheSim instead of the synthetic day
//   --homes=N         of the synthetic day
//   --sessions=N      and how often somebody opens the app
#include <absl/flags/flag.h>
#include <absl/flags/parse.h>

#include <harness/field.hpp>
#include <peers/absl_lru.hpp>
#include <peers/framecache.hpp>
#if defined(REPLAY_HAS_leveldb)
#include <peers/leveldb.hpp>
#endif
#if defined(REPLAY_HAS_RocksDB)
#include <peers/rocksdb.hpp>
#endif
#include <replay/trace.hpp>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

ABSL_FLAG(std::string, trace, "", "a trace to replay");
ABSL_FLAG(std::uint32_t, homes, bench::day{}.homes, "homes of the synthetic day");
ABSL_FLAG(std::uint32_t, sessions, bench::day{}.sessions, "sessions of the synthetic day");

namespace {

using namespace bench;

constexpr std::size_t frame_size = 64;

struct outcome {
  std::string_view name;
  std::uint64_t hits;
};

template <class A, class Each>
std::uint64_t hits_along(A& cache, trace const& what, bytes frame, Each&& watch) {
  std::vector<std::uint32_t> reconnected(what.homes.keys());
  std::uint64_t hits = 0;
  for (auto const& each : what.requests) {
    typename A::request const at = [&] {
      if constexpr (requires { cache.reconnect(each.camera); }) {
        for (; reconnected[each.camera] < each.reconnects; ++reconnected[each.camera]) cache.reconnect(each.camera);
        return cache.request_for(each.camera);
      } else {
        return cache.request_for(each.camera, each.reconnects);
      }
    }();
    if (cache.get(at)) {
      ++hits;
    } else {
      (void)cache.put(at, frame);
    }
    watch();
  }
  return hits;
}

template <class A>
[[nodiscard]] std::uint64_t hits_of(trace const& what, std::uint32_t holds) {
  auto const frame = frame_bytes(frame_size, 1);
  auto const walk = [&](A& cache, auto&& each) { return hits_along(cache, what, frame, each); };
  A cache(fitted<A>(setting{what.homes, holds, true, frame_size}, what.requests.size(), walk));
  return walk(cache, unwatched);
}

template <class... As>
void replay(trace const& what, std::uint32_t holds, std::vector<outcome>& into) {
  (into.push_back({As::name, hits_of<As>(what, holds)}), ...);
}

// An eviction order joins by a line here and a few in peers/framecache.hpp.
[[nodiscard]] std::vector<outcome> all_of(trace const& what, std::uint32_t holds) {
  std::vector<outcome> all;
  replay<framecache_fair, framecache_shared>(what, holds, all);
#if defined(REPLAY_HAS_ORDERS)
  replay<framecache_sieve, framecache_s3fifo>(what, holds, all);
#endif
  replay<absl_lru<1>>(what, holds, all);
#if defined(REPLAY_HAS_leveldb)
  replay<leveldb_cache>(what, holds, all);
#endif
#if defined(REPLAY_HAS_RocksDB)
  replay<rocksdb_lru, hyper_clock>(what, holds, all);
#endif
  all.push_back({"Belady's bound", belady_hits(what, holds)});
  return all;
}

}  // namespace

int main(int count, char** arguments) {
  absl::ParseCommandLine(count, arguments);
  auto const path = absl::GetFlag(FLAGS_trace);
  day how;
  how.homes = absl::GetFlag(FLAGS_homes);
  how.sessions = absl::GetFlag(FLAGS_sessions);
  trace what{};
  if (path.empty()) {
    what = synthetic(how);
  } else {
    std::ifstream file(path);
    std::string wrong = "cannot be read";
    auto read = file ? read_text(file, wrong) : std::nullopt;
    if (!read) {
      std::fprintf(stderr, "%s: %s\n", path.c_str(), wrong.c_str());
      return 2;
    }
    what = std::move(*read);
  }

  std::printf("{\"requests\": %zu, \"objects\": %zu,\n", what.requests.size(), what.objects);
  if (path.empty()) {
    std::printf("\"day\": {\"homes\": %u, \"cameras\": %u, \"sessions\": %u, \"skew\": %g, \"popular\": %u, "
                "\"to_popular\": %g, "
                "\"most_looks\": %u, \"storms\": %u, \"in_storm\": %g},\n",
                how.homes, how.cameras, how.sessions, how.skew, how.popular, how.to_popular, how.most_looks, how.storms,
                how.in_storm);
  }
  std::printf("\"sizes\": [\n");
  char const* comma = "";
  for (auto const share : {0.01, 0.05, 0.1, 0.25, 0.5}) {
    auto const holds = std::max<std::uint32_t>(static_cast<std::uint32_t>(share * what.homes.keys()), 64);
    for (auto const& each : all_of(what, holds)) {
      std::printf("%s{\"share\": %g, \"holds\": %u, \"name\": \"%s\", \"hits\": %llu}", comma, share, holds,
                  std::string{each.name}.c_str(), static_cast<unsigned long long>(each.hits));
      comma = ",\n";
    }
  }
  std::printf("\n]}\n");
}

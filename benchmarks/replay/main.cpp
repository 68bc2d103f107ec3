// SPDX-License-Identifier: Apache-2.0
//
// framecache_replay: hit ratios of every eviction order on a camera relay's day, beside the best that is possible. One thread; a
// get, and a put when it missed. Each contestant in a process of its own, as many at once as there are cores: nothing is timed.
// Writes JSON.
//
//   --trace=PATH      a public trace in a text form of libCacheSim instead of the synthetic day
//   --homes=N         of the synthetic day
//   --sessions=N      and how often somebody opens the app
#include <absl/flags/flag.h>
#include <absl/flags/parse.h>

#include <harness/children.hpp>
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
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <vector>

ABSL_FLAG(std::string, trace, "", "a trace to replay");
ABSL_FLAG(std::uint32_t, homes, bench::day{}.homes, "homes of the synthetic day");
ABSL_FLAG(std::uint32_t, sessions, bench::day{}.sessions, "sessions of the synthetic day");

namespace {

using namespace bench;

// A small still, in two pages. With 64 bytes names and rooms would be nearly all of the cache, and the bound would move by chunks.
constexpr std::size_t frame_size = 8'000;

struct outcome {
  std::uint64_t hits = 0;
  std::uint64_t held = 0;
};

// One who replays it, and holds so many frames.
struct contestant {
  std::string_view name;
  outcome (*replay)(trace const&, std::uint32_t holds);
};

// Goes through the day; what it returns goes on where the last call ended.
template <class A>
[[nodiscard]] auto begin_day(A& cache, trace const& what, bytes frame) {
  return [&cache, &what, frame, reconnected = std::vector<std::uint32_t>(what.homes.keys())](std::size_t from,
                                                                                             std::size_t to) mutable {
    std::uint64_t hits = 0;
    for (auto const& each : std::span(what.requests).subspan(from, to - from)) {
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
    }
    return hits;
  };
}

template <class A>
[[nodiscard]] constexpr contestant with() {
  return {A::name, [](trace const& what, std::uint32_t holds) {
            auto const frame = frame_bytes(frame_size, 1);
            auto const begin = [&](A& cache) { return begin_day(cache, what, frame); };
            auto const done = fitted<A>(setting{what.homes, holds, true, frame_size}, what.requests.size(), begin);
            return outcome{done.hits, done.held};
          }};
}

// An eviction order joins by a line here and a few in peers/framecache.hpp.
constexpr contestant contestants[] = {
    with<framecache_fair>(),
    with<framecache_shared>(),
#if defined(REPLAY_HAS_ORDERS)
    with<framecache_sieve>(),
    with<framecache_s3fifo>(),
    with<framecache_shared_sieve>(),
    with<framecache_shared_s3fifo>(),
#endif
    with<absl_lru<1>>(),
#if defined(REPLAY_HAS_leveldb)
    with<leveldb_cache>(),
#endif
#if defined(REPLAY_HAS_RocksDB)
    with<rocksdb_lru>(),
    with<hyper_clock>(),
#endif
    {"Belady's bound", [](trace const& what, std::uint32_t holds) { return outcome{belady_hits(what, holds), holds}; }},
};

constexpr double shares[] = {0.01, 0.05, 0.1, 0.25, 0.5};

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
  auto const holds_at = [&](double share) {
    return std::max<std::uint32_t>(static_cast<std::uint32_t>(share * what.homes.keys()), 64);
  };
  auto const all = in_children<outcome>(std::size(shares) * std::size(contestants), [&](std::size_t which) {
    return contestants[which % std::size(contestants)].replay(what, holds_at(shares[which / std::size(contestants)]));
  });
  std::printf("\"sizes\": [\n");
  char const* comma = "";
  for (std::size_t which = 0; which != all.size(); ++which) {
    std::string const name{contestants[which % std::size(contestants)].name};
    auto const share = shares[which / std::size(contestants)];
    if (!all[which]) {
      std::fprintf(stderr, "%s did not end well\n", name.c_str());
      return 1;
    }
    std::printf(R"(%s{"share": %g, "holds": %u, "name": "%s", "hits": %llu, "held": %llu})", comma, share,
                holds_at(share), name.c_str(), static_cast<unsigned long long>(all[which]->hits),
                static_cast<unsigned long long>(all[which]->held));
    comma = ",\n";
  }
  std::printf("\n]}\n");
}

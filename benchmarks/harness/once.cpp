// SPDX-License-Identifier: Apache-2.0
#include <harness/once.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>

namespace bench {
namespace {

// One lock and one list: its order is exact.
constexpr std::string_view exact_lru = "absl map + list + mutex";

[[nodiscard]] unsigned long long wide(std::uint64_t number) { return number; }

// Calls `measure` in a child that has allocated nothing yet.
template <class Measure>
[[nodiscard]] std::optional<occupied> in_a_child(Measure const& measure) {
  int ends[2];
  if (::pipe(ends) != 0) return std::nullopt;
  std::fflush(stdout);
  pid_t const child = ::fork();
  if (child == 0) {
    occupied const seen = measure();
    ::_exit(::write(ends[1], &seen, sizeof seen) == ssize_t{sizeof seen} ? 0 : 1);
  }
  ::close(ends[1]);
  occupied seen;
  bool const whole = child > 0 && ::read(ends[0], &seen, sizeof seen) == ssize_t{sizeof seen};
  ::close(ends[0]);
  if (child > 0) ::waitpid(child, nullptr, 0);
  if (!whole) return std::nullopt;
  return seen;
}

[[nodiscard]] bool has_weight(entrant const& e) {
  return e.keeps_frames && (e.what == kind::ours || e.what == kind::peer || e.what == kind::reference);
}

// Works that some contestant does in another order of eviction.
[[nodiscard]] bool is_counted(entrant const& e, work const& w) {
  return w.bounded() && e.keeps_frames && e.takes(w) && e.what != kind::server;
}

}  // namespace

bool weigh_all(std::vector<entrant> const& whom, std::uint32_t divide) {
  bool good = true;
  shape const homes{1'000 / std::min(divide, 1'000U), 1'000};
  char const* comma = "";
  std::printf("[");
  for (auto const& e : whom) {
    if (!has_weight(e)) continue;
    auto const full = in_a_child([&] { return e.weigh(homes, true); });
    auto const empty = in_a_child([&] { return e.weigh(homes, false); });
    if (!full || !empty || full->frames == 0) {
      std::fprintf(stderr, "%s could not be weighed\n", std::string{e.name}.c_str());
      good = false;
      continue;
    }
    std::printf(R"(%s{"contestant": "%s", "kind": "%s", "bytes": %llu, "empty": %llu, "frames": %llu, "payload": 64})",
                comma, std::string{e.name}.c_str(), std::string{to_string(e.what)}.c_str(), wide(full->bytes),
                wide(empty->bytes), wide(full->frames));
    comma = ",\n ";
  }
  std::printf("]\n");
  return good;
}

bool count_hits(std::vector<entrant> const& whom, std::uint32_t divide) {
  auto const is_exact = [](entrant const& e) { return e.name == exact_lru; };
  auto const exact = std::find_if(roster().begin(), roster().end(), is_exact);
  if (exact == roster().end()) return false;
  char const* comma = "";
  std::printf("[");
  for (auto const& each : all_works()) {
    auto what = scaled(each, divide);
    for (auto const& e : whom) {
      if (!is_counted(e, what)) continue;
      auto const found = e.hits(what);
      std::printf(R"(%s{"work": "%s", "contestant": "%s", "kind": "%s", "gets": %llu, "hits": %llu, "held": %llu)",
                  comma, std::string{what.name}.c_str(), std::string{e.name}.c_str(),
                  std::string{to_string(e.what)}.c_str(), wide(found.gets), wide(found.hits), wide(found.held));
      if (e.what == kind::ours) {
        auto as_large = what;
        as_large.holds = static_cast<std::uint32_t>(found.held);
        std::printf(R"(, "exact_lru": %llu)", wide(exact->hits(as_large).hits));
      }
      std::printf("}");
      std::fflush(stdout);
      comma = ",\n ";
    }
  }
  std::printf("]\n");
  return true;
}

}  // namespace bench

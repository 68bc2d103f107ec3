// SPDX-License-Identifier: Apache-2.0
#include <harness/children.hpp>
#include <harness/once.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bench {
namespace {

// One lock and one list: its order is exact.
constexpr std::string_view exact_lru = "absl map + list + mutex";

[[nodiscard]] unsigned long long wide(std::uint64_t number) { return number; }

// What of one contestant in one work was counted.
struct counted {
  hit_count found;
  std::uint64_t exact_lru;  // only beside ours
};

template <class Measure>
[[nodiscard]] std::optional<occupied> in_a_child(Measure const& measure) {
  return in_children<occupied>(1, [&](std::size_t) { return measure(); }).front();
}

[[nodiscard]] bool has_weight(entrant const& e) {
  return e.keeps_frames && (e.what == kind::ours || e.what == kind::peer || e.what == kind::reference);
}

// Works that some contestant does in another order of eviction. What is timed singly is asked for as another work is.
[[nodiscard]] bool is_counted(entrant const& e, work const& w) {
  return w.bounded() && w.what != operation::tail_get_then_put && e.keeps_frames && e.takes(w) &&
         e.what != kind::server;
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
  struct task {
    work what;
    entrant const* who;
  };
  std::vector<task> tasks;
  for (auto const& each : all_works()) {
    auto const what = scaled(each, divide);
    for (auto const& e : whom) {
      if (is_counted(e, what)) tasks.push_back({what, &e});
    }
  }
  auto const answers = in_children<counted>(tasks.size(), [&](std::size_t which) {
    auto const& [what, who] = tasks[which];
    counted answer{who->hits(what), 0};
    if (who->what == kind::ours) {
      auto as_large = what;
      as_large.holds = static_cast<std::uint32_t>(answer.found.held);
      answer.exact_lru = exact->hits(as_large).hits;
    }
    return answer;
  });
  bool good = true;
  char const* comma = "";
  std::printf("[");
  for (std::size_t which = 0; which != tasks.size(); ++which) {
    auto const& [what, who] = tasks[which];
    auto const& answer = answers[which];
    if (!answer) {
      std::fprintf(stderr, "%s: hits of %s could not be counted\n", std::string{what.name}.c_str(),
                   std::string{who->name}.c_str());
      good = false;
      continue;
    }
    std::printf(R"(%s{"work": "%s", "contestant": "%s", "kind": "%s", "gets": %llu, "hits": %llu, "held": %llu)", comma,
                std::string{what.name}.c_str(), std::string{who->name}.c_str(),
                std::string{to_string(who->what)}.c_str(), wide(answer->found.gets), wide(answer->found.hits),
                wide(answer->found.held));
    if (who->what == kind::ours) std::printf(R"(, "exact_lru": %llu)", wide(answer->exact_lru));
    std::printf("}");
    comma = ",\n ";
  }
  std::printf("]\n");
  return good;
}

}  // namespace bench

// SPDX-License-Identifier: Apache-2.0
#include <replay/trace.hpp>

#include <absl/container/flat_hash_map.h>

#include <limits>
#include <set>
#include <utility>

namespace bench {
namespace {

using object = std::pair<std::uint32_t, std::uint32_t>;
constexpr std::size_t never = std::numeric_limits<std::size_t>::max();

[[nodiscard]] object object_of(asked const& a) { return {a.camera, a.reconnects}; }

// For each request, when the same object is asked for again.
std::vector<std::size_t> next_uses(trace const& what) {
  std::vector<std::size_t> next(what.requests.size(), never);
  absl::flat_hash_map<object, std::size_t> later;
  for (auto i = what.requests.size(); i-- != 0;) {
    auto const [at, made] = later.try_emplace(object_of(what.requests[i]), i);
    if (!made) next[i] = std::exchange(at->second, i);
  }
  return next;
}

}  // namespace

std::uint64_t belady_hits(trace const& what, std::size_t holds) {
  auto const next = next_uses(what);
  absl::flat_hash_map<object, std::size_t> held;     // and when it is needed next
  std::set<std::pair<std::size_t, object>> by_need;  // the same, in order
  std::uint64_t hits = 0;
  for (std::size_t i = 0; i != what.requests.size(); ++i) {
    auto const which = object_of(what.requests[i]);
    auto const [at, fresh] = held.try_emplace(which, next[i]);
    if (!fresh) {
      ++hits;
      by_need.erase({at->second, which});
      at->second = next[i];
    }
    by_need.emplace(next[i], which);
    if (held.size() <= holds) continue;
    auto const last = std::prev(by_need.end());
    held.erase(last->second);
    by_need.erase(last);
  }
  return hits;
}

}  // namespace bench

// SPDX-License-Identifier: Apache-2.0
//
// What every adapter must do before it may be measured: store what it is given, hand back exactly that, replace it on a put,
// miss what was never stored, and evict when it is full. Nothing is measured when one of these fails.
#pragma once

#include <harness/field.hpp>

#include <cstdint>
#include <string>

namespace bench {

// Returns what is wrong, or nothing.
template <adapter A>
[[nodiscard]] std::string broken_replacement() {
  A cache(setting{{4, 4}, 16, false, 64});
  auto const at = cache.request_for(5);
  auto const absent = cache.request_for(6);
  if (cache.get(at)) return "finds what was never put";
  std::uint64_t const first_stamp = 1;  // what adapters that load by themselves load
  store(cache, at, frame_bytes(64, first_stamp));
  if (!cache.get(at)) return "does not find what was put";
  if (touched != 4 * first_stamp) return "hands back other bytes than were put";
  if constexpr (storing<A>) {
    if (cache.get(absent)) return "finds what was never put";
    if (!cache.put(at, frame_bytes(64, 77))) return "does not replace";
    touched = 0;
    if (!cache.get(at)) return "loses what it replaces";
    if (touched != std::uint64_t{4} * 77) return "keeps the old bytes when it should replace them";
  }
  return {};
}

// Sharded and estimating caches miss their capacity by some: within a quarter.
template <adapter A>
[[nodiscard]] std::string broken_bound(work const& what) {
  auto const holds = what.holds;
  auto const keys = what.homes.keys();
  A cache(setting_of(what));
  auto const frame = frame_bytes(what.blob, 1);
  for (std::uint32_t camera = 0; camera != keys; ++camera) store(cache, cache.request_for(camera), frame);
  std::uint32_t found = 0;
  for (std::uint32_t camera = keys; camera-- != 0;) {
    found += cache.get(cache.request_for(camera)) ? 1U : 0U;
    if constexpr (!storing<A>) {
      if (camera < keys - holds) break;  // its gets load what they miss: asking on would evict
    }
  }
  if (found < holds * 3 / 4)
    return "holds " + std::to_string(found) + " frames, and was made for " + std::to_string(holds);
  if (found > holds * 5 / 4)
    return "holds " + std::to_string(found) + " frames, and was made for " + std::to_string(holds) + ": does it evict?";
  return {};
}

template <adapter A>
[[nodiscard]] std::string what_is_broken() {
  if constexpr (requires { A::keeps_frames; }) return {};  // has nothing to find
  if (auto why = broken_replacement<A>(); !why.empty()) return why;
  work const bounded{"", operation::get_then_put, order::uniform, {40, 400}, 4'000, 64};
  return A::takes(bounded) ? broken_bound<A>(bounded) : std::string{};
}

}  // namespace bench

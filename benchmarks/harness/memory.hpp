// SPDX-License-Identifier: Apache-2.0
//
// Bytes that a full contestant occupies: pages of the process that are resident, less what malloc holds free. In a process of
// its own for each contestant, and once more without a frame: what names, tables and tenants take before the first.
#pragma once

#include <harness/field.hpp>

#include <malloc.h>
#include <unistd.h>

#include <cstdint>
#include <fstream>

namespace bench {

struct occupied {
  std::uint64_t bytes = 0;
  std::uint64_t frames = 0;  // found again afterwards
};

[[nodiscard]] inline std::uint64_t bytes_in_use() {
  std::uint64_t mapped = 0;
  std::uint64_t resident = 0;
  std::ifstream("/proc/self/statm") >> mapped >> resident;
  return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)) - ::mallinfo2().fordblks;
}

// A peer is made for what it holds and a thirty-second more, or tables that are allocated at once would be twice what anybody
// needs; what its uneven shards then evict is not counted. Ours is bounded by bytes and maps in only what it uses.
template <adapter A>
[[nodiscard]] setting weighed_setting(shape const& homes, std::size_t blob) {
  auto const keys = homes.keys();
  if (A::what == kind::ours) return {homes, keys, false, blob};
  return {homes, keys + keys / 32, true, blob};
}

// What an adapter keeps for the measuring alone (its requests, its publishers' streams) goes before it is weighed.
template <adapter A>
[[nodiscard]] occupied occupied_by(shape const& homes, bool filled) {
  auto const frame = frame_bytes(64, 1);
  auto const before = bytes_in_use();
  A cache(weighed_setting<A>(homes, frame.size()));
  std::uint64_t found = 0;
  if (filled) {
    for (std::uint32_t camera = 0; camera != homes.keys(); ++camera) store(cache, cache.request_for(camera), frame);
    for (std::uint32_t camera = 0; camera != homes.keys(); ++camera)
      found += cache.get(cache.request_for(camera)) ? 1U : 0U;
  }
  if constexpr (requires { cache.let_go(); }) cache.let_go();
  return {bytes_in_use() - before, found};
}

}  // namespace bench

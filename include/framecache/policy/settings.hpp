// SPDX-License-Identifier: Apache-2.0
//
// A set of policies as plain values: what the engine, which is not a template, is told.
#pragma once

#include <framecache/version.hpp>

#include <cstdint>

namespace framecache {
inline namespace v0 {
namespace policy {

enum class isolation : std::uint8_t { fair, strict, shared };

enum class eviction : std::uint8_t { lru, sieve, s3fifo };

struct settings final {
  eviction evict = eviction::lru;
  isolation isolate = isolation::fair;
  bool scrub_on_release = false;
  bool mark_stale = false;
  bool one_thread = false;
};

}  // namespace policy
}  // namespace v0
}  // namespace framecache

// SPDX-License-Identifier: Apache-2.0
//
// Where the memory of frames comes from. A relay may bring its own (huge pages, registered DMA memory) by deriving from
// block_source and naming it in config.block_source; otherwise it is an arena of pages, see arena.hpp.
#pragma once

#include <framecache/version.hpp>

#include <cstddef>

namespace framecache {
inline namespace v0 {

// Called without any lock of the cache held, from any thread that uses it; must be safe to call from several at once.
// Must outlive the cache, and the handles, if any outlive the cache.
class block_source {
 public:
  block_source() = default;
  block_source(block_source const&) = delete;
  block_source& operator=(block_source const&) = delete;
  virtual ~block_source() = default;

  // Returns `bytes` (a multiple of 4096) of memory aligned to 64, or nullptr: then the cache evicts or answers no_room.
  // The content does not matter: the cache zeroes what is not its own.
  [[nodiscard]] virtual std::byte* allocate(std::size_t bytes) noexcept = 0;

  // Takes back what allocate gave, with the same size. It has been zeroed.
  virtual void release(std::byte* at, std::size_t bytes) noexcept = 0;
};

}  // namespace v0
}  // namespace framecache

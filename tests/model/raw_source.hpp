// SPDX-License-Identifier: Apache-2.0
//
// A block source that tests look into: it hands out memory full of junk, remembers every byte it ever handed out, and keeps
// what comes back until it is asked for again, so that what a cache leaves behind can be found. It may be told to have no more
// than so much, and to call something whenever it is asked.
#pragma once

#include <framecache/memory/block_source.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <limits>
#include <mutex>
#include <string_view>
#include <vector>

namespace fc = framecache;

namespace testing {

// Free blocks are poisoned under AddressSanitizer; looking at them is the point here.
#if defined(__clang__) || defined(__GNUC__)
#define TESTING_LOOKS_AT_POISONED __attribute__((no_sanitize("address"), noinline))
#else
#define TESTING_LOOKS_AT_POISONED
#endif

TESTING_LOOKS_AT_POISONED inline bool raw_contains(std::byte const* at, std::size_t bytes, char const* text,
                                                   std::size_t length) {
  for (std::size_t i = 0; i + length <= bytes; ++i) {
    std::size_t same = 0;
    while (same != length && static_cast<char>(at[i + same]) == text[same]) ++same;
    if (same == length) return true;
  }
  return false;
}
TESTING_LOOKS_AT_POISONED inline bool raw_is_zero(std::byte const* at, std::size_t bytes) {
  for (std::size_t i = 0; i != bytes; ++i) {
    if (at[i] != std::byte{0}) return false;
  }
  return true;
}

class raw_source final : public fc::block_source {
 public:
  static constexpr std::byte junk{0xA5};

  explicit raw_source(std::size_t most = std::numeric_limits<std::size_t>::max()) : most_(most) {}
  ~raw_source() override {
    for (auto const& each : all_) std::free(each.at);
  }

  // From here on it has only what comes back.
  void have_no_more() {
    std::lock_guard const lock(mutex_);
    most_ = out_;
  }

  [[nodiscard]] std::byte* allocate(std::size_t bytes) noexcept override {
    if (when_asked) when_asked();
    std::lock_guard const lock(mutex_);
    ++allocations_;
    if (bytes % 4096 != 0) ++odd_requests_;
    if (bytes > most_ - out_) return nullptr;
    auto found = std::find_if(all_.begin(), all_.end(), [&](block const& b) { return !b.out && b.bytes == bytes; });
    if (found == all_.end()) {
      all_.push_back({static_cast<std::byte*>(std::aligned_alloc(4096, bytes)), bytes, false});
      found = all_.end() - 1;
    }
    found->out = true;
    out_ += bytes;
    std::memset(found->at, static_cast<int>(junk), bytes);
    return found->at;
  }
  void release(std::byte* at, std::size_t bytes) noexcept override {
    if (when_asked) when_asked();
    std::lock_guard const lock(mutex_);
    if (!raw_is_zero(at, bytes)) ++dirty_returns_;
    auto const found = std::find_if(all_.begin(), all_.end(), [&](block const& b) { return b.at == at; });
    if (found == all_.end() || !found->out || found->bytes != bytes) {
      ++foreign_returns_;
      return;
    }
    found->out = false;
    out_ -= bytes;
  }

  // Whether the text stands anywhere in memory that was ever handed out.
  [[nodiscard]] bool contains(std::string_view text) const {
    std::lock_guard const lock(mutex_);
    return std::any_of(all_.begin(), all_.end(),
                       [&](block const& b) { return raw_contains(b.at, b.bytes, text.data(), text.size()); });
  }
  // Overwrites the first byte after the text, wherever it stands: what a stray pointer of the process would do.
  TESTING_LOOKS_AT_POISONED bool damage_after(std::string_view text) {
    std::lock_guard const lock(mutex_);
    for (auto const& b : all_) {
      for (std::size_t i = 0; i + text.size() < b.bytes; ++i) {
        if (!raw_contains(b.at + i, text.size(), text.data(), text.size())) continue;
        b.at[i + text.size()] = std::byte{0x5A};
        return true;
      }
    }
    return false;
  }
  [[nodiscard]] std::size_t out() const {
    std::lock_guard const lock(mutex_);
    return out_;
  }
  [[nodiscard]] int allocations() const {
    std::lock_guard const lock(mutex_);
    return allocations_;
  }
  // Calls that broke the contract of block_source: dirty, unknown, of another size, or not whole pages.
  [[nodiscard]] int faults() const {
    std::lock_guard const lock(mutex_);
    return dirty_returns_ + foreign_returns_ + odd_requests_;
  }

  // Set before the cache is used. Called with no lock of this source held.
  std::function<void()> when_asked;

 private:
  struct block {
    std::byte* at;
    std::size_t bytes;
    bool out;
  };
  mutable std::mutex mutex_;
  std::vector<block> all_;
  std::size_t most_;
  std::size_t out_ = 0;
  int allocations_ = 0;
  int dirty_returns_ = 0;
  int foreign_returns_ = 0;
  int odd_requests_ = 0;
};

}  // namespace testing

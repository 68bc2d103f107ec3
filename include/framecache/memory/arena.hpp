// SPDX-License-Identifier: Apache-2.0
//
// The default block source: address space of twice the capacity, reserved once and never unmapped while the cache lives, with
// one bit per page that says whether the page is in use. Runs of pages are found by next fit; a run that is released goes back
// to the kernel and reads as zero when it is used again. Twice, because the bound is kept by the ledger in bytes and the slack
// in addresses is what keeps holes from mattering.
//
// Takes its own lock, never while another is held by the same thread.
#pragma once

#include <framecache/base/attempt.hpp>
#include <framecache/base/mutex.hpp>
#include <framecache/base/system.hpp>
#include <framecache/memory/block_source.hpp>
#include <framecache/memory/wipe.hpp>
#include <framecache/version.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace framecache {
inline namespace v0 {
namespace memory {

class arena final : public block_source {
 public:
  // What AddressSanitizer reports about memory that is free: that it is read, or nothing, because late readers may.
  enum class when_free : std::uint8_t { unreadable, readable };

  // Errors: throws when the address space cannot be reserved, or cannot be kept out of core dumps and forks.
  arena(std::uint64_t capacity, bool huge_pages, base::sharing s, when_free how = when_free::unreadable)
      : mutex_(s), pages_(pages_for(capacity)), used_((pages_ + 63) / 64), poisons_(how == when_free::unreadable) {
    base_ = base::reserve_pages(pages_ * base::page_size);
    if (base_ == nullptr) {
      base::raise("framecache: the address space for frames could not be reserved; write a smaller config.capacity");
    }
    huge_ = huge_pages && base::ask_for_huge_pages(base_, pages_ * base::page_size);
    if (poisons_) poison(base_, pages_ * base::page_size);
  }
  ~arena() override {
    unpoison(base_, pages_ * base::page_size);
    base::unmap_pages(base_, pages_ * base::page_size);
  }

  [[nodiscard]] std::byte* allocate(std::size_t bytes) noexcept override {
    auto const want = bytes / base::page_size;
    base::mutex_lock const lock(mutex_);
    auto const first = find_run(want);
    if (first == none) return nullptr;
    mark(first, want, true);
    cursor_ = first + want;
    auto* const at = base_ + first * base::page_size;
    unpoison(at, bytes);
    return at;
  }

  void release(std::byte* at, std::size_t bytes) noexcept override {
    // A kernel that does not take the pages leaves our bytes in them.
    if (!base::give_back_pages(at, bytes)) wipe(at, bytes);
    if (poisons_) poison(at, bytes);
    base::mutex_lock const lock(mutex_);
    mark(static_cast<std::size_t>(at - base_) / base::page_size, bytes / base::page_size, false);
  }

  // Whether they were asked for and the kernel agreed.
  [[nodiscard]] bool has_huge_pages() const noexcept { return huge_; }

  // Bytes of bookkeeping for a capacity, so that they can be charged first.
  [[nodiscard]] static std::uint64_t overhead(std::uint64_t capacity) noexcept {
    return (pages_for(capacity) + 63) / 8;
  }

 private:
  static constexpr std::size_t none = ~std::size_t{0};

  static std::size_t pages_for(std::uint64_t capacity) noexcept {
    return static_cast<std::size_t>(2 * (capacity / base::page_size) + 64);
  }
  [[nodiscard]] bool in_use(std::size_t page) const noexcept ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return ((used_[page / 64] >> (page % 64)) & 1U) != 0;
  }
  void mark(std::size_t first, std::size_t count, bool value) noexcept ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    for (auto page = first; page != first + count; ++page) {
      auto const bit = std::uint64_t{1} << (page % 64);
      used_[page / 64] = value ? used_[page / 64] | bit : used_[page / 64] & ~bit;
    }
  }
  [[nodiscard]] std::size_t find_run(std::size_t want) const noexcept ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    auto const found = find_run_between(cursor_, pages_, want);
    return found != none ? found : find_run_between(0, pages_, want);
  }
  [[nodiscard]] std::size_t find_run_between(std::size_t from, std::size_t to, std::size_t want) const noexcept
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    std::size_t run = 0;
    for (auto page = from; page < to; ++page) {
      if (page % 64 == 0 && run == 0 && used_[page / 64] == ~std::uint64_t{0}) {
        page += 63;
        continue;
      }
      run = in_use(page) ? 0 : run + 1;
      if (run == want) return page + 1 - want;
    }
    return none;
  }

  base::mutex mutex_;
  std::byte* base_ = nullptr;
  std::size_t const pages_;
  std::vector<std::uint64_t> used_ ABSL_GUARDED_BY(mutex_);
  bool const poisons_;
  bool huge_ = false;
  std::size_t cursor_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace memory
}  // namespace v0
}  // namespace framecache

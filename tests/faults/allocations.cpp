// SPDX-License-Identifier: Apache-2.0
//
// operator new for the whole program, and where no sanitizer has one of its own, malloc.
#include "faults/allocations.hpp"

#include <cstddef>
#include <cstdlib>
#include <new>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define FRAMECACHE_TESTS_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define FRAMECACHE_TESTS_SANITIZED 1
#endif
#endif

namespace {

struct watch final {
  bool on;
  std::uint64_t count;
  std::uint64_t refuse;
};
thread_local watch mine = {};

// Whether this one finds no memory.
bool refused() noexcept {
  if (!mine.on) return false;
  return ++mine.count == mine.refuse;
}

}  // namespace

#if !defined(FRAMECACHE_TESTS_SANITIZED)
// glibc's own, under the name that is there for this.
extern "C" void* __libc_malloc(
    std::size_t bytes);  // NOLINT(bugprone-reserved-identifier,readability-identifier-naming)
extern "C" void* malloc(std::size_t bytes) noexcept { return refused() ? nullptr : __libc_malloc(bytes); }
static void* memory_for(std::size_t bytes) noexcept { return __libc_malloc(bytes); }
#else
static void* memory_for(std::size_t bytes) noexcept { return std::malloc(bytes); }
#endif

static void* allocate(std::size_t bytes, std::size_t alignment) noexcept {
  if (refused()) return nullptr;
  if (alignment <= alignof(std::max_align_t)) return memory_for(bytes == 0 ? 1 : bytes);
  return std::aligned_alloc(alignment, (bytes + alignment - 1) / alignment * alignment);
}
static void* allocate_or_throw(std::size_t bytes, std::size_t alignment) {
  if (void* const at = allocate(bytes, alignment)) return at;
  throw std::bad_alloc();
}

void* operator new(std::size_t bytes) { return allocate_or_throw(bytes, 1); }
void* operator new[](std::size_t bytes) { return allocate_or_throw(bytes, 1); }
void* operator new(std::size_t bytes, std::align_val_t a) {
  return allocate_or_throw(bytes, static_cast<std::size_t>(a));
}
void* operator new[](std::size_t bytes, std::align_val_t a) {
  return allocate_or_throw(bytes, static_cast<std::size_t>(a));
}
void* operator new(std::size_t bytes, std::nothrow_t const&) noexcept { return allocate(bytes, 1); }
void* operator new[](std::size_t bytes, std::nothrow_t const&) noexcept { return allocate(bytes, 1); }
void* operator new(std::size_t bytes, std::align_val_t a, std::nothrow_t const&) noexcept {
  return allocate(bytes, static_cast<std::size_t>(a));
}
void* operator new[](std::size_t bytes, std::align_val_t a, std::nothrow_t const&) noexcept {
  return allocate(bytes, static_cast<std::size_t>(a));
}
void operator delete(void* at) noexcept { std::free(at); }
void operator delete[](void* at) noexcept { std::free(at); }
void operator delete(void* at, std::size_t) noexcept { std::free(at); }
void operator delete[](void* at, std::size_t) noexcept { std::free(at); }
void operator delete(void* at, std::align_val_t) noexcept { std::free(at); }
void operator delete[](void* at, std::align_val_t) noexcept { std::free(at); }
void operator delete(void* at, std::size_t, std::align_val_t) noexcept { std::free(at); }
void operator delete[](void* at, std::size_t, std::align_val_t) noexcept { std::free(at); }

namespace testing {

watched_allocations::watched_allocations(std::uint64_t refuse) noexcept { mine = {true, 0, refuse}; }
watched_allocations::~watched_allocations() { mine.on = false; }
std::uint64_t watched_allocations::count() const noexcept { return mine.count; }
bool watched_allocations::refused_one() const noexcept { return mine.refuse != 0 && mine.count >= mine.refuse; }

}  // namespace testing

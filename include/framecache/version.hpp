// SPDX-License-Identifier: Apache-2.0
//
// The version of framecache, the one platform it is for, and what keeps operators of others out of it. Includes nothing, so that
// any header may include it.
#pragma once

#define FRAMECACHE_VERSION_MAJOR 0
#define FRAMECACHE_VERSION_MINOR 1
#define FRAMECACHE_VERSION_PATCH 0

#if !defined(__linux__)
#error "framecache: Linux only; the memory of frames is kept out of core dumps and forked children with madvise"
#endif

#if !defined(__cplusplus) || __cplusplus < 202002L
#error "framecache: C++20 or newer; write target_compile_features(your_target PRIVATE cxx_std_20)"
#endif

// An operator of somebody else's, declared before one of our headers is included, would be found from inside our namespaces and
// be handed what the core compares: its iterators, rooms and frames. These stand in its way: name lookup goes no further out than
// the first namespace that has one.
namespace framecache {
inline namespace v0 {
struct nobody final {
  nobody() = delete;
};
void operator==(nobody, nobody) = delete;
void operator!=(nobody, nobody) = delete;
void operator<(nobody, nobody) = delete;
void operator<=(nobody, nobody) = delete;
void operator>(nobody, nobody) = delete;
void operator>=(nobody, nobody) = delete;
void operator<=>(nobody, nobody) = delete;
void operator&&(nobody, nobody) = delete;
void operator||(nobody, nobody) = delete;
void operator&(nobody, nobody) = delete;
void operator|(nobody, nobody) = delete;
void operator^(nobody, nobody) = delete;
void operator+(nobody, nobody) = delete;
void operator-(nobody, nobody) = delete;
void operator*(nobody, nobody) = delete;
void operator/(nobody, nobody) = delete;
void operator%(nobody, nobody) = delete;
void operator<<(nobody, nobody) = delete;
void operator>>(nobody, nobody) = delete;
void operator+=(nobody, nobody) = delete;
void operator-=(nobody, nobody) = delete;
void operator,(nobody, nobody) = delete;
void operator!(nobody) = delete;
void operator~(nobody) = delete;
void operator*(nobody) = delete;
void operator&(nobody) = delete;
void operator++(nobody) = delete;
void operator--(nobody) = delete;
}  // namespace v0
}  // namespace framecache

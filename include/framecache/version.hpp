// SPDX-License-Identifier: Apache-2.0
//
// The version of framecache, and the one platform it is for. Includes nothing, so that any header may include it.
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

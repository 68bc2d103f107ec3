// SPDX-License-Identifier: Apache-2.0
#include <framecache/framecache.hpp>

std::uint64_t resident_in_other_unit(framecache::frame_cache<>& cache);

std::uint64_t resident_in_other_unit(framecache::frame_cache<>& cache) { return cache.stats().resident; }

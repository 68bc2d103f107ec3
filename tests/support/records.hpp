// SPDX-License-Identifier: Apache-2.0
//
// Records of devices come from the slab by the chunk: only the first of a chunk has to be paid for.
#pragma once

#include <framecache/framecache.hpp>

#include "support/homes.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace testing {

// Begins streams of new devices until the next one needs a chunk of records. They last as long as what is returned.
template <class Cache>
[[nodiscard]] std::vector<fc::stream> use_up_records(Cache& cache, fc::publisher const& camera) {
  std::vector<fc::stream> streams;
  auto const began_a_chunk = [&] {
    auto const device = camera.device("spare " + std::to_string(streams.size()));
    auto const before = cache.stats().resident;
    streams.push_back(camera.begin(device));
    // A page of the directory is a page, a chunk has its number besides.
    return cache.stats().resident - before > fc::base::page_size;
  };
  while (!began_a_chunk()) {
  }
  std::size_t in_chunk = 1;
  while (!began_a_chunk()) ++in_chunk;
  for (std::size_t i = 1; i != in_chunk; ++i) static_cast<void>(began_a_chunk());
  return streams;
}

}  // namespace testing

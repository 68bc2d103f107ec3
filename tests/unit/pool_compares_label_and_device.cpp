// SPDX-License-Identifier: Apache-2.0
//
// Device numbers are never used twice, so the label alone never decides in a whole cache. The pool does not rely on that.
#include <doctest/doctest.h>

#include "model/raw_source.hpp"

#include <framecache/memory/pool.hpp>

#include <cstring>

namespace fc = framecache;

TEST_CASE("a block goes unwiped to the same device of the same label only (I5)") {
  fc::memory::ledger account{1 << 20};
  testing::raw_source source;
  fc::memory::pool blocks{account, source, false, fc::base::sharing::many_threads};
  auto const left_by_one_is_zero_for = [&](fc::memory::owner_tag tag) {
    fc::memory::owner_tag const one{1, 10};
    auto block = blocks.take(4096, one);
    std::memset(block.at, 'x', block.bytes);
    block.dirty = block.bytes;
    blocks.give(block, one, false);
    auto const next = blocks.take(4096, tag);
    CHECK(next.at == block.at);
    bool const zero = testing::raw_is_zero(next.at, next.bytes);
    blocks.give(next, tag, true);
    return zero;
  };
  CHECK_FALSE(left_by_one_is_zero_for({1, 10}));
  CHECK(left_by_one_is_zero_for({1, 11}));
  CHECK(left_by_one_is_zero_for({2, 10}));
  CHECK(left_by_one_is_zero_for({2, 11}));
}

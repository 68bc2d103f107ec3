// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "model/raw_source.hpp"

#include <framecache/memory/pool.hpp>
#include <framecache/memory/size_class.hpp>

using framecache::memory::class_for;
using framecache::memory::ledger;
using framecache::memory::pool;
using framecache::memory::size_class_count;

TEST_CASE(
    "when the ledger is full, free blocks of other sizes go back to the source before anything is refused (I10)") {
  ledger account{20 * 4096};
  testing::raw_source source;
  {
    pool blocks{account, source, false, framecache::base::sharing::many_threads};
    auto const big = blocks.take(16 * 4096, {1, 1});
    REQUIRE(big);
    CHECK_FALSE(blocks.take(5 * 4096, {1, 1}));  // 16 of 20 pages are in use
    blocks.give(big, {1, 1}, false);
    CHECK(account.used() == 16 * 4096);  // free blocks stay charged
    auto const small = blocks.take(5 * 4096, {1, 1});
    REQUIRE(small);
    CHECK(account.used() == 5 * 4096);
    CHECK(source.out() == 5 * 4096);
    CHECK_FALSE(blocks.take(21 * 4096, {1, 1}));
    CHECK(account.used() == 5 * 4096);
    blocks.give(small, {1, 1}, false);
    CHECK(blocks.shrink());
    CHECK_FALSE(blocks.shrink());
    CHECK(account.used() == 0);
  }
  CHECK(source.out() == 0);
  CHECK(source.faults() == 0);
}

TEST_CASE("size classes hold what they say, waste at most a fifth beyond four pages, and no two share a number") {
  std::size_t last = 0;
  std::size_t last_bytes = 0;
  for (std::uint64_t pages = 1; pages <= 70'000; ++pages) {
    auto const one = class_for(pages * 4096);
    REQUIRE(one.index < size_class_count);
    REQUIRE(one.bytes % 4096 == 0);
    REQUIRE(one.bytes >= pages * 4096);
    REQUIRE((pages <= 4 || one.bytes <= pages * 4096 * 5 / 4));
    REQUIRE((one.bytes == last_bytes ? one.index == last : one.index == last + (last_bytes == 0 ? 0 : 1)));
    REQUIRE(class_for(pages * 4096 - 4095).bytes <= one.bytes);
    REQUIRE(class_for(one.bytes).index == one.index);
    last = one.index;
    last_bytes = one.bytes;
  }
  CHECK(class_for(~std::uint64_t{0}).index == size_class_count);
  CHECK(class_for(std::uint64_t{1} << 63).index == size_class_count);
}

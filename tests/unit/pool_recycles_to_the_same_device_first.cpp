// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "model/raw_source.hpp"

#include <framecache/memory/pool.hpp>

#include <cstring>

using framecache::memory::ledger;
using framecache::memory::owner_tag;
using framecache::memory::pool;
using framecache::memory::raw_block;

namespace {

struct one_pool {
  ledger account{1 << 20};
  testing::raw_source source;
  pool blocks{account, source, false, framecache::base::sharing::many_threads};

  // A free block that this owner has filled.
  std::byte* leave(owner_tag tag) {
    auto block = blocks.take(4096, tag);
    if (!block) return nullptr;
    std::memset(block.at, 'x', 4096);
    block.dirty = 4096;
    auto* const at = block.at;
    blocks.give(block, tag, false);
    return at;
  }
};

bool zero(raw_block const& block) { return testing::raw_is_zero(block.at, block.bytes); }

}  // namespace

TEST_CASE("a free block goes to its own device, then to its own tenant, then to anybody, and is zeroed unless it is "
          "its own (I5)") {
  one_pool p;
  owner_tag const porch{1, 10};
  owner_tag const hall{1, 11};
  owner_tag const stranger{2, 20};
  // Three blocks that are out at once, so that each is a block of its own.
  auto a = p.blocks.take(4096, porch);
  auto b = p.blocks.take(4096, hall);
  auto c = p.blocks.take(4096, stranger);
  for (auto* each : {&a, &b, &c}) {
    std::memset(each->at, 'x', 4096);
    each->dirty = 4096;
  }
  auto* const of_porch = a.at;
  auto* const of_hall = b.at;
  auto* const of_stranger = c.at;
  p.blocks.give(a, porch, false);
  p.blocks.give(b, hall, false);
  p.blocks.give(c, stranger, false);
  CHECK(p.blocks.free_bytes() == 3 * 4096);

  auto const own = p.blocks.take(4000, porch);
  CHECK(own.at == of_porch);
  CHECK_FALSE(zero(own));
  auto const of_tenant = p.blocks.take(4000, porch);
  CHECK(of_tenant.at == of_hall);
  CHECK(zero(of_tenant));
  auto const of_anybody = p.blocks.take(4000, porch);
  CHECK(of_anybody.at == of_stranger);
  CHECK(zero(of_anybody));
  CHECK(p.source.allocations() == 3);
  for (auto const& each : {own, of_tenant, of_anybody}) p.blocks.give(each, porch, true);
}

TEST_CASE("a block that was given with wipe_now is zero for its own device too") {
  one_pool p;
  owner_tag const tag{1, 10};
  auto block = p.blocks.take(4096, tag);
  std::memset(block.at, 'x', 4096);
  block.dirty = 4096;
  p.blocks.give(block, tag, true);
  auto const again = p.blocks.take(4096, tag);
  CHECK(again.at == block.at);
  CHECK(zero(again));
  p.blocks.give(again, tag, true);
}

TEST_CASE("purging a label wipes its free blocks and no others (I7)") {
  one_pool p;
  p.leave({1, 10});
  auto other = p.blocks.take(4096, {2, 20});
  other.dirty = 4096;
  CHECK(p.blocks.purge(3, std::nullopt) == 0);
  CHECK(p.blocks.purge(1, std::uint64_t{11}) == 0);
  p.blocks.give(other, {2, 20}, true);
  p.leave({2, 20});
  p.leave({2, 21});
  CHECK(p.blocks.purge(2, std::uint64_t{20}) == 0);  // device 21 has taken that block over
  CHECK(p.blocks.purge(2, std::uint64_t{21}) == 4096);
  CHECK(p.blocks.purge(2, std::nullopt) == 0);
}

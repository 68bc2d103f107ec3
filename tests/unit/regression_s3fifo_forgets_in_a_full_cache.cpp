// SPDX-License-Identifier: Apache-2.0
//
// When a frame leaves for want of space there is no memory to remember it with: that has to have been there before.
#include <doctest/doctest.h>

#include <framecache/framecache.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>

namespace engine = framecache::engine;

TEST_CASE("s3fifo remembers what leaves when every byte of the bound is taken") {
  constexpr std::size_t frames = 1'000;
  auto* const pages = static_cast<std::byte*>(std::aligned_alloc(64, (frames + 1) * sizeof(engine::entry)));
  std::memset(pages, 0, (frames + 1) * sizeof(engine::entry));
  auto const entry_at = [&](std::size_t i) -> engine::entry& {
    return *framecache::base::object_in_zeroed_pages<engine::entry>(pages + i * sizeof(engine::entry));
  };
  auto const hash_of = [](std::size_t i) { return (i + 1) * 0x9e3779b97f4a7c15; };

  framecache::memory::ledger account{std::uint64_t{1} << 30};
  engine::s3fifo_queues order{account};
  for (std::size_t i = 0; i != frames; ++i) {
    REQUIRE(order.reserve());
    order.add(entry_at(i), hash_of(i));
  }
  REQUIRE(account.try_charge(account.left()));
  std::size_t remembered = 0;
  for (std::size_t i = 0; i != frames / 2; ++i) {
    auto* const gone = order.victim();
    REQUIRE(gone == &entry_at(i));
    order.evicted(*gone, hash_of(i));
    order.remove(*gone);
    // Another one comes, and the same again: one that is remembered goes to the main queue at once.
    REQUIRE(order.reserve());
    order.add(entry_at(frames), hash_of(i));
    remembered += entry_at(frames).in_main ? 1 : 0;
    order.remove(entry_at(frames));
  }
  CHECK(remembered == frames / 2);
  std::free(pages);
}

// SPDX-License-Identifier: Apache-2.0
//
// A reader takes no lock, so that it may still look at a table that a room has outgrown, or at the words of a device that has ended.
// It finds zeros. AddressSanitizer once reported it, because that memory was poisoned when it went back like a frame's.
#include <doctest/doctest.h>

#include "support/homes.hpp"

namespace engine = fc::engine;
namespace memory = fc::memory;

TEST_CASE("tables and devices' words that went back read as zero, and are no error to read") {
  constexpr auto capacity = std::uint64_t{4} << 20;
  memory::ledger account{capacity};
  memory::slab small{account, capacity, false, fc::base::sharing::many_threads};

  engine::table_memory tables{account, small, capacity, fc::base::sharing::many_threads};
  for (auto const buckets : {engine::table_memory::small_buckets, engine::table_memory::page_buckets}) {
    auto* const table = tables.take(buckets);
    REQUIRE(table != nullptr);
    for (std::size_t i = 0; i != buckets; ++i) {
      table[i].tags.store(i + 1);
      table[i].slots[3].store(reinterpret_cast<engine::entry*>(std::uintptr_t{64}));
    }
    tables.give(table, buckets);
    for (std::size_t i = 0; i != buckets; ++i) {
      CHECK(table[i].slots[3].load() == nullptr);
      if (i != 0) CHECK(table[i].tags.load() == 0);  // the first may hold the link of what is free
    }
  }

  engine::device_directory devices{account, fc::base::sharing::many_threads};
  auto const before = account.left();
  auto const slot = devices.add(5000);
  REQUIRE(slot);
  slot.set_newest(1, nullptr);
  slot.cold->label.store(1);
  slot.cold->label.store(0);
  slot.set_newest(0, nullptr);
  devices.remove(5000);
  CHECK(slot.cold->label.load() == 0);
  CHECK(engine::device_slot::any_of(slot.word()) == nullptr);
  CHECK(engine::device_slot::any_of(devices.find(5000).word()) == nullptr);
  CHECK_FALSE(devices.find(5001));
  CHECK(account.left() == before);
}

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

  engine::table_memory tables{account, small, capacity, false, fc::base::sharing::many_threads};
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

  engine::device_directory devices{account, false, fc::base::sharing::many_threads};
  auto const before = account.left();
  auto* const record = small.take(memory::record_class);
  REQUIRE(record != nullptr);
  auto& words = *fc::base::object_in_zeroed_pages<engine::device_words>(record);
  auto const with_record = account.left();
  words.label.store(1);
  words.live.store(7);
  {
    engine::device_directory::page_charge page(devices, 5000);
    REQUIRE(testing::holds(page));
    CHECK(with_record - account.left() == fc::base::page_size);
  }
  CHECK(with_record == account.left());
  auto const add = [&](std::uint64_t device) {
    engine::device_directory::page_charge page(devices, device);
    return page && devices.add(device, 1, words, page);
  };
  REQUIRE(add(5000));
  CHECK(with_record - account.left() == fc::base::page_size);
  auto const said = devices.word_of(5000);
  CHECK(engine::device_word::record_of(said, 1) == std::addressof(words));
  CHECK(engine::device_word::record_of(said, 2) == nullptr);
  CHECK(engine::device_word::newest_of(said, 1) == nullptr);
  CHECK(devices.still_says(5000, said));
  // One that is next to another is on its page.
  REQUIRE(add(4999));
  CHECK(with_record - account.left() == fc::base::page_size);
  devices.remove(4999);
  CHECK(with_record - account.left() == fc::base::page_size);

  devices.remove(5000);
  words.label.store(0);
  words.live.store(0);
  small.give(record, memory::record_class);
  CHECK_FALSE(devices.still_says(5000, said));
  CHECK(words.label.load() == 0);
  CHECK(words.live.load() == 0);
  CHECK(devices.word_of(5000) == 0);
  CHECK(devices.word_of(5001) == 0);
  CHECK(small.shrink());
  CHECK(before - account.left() == sizeof(std::uint32_t));  // where the slab remembers the chunk
  CHECK(words.label.load() == 0);
}

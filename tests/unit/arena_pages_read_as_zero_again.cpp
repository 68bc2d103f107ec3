// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "model/raw_source.hpp"

#include <framecache/memory/arena.hpp>

#include <cstdint>
#include <cstring>
#include <map>
#include <random>
#include <vector>

using framecache::memory::arena;

namespace {

constexpr std::size_t page = 4096;
constexpr auto many = framecache::base::sharing::many_threads;

}  // namespace

TEST_CASE("runs of an arena never overlap, are aligned, and read as zero also when they are used again (I5)") {
  arena pages{64 * page, false, many};
  std::mt19937_64 random{1};
  std::map<std::byte*, std::size_t> out;
  std::size_t used = 0;
  for (int i = 0; i != 3000; ++i) {
    if (random() % 2 == 0 && !out.empty()) {
      auto const which = std::next(out.begin(), static_cast<std::ptrdiff_t>(random() % out.size()));
      pages.release(which->first, which->second);
      used -= which->second;
      out.erase(which);
      continue;
    }
    auto const bytes = (1 + random() % 12) * page;
    auto* const at = pages.allocate(bytes);
    if (at == nullptr) {
      REQUIRE(used > 64 * page);  // twice the capacity is there, so that holes do not matter below it
      continue;
    }
    REQUIRE(reinterpret_cast<std::uintptr_t>(at) % 64 == 0);
    REQUIRE(testing::raw_is_zero(at, bytes));
    auto const after = out.upper_bound(at);
    REQUIRE((after == out.end() || at + bytes <= after->first));
    if (after != out.begin()) {
      auto const before = std::prev(after);
      REQUIRE(before->first + before->second <= at);
    }
    std::memset(at, 'x', bytes);
    out.emplace(at, bytes);
    used += bytes;
  }
}

TEST_CASE("an arena can be filled to its last page, says so, and gives the same pages out again") {
  arena pages{4 * page, false, many};
  std::vector<std::byte*> all;
  while (auto* const at = pages.allocate(page)) all.push_back(at);
  CHECK(all.size() == 2 * 4 + 64);
  CHECK(pages.allocate(2 * page) == nullptr);
  pages.release(all[10], page);
  pages.release(all[12], page);
  CHECK(pages.allocate(2 * page) == nullptr);  // a page between them is in use
  pages.release(all[11], page);
  auto* const run = pages.allocate(3 * page);
  CHECK(run == all[10]);
  CHECK(pages.allocate(page) == nullptr);
}

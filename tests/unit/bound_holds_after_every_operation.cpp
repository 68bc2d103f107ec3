// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "model/owned_bytes.hpp"
#include "support/homes.hpp"

#include <memory>
#include <random>

namespace {

// Some thousands of operations that nobody chose: four homes with three cameras each, frames of 1 byte to 60 KiB, drafts and
// handles kept open, memory adopted, names retired, tenants revoked, in a cache of less than 1 MiB.
template <class Cache>
void long_script(fc::config how, std::uint64_t seed) {
  testing::book book;
  fc::registry homes{book};
  how.audit_each_operation = true;
  auto const capacity = how.capacity.value();
  Cache cache{homes, std::move(how)};
  std::mt19937_64 random{seed};
  auto const below = [&](std::uint64_t n) { return random() % n; };
  std::vector<fc::draft> drafts;
  std::vector<typename Cache::template handle_type<>> handles;
  auto ops = cache.admin(book.admin());
  std::uint64_t committed = 0;
  std::uint64_t refused = 0;
  std::uint64_t highest = 0;

  for (int i = 0; i != 4000; ++i) {
    auto const home = 1 + below(4);
    auto camera = cache.publisher(book.publisher(home));
    auto const device = camera.device("camera " + std::to_string(below(3)));
    auto const action = below(100);
    if (action == 0) {
      static_cast<void>(ops.revoke(testing::tenant(home)));
    } else if (action < 3) {
      static_cast<void>(cache.steward(book.steward(home)).retire(*device));
    } else if (action < 30) {
      auto eye = cache.viewer(book.viewer(home));
      auto found = eye.latest(*device, fc::any_age);
      if (found) handles.push_back(std::move(found));
    } else if (action < 45) {
      if (!handles.empty()) handles.erase(handles.begin() + static_cast<std::ptrdiff_t>(below(handles.size())));
    } else if (action < 55) {
      if (!drafts.empty()) drafts.erase(drafts.begin() + static_cast<std::ptrdiff_t>(below(drafts.size())));
    } else {
      auto stream = camera.begin(device);
      if (action < 65) {
        auto draft = stream.stage(fc::byte_count{1 + below(60'000)});
        if (draft) drafts.push_back(std::move(draft));
      } else if (action < 75) {
        auto const size = 1 + below(20'000);
        static_cast<void>(stream.adopt(testing::owned_bytes{{std::string(size, 'a')}, size + below(20'000)}, {}));
      } else {
        auto const answer = testing::put(stream, std::string(1 + below(60'000), 'p'));
        ++(answer == fc::commit_status::committed ? committed : refused);
      }
    }
    auto const now = cache.stats();
    highest = std::max(highest, now.resident);
    REQUIRE(now.resident <= capacity);
    REQUIRE(now.pinned <= now.resident);
    REQUIRE(now.handles == drafts.size() + handles.size());
  }
  auto const report = cache.audit();
  CHECK_MESSAGE(report.ok, report.broken);
  CHECK(committed > 200);
  CHECK(refused > 0);                  // the bound was felt
  CHECK(highest > capacity * 6 / 10);  // and reached for: with partitions, what no tenant took stays free
  drafts.clear();
  handles.clear();
  CHECK(cache.stats().pinned == 0);
}

}  // namespace

TEST_CASE("fair: what is resident never exceeds the capacity, after any operation of a long script (I10)") {
  long_script<fc::frame_cache<>>({.capacity = fc::kibibytes{900}}, 11);
}

TEST_CASE("shared: what is resident never exceeds the capacity, after any operation of a long script (I10)") {
  long_script<fc::frame_cache<fc::isolate<fc::shared>>>({.capacity = fc::kibibytes{900}}, 12);
}

TEST_CASE("strict: what is resident never exceeds the capacity, after any operation of a long script (I10)") {
  long_script<fc::frame_cache<fc::isolate<fc::strict>>>(
      {.capacity = fc::kibibytes{1200}, .tenant_partition = fc::kibibytes{180}}, 13);
}

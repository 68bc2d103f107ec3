// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "model/child.hpp"
#include "support/homes.hpp"

#include <stdexcept>

TEST_CASE("a capacity that no machine has is refused as a configuration, in words") {
  for (auto const capacity : {~std::uint64_t{0}, std::uint64_t{1} << 63, std::uint64_t{1} << 61}) {
    // In a child: what comes instead may be std::bad_alloc, or an abort of a sanitizer.
    auto const end = testing::run_in_child([capacity] {
      testing::book book;
      fc::registry homes{book};
      try {
        fc::frame_cache<> const cache{homes, {.capacity = fc::byte_count{capacity}}};
        return 1;
      } catch (std::invalid_argument const&) {
        return 0;
      } catch (...) {
        return 2;
      }
    });
    CHECK(end.exit_code == 0);
  }
}

TEST_CASE("a partition larger than the capacity admits nobody, and is refused at construction") {
  testing::book book;
  fc::registry homes{book};
  using strict_cache = fc::frame_cache<fc::isolate<fc::strict>>;
  CHECK_THROWS_AS((strict_cache{homes, {.capacity = fc::mebibytes{1}, .tenant_partition = fc::mebibytes{8}}}),
                  std::invalid_argument);
}

// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "support/homes.hpp"

TEST_CASE("strict: a tenant that names a thousand cameras does not keep its neighbour from naming one (I11)") {
  testing::book book;
  fc::registry homes{book};
  fc::frame_cache<fc::isolate<fc::strict>> cache{
      homes, {.capacity = fc::kibibytes{1024}, .tenant_partition = fc::kibibytes{256}}};
  auto noisy = cache.publisher(book.publisher(1));
  auto quiet = cache.publisher(book.publisher(2));
  REQUIRE(static_cast<bool>(quiet));
  // Long names first, then short ones for what is left.
  int named = 0;
  for (std::size_t const length : {256U, 4U}) {
    for (;; ++named) {
      auto name = std::to_string(named);
      name.resize(length, '.');
      if (!noisy.device(name)) break;
    }
  }
  REQUIRE(named < 1024);
  CHECK(quiet.device("porch").why() == fc::name_status::ok);
}

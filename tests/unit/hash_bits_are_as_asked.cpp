// SPDX-License-Identifier: Apache-2.0
//
// The runs with colliding keys are worth something only if keys do collide in them: this looks at the hash itself, and reads
// the variable on its own.
#include <doctest/doctest.h>

#include "support/homes.hpp"

#include <cstdlib>
#include <set>
#include <string>

TEST_CASE("the default hash has as many values as FRAMECACHE_TEST_HASH_BITS asks for, and all of them without it") {
  char const* const asked = std::getenv("FRAMECACHE_TEST_HASH_BITS");
  auto const secret = fc::engine::fresh_secret();
  auto* const hash = fc::detail::hash_of<fc::xxh3>();
  std::set<std::uint64_t> values;
  for (std::uint64_t n = 1; n <= 4096; ++n) values.insert(hash({n % 7 + 1, n, n * 3, 1}, secret));
  CHECK(values.size() == (asked == nullptr ? 4096 : std::size_t{1} << std::stoul(asked)));
}

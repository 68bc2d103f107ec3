// SPDX-License-Identifier: Apache-2.0
//
// A hash decides speed and nothing else (I1), which is why nothing else would show that it leaves out a word, or that everybody
// could compute it.
#include <doctest/doctest.h>

#include "support/homes.hpp"

#include <cstdlib>

namespace {

std::uint64_t hash_of(fc::hash_words const& words, fc::hash_secret const& secret) {
  return fc::detail::hash_of<fc::xxh3>()(words, secret);
}
// Runs with hashes cut to a few bits collide on purpose.
bool whole_key() { return std::getenv("FRAMECACHE_TEST_HASH_BITS") == nullptr; }

}  // namespace

TEST_CASE("a key that differs in one bit of any word has another hash (I1)") {
  if (!whole_key()) return;
  auto const secret = fc::engine::fresh_secret();
  fc::hash_words const words{11, 12, 13, 1};
  auto const hash = hash_of(words, secret);
  for (std::size_t word = 0; word != words.size(); ++word) {
    for (unsigned bit = 0; bit != 64; ++bit) {
      auto other = words;
      other[word] ^= std::uint64_t{1} << bit;
      CAPTURE(word);
      CAPTURE(bit);
      CHECK(hash_of(other, secret) != hash);
    }
  }
}

TEST_CASE("each cache hashes with a secret of its own, so that nobody can choose keys that collide (I1)") {
  auto const one = fc::engine::fresh_secret();
  auto const other = fc::engine::fresh_secret();
  CHECK(one != other);
  if (!whole_key()) return;
  fc::hash_words const words{11, 12, 13, 1};
  CHECK(hash_of(words, one) == hash_of(words, one));
  CHECK(hash_of(words, one) != hash_of(words, other));
}

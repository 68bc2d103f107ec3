// SPDX-License-Identifier: Apache-2.0
//
// The oracles of evict<sieve> and evict<s3fifo>, held against examples that were worked out by hand from the papers, and against
// what both promise of every sequence of uses, insertions and removals.
#include <doctest/doctest.h>

#include "model/simple_orders.hpp"

#include <random>
#include <set>
#include <string>
#include <vector>

namespace {

// Uses each letter, inserting it when it is not there. Returns who left, in order.
template <class Order>
std::string victims(Order& order, std::string const& requests) {
  std::string left;
  for (char const c : requests) {
    auto const k = std::uint64_t{static_cast<unsigned char>(c)};
    if (order.use(k)) continue;
    if (auto const victim = order.insert(k)) left += static_cast<char>(*victim);
  }
  return left;
}

// Whatever happens: never more than fits, who leaves was there, nobody leaves while there is room.
template <class Order>
void keeps_its_books(std::size_t capacity, std::uint64_t seed) {
  std::mt19937_64 random{seed};
  Order order{capacity};
  std::set<std::uint64_t> held;
  for (int i = 0; i != 4'000; ++i) {
    auto const k = random() % (capacity * 2);
    if (random() % 8 == 0) {
      REQUIRE(order.erase(k) == (held.erase(k) != 0));
      continue;
    }
    bool const hit = order.use(k);
    REQUIRE(hit == held.contains(k));
    if (hit) continue;
    auto const victim = order.insert(k);
    REQUIRE(victim.has_value() == (held.size() == capacity));
    if (victim) REQUIRE(held.erase(*victim) == 1);
    held.insert(k);
    REQUIRE(order.size() == held.size());
  }
}

}  // namespace

TEST_CASE("SIEVE: keys that nobody used leave in order of insertion") {
  testing::simple_sieve order{3};
  CHECK(victims(order, "abcdef") == "abc");
}
TEST_CASE("SIEVE: the hand spares what was visited, once, and goes on from where it stopped") {
  testing::simple_sieve order{4};
  // Queue from the tail: a b c d, of which a and c were visited. For e the hand spares a and takes b; it stands at c then.
  CHECK(victims(order, "abcdace") == "b");
  // For f it spares c and takes d; it stands at e. For g it takes e, which came in after it; then f, then g.
  CHECK(victims(order, "f") == "d");
  CHECK(victims(order, "g") == "e");
  CHECK(victims(order, "h") == "f");
  // Between head and tail it begins anew: a was spared long ago and has not been used since.
  CHECK(victims(order, "ij") == "gh");
  CHECK(victims(order, "kl") == "ij");
}
TEST_CASE("SIEVE: when everything was visited the hand comes round to where it began") {
  testing::simple_sieve order{3};
  CHECK(victims(order, "abcabcd") == "a");
  // a is gone and the marks of b and c with it: the hand stands at b.
  CHECK(victims(order, "e") == "b");
}
TEST_CASE("SIEVE: a hand on a key that is taken out goes on to the next") {
  testing::simple_sieve order{4};
  CHECK(victims(order, "abcdace") == "b");
  CHECK(order.erase('c'));
  CHECK_FALSE(order.erase('c'));
  CHECK(victims(order, "fg") == "d");
}

TEST_CASE("S3-FIFO: keys used once pass through the small queue and leave; used twice they are promoted") {
  testing::simple_s3fifo order{10};
  // One place of ten is meant for the small queue, but while there is room everything waits there.
  CHECK(victims(order, "abcdefghij").empty());
  // a was used once more, b twice: a leaves all the same, b is promoted and c leaves.
  CHECK(victims(order, "abbk") == "a");
  CHECK(victims(order, "l") == "c");
  CHECK(order.use('b'));
}
TEST_CASE("S3-FIFO: a ghost that comes back goes to the main queue, once") {
  testing::simple_s3fifo order{10};
  CHECK(victims(order, "abcdefghijk") == "a");
  // a comes back: b leaves for it, and a is in the main queue, where no newcomer's way leads.
  CHECK(victims(order, "a") == "b");
  CHECK(victims(order, "lmnopqrst") == "cdefghijk");
  CHECK(order.use('a'));
  // The ghost queue has nine places: b was pushed out of it, c was not.
  CHECK(victims(order, "u") == "l");
  CHECK(victims(order, "b") == "m");
  CHECK(victims(order, "vwxyz0123") == "nopqrstub");
}
TEST_CASE("S3-FIFO: the main queue gives way when the small one has no more than its share") {
  testing::simple_s3fifo order{10};
  // Ten keys, all used twice and a three times: the small queue is promoted as a whole, in order. Uses were forgotten in the
  // move, so that a, the main queue's first, leaves.
  CHECK(victims(order, "abcdefghijabcdefghijabcdefghijak") == "a");
  // The small queue holds k alone, which is its share: it leaves for l.
  CHECK(victims(order, "l") == "k");
  // A key of the main queue that was used goes round once for each use.
  CHECK(victims(order, "bbk") == "l");
  CHECK(victims(order, "m") == "c");
  CHECK(order.use('b'));
}
TEST_CASE("S3-FIFO: a key of the main queue goes round once for each use, three times at most") {
  // A small queue of one, so that each newcomer that is used twice is promoted by the next and costs the main queue a key.
  testing::simple_s3fifo order{3};
  CHECK(victims(order, "aaabbbcccddd") == "a");
  CHECK(victims(order, "bb").empty());
  CHECK(victims(order, "eeefffggghhhiii") == "cdefb");
  testing::simple_s3fifo four_uses{3};
  CHECK(victims(four_uses, "aaabbbcccddd") == "a");
  CHECK(victims(four_uses, "bbbb").empty());
  CHECK(victims(four_uses, "eeefffggghhhiiijjjkkk") == "cdefghb");
}
TEST_CASE("S3-FIFO: what is promoted costs the main queue a key when that has its share") {
  testing::simple_s3fifo order{20};
  std::string const all = "abcdefghijklmnopqrst";
  CHECK(victims(order, all + all + all).empty());
  // All were used twice: with the nineteenth the main queue has one more than its eighteen, and t stays in the small one. It is
  // promoted for v and costs b its place.
  CHECK(victims(order, "u") == "a");
  CHECK(victims(order, "v") == "b");
  // u and v fill the small queue's share. u is promoted for w; v, which nobody used, is not looked at before c has left.
  CHECK(victims(order, "uuw") == "c");
  CHECK(victims(order, "x") == "v");
}
TEST_CASE("S3-FIFO: as many ghosts are remembered as the main queue is meant to hold") {
  // a to j have left, k leaves for whoever comes next: of the nine last, c is the oldest.
  testing::simple_s3fifo one{10}, other{10};
  CHECK(victims(one, "abcdefghijklmnopqrst") == "abcdefghij");
  CHECK(victims(other, "abcdefghijklmnopqrst") == "abcdefghij");
  CHECK(victims(one, "buvwxyz0123") == "klmnopqrstb");
  CHECK(victims(other, "cuvwxyz0123") == "klmnopqrstu");
}
TEST_CASE("S3-FIFO: a key that is taken out leaves no ghost") {
  testing::simple_s3fifo order{10};
  CHECK(victims(order, "abcdefghijk") == "a");
  CHECK(order.erase('k'));
  CHECK_FALSE(order.erase('k'));
  // k has no ghost, so it comes in at the small queue's head and leaves by its tail; a, which has one, stays.
  CHECK(victims(order, "k").empty());
  CHECK(victims(order, "almnopqrstu") == "bcdefghijkl");
  CHECK(order.use('a'));
}

TEST_CASE("SIEVE and S3-FIFO keep their books in every sequence") {
  for (std::size_t const capacity : {std::size_t{2}, std::size_t{3}, std::size_t{10}, std::size_t{64}}) {
    keeps_its_books<testing::simple_sieve>(capacity, 1 + capacity);
    keeps_its_books<testing::simple_s3fifo>(capacity, 2 + capacity);
  }
}

// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <framecache/memory/ledger.hpp>

namespace fc = framecache;

TEST_CASE("a ledger whose limit was put below what is used lends nothing until that has gone (I10)") {
  fc::memory::ledger account{1000};
  REQUIRE(account.try_charge(800));
  account.set_limit(500);
  CHECK(account.limit() == 500);
  CHECK(account.left() == 0);
  for (std::uint64_t const bytes : {1U, 100U, 600U}) CHECK_FALSE(account.try_charge(bytes));
  account.credit(400);
  CHECK(account.left() == 100);
  CHECK_FALSE(account.try_charge(101));
  CHECK(account.try_charge(100));
  account.set_limit(2000);
  CHECK(account.try_charge(1500));
  CHECK_FALSE(account.try_charge(1));
}

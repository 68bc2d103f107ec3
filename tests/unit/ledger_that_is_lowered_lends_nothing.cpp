// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <framecache/memory/ledger.hpp>

namespace fc = framecache;

TEST_CASE("a ledger's limit goes down when what is charged fits below it, and not before (I10)") {
  fc::memory::ledger account{1000};
  REQUIRE(account.try_charge(800));
  CHECK_FALSE(account.try_set_limit(500));
  CHECK(account.limit() == 1000);
  CHECK(account.left() == 200);
  CHECK(account.used() == 800);
  account.credit(400);
  CHECK(account.try_set_limit(500));
  CHECK(account.limit() == 500);
  CHECK(account.left() == 100);
  CHECK(account.used() == 400);
  CHECK_FALSE(account.try_charge(101));
  CHECK(account.try_charge(100));
  CHECK(account.try_set_limit(500));
  CHECK(account.try_set_limit(2000));
  CHECK(account.used() == 500);
  CHECK(account.try_charge(1500));
  CHECK_FALSE(account.try_charge(1));
}

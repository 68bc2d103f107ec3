// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <framecache/memory/ledger.hpp>

#include <limits>

using framecache::memory::ledger;

TEST_CASE("a ledger takes what fits to the last byte and nothing beyond, whatever is asked (I10)") {
  constexpr auto everything = std::numeric_limits<std::uint64_t>::max();
  ledger account{1000};
  CHECK(account.limit() == 1000);
  CHECK_FALSE(account.try_charge(1001));
  CHECK_FALSE(account.try_charge(everything));
  CHECK(account.used() == 0);
  CHECK(account.try_charge(999));
  CHECK_FALSE(account.try_charge(2));
  CHECK_FALSE(account.try_charge(everything));        // used + everything wraps round to 998
  CHECK_FALSE(account.try_charge(everything - 998));  // and this to 0
  CHECK(account.try_charge(1));
  CHECK(account.used() == 1000);
  CHECK_FALSE(account.try_charge(1));
  CHECK(account.try_charge(0));
  account.credit(400);
  CHECK(account.try_charge(400));
  CHECK(account.used() == 1000);
}

TEST_CASE("a ledger without a bound takes anything once") {
  constexpr auto everything = std::numeric_limits<std::uint64_t>::max();
  ledger account{everything};
  CHECK(account.try_charge(everything));
  CHECK_FALSE(account.try_charge(1));
  account.credit(everything);
  CHECK(account.used() == 0);
}

// SPDX-License-Identifier: Apache-2.0
//
// memory/ledger.hpp: three threads charge and credit one ledger with room for two of them. What is charged never exceeds the
// limit, whoever looks and whenever, and all of it comes back (I10).
#define FRAMECACHE_MODEL_THREADS 3

#include <framecache/memory/ledger.hpp>

#include <model/relacy/simulation.hpp>

namespace {

struct the_bound_is_never_exceeded final : model::suite<the_bound_is_never_exceeded> {
  framecache::memory::ledger account{10};

  void run(unsigned) {
    for (int i = 0; i != 2; ++i) {
      bool const mine = account.try_charge(5);
      RL_ASSERT(account.used() <= account.limit());
      if (mine) account.credit(5);
    }
  }
  void after() { RL_ASSERT(account.used() == 0); }
};

}  // namespace

int main(int argc, char** argv) { return model::simulate<the_bound_is_never_exceeded>(argc, argv); }

// SPDX-License-Identifier: Apache-2.0
//
// memory/ledger.hpp: two threads charge and credit one ledger while a third lowers its limit and raises it again. What is charged
// never exceeds the limit, whenever somebody looks, and all of it comes back (I10).
#define FRAMECACHE_MODEL_THREADS 3

#include <framecache/memory/ledger.hpp>

#include <model/relacy/simulation.hpp>

namespace {

struct the_bound_is_never_exceeded final : model::suite<the_bound_is_never_exceeded> {
  framecache::memory::ledger account{10};
  // Counted after it was charged and before it is credited, so never more than is charged. Read by adding nothing: the last value.
  framecache::base::atomic<std::uint64_t> charged{0};

  [[nodiscard]] std::uint64_t charged_now() { return charged.fetch_add(0, std::memory_order_relaxed); }

  void run(unsigned thread) {
    for (int i = 0; i != 2; ++i) {
      if (thread == 2) {
        if (!account.try_set_limit(5)) continue;
        RL_ASSERT(charged_now() <= 5);
        RL_ASSERT(account.try_set_limit(10));
      } else if (account.try_charge(5)) {
        RL_ASSERT(charged.fetch_add(5, std::memory_order_relaxed) + 5 <= 10);
        charged.fetch_sub(5, std::memory_order_relaxed);
        account.credit(5);
      }
    }
  }
  void after() { RL_ASSERT(account.used() == 0); }
};

}  // namespace

int main(int argc, char** argv) { return model::simulate<the_bound_is_never_exceeded>(argc, argv); }

// SPDX-License-Identifier: Apache-2.0
//
// tenancy/: one thread suspends a home, another asks its scope meanwhile, which may answer either way and remembers what it saw.
// Once suspend() has returned, whatever the scope remembers, it answers `suspended` (I12).
#include <framecache/tenancy/registry.hpp>

#include <model/relacy/home.hpp>

namespace {

struct a_switch_that_was_turned_stays_turned final : model::suite<a_switch_that_was_turned_stays_turned> {
  model::doorman check;
  fc::registry homes{check};
  fc::core::scope eye{homes, "v12", fc::role::viewer, fc::anyone::audience};
  fc::core::scope ops{homes, "a91", fc::role::admin, {}};
  framecache::base::atomic<bool> turned{false};

  void run(unsigned thread) {
    if (thread == 0) {
      RL_ASSERT(homes.suspend(ops, fc::tenant_id{std::uint64_t{1}}, true) == fc::order_status::done);
      turned.store(true, std::memory_order_release);
      return;
    }
    for (int i = 0; i != 3; ++i) {
      bool const off = turned.load(std::memory_order_acquire);
      auto const why = eye.check(fc::capability::view);
      RL_ASSERT(why == fc::refusal::suspended || (!off && why == fc::refusal::none));
    }
  }
  void after() { RL_ASSERT(eye.check(fc::capability::view) == fc::refusal::suspended); }
};

}  // namespace

int main(int argc, char** argv) { return model::simulate<a_switch_that_was_turned_stays_turned>(argc, argv); }

// SPDX-License-Identifier: Apache-2.0
//
// tenancy/: one thread revokes a home, another asks its scope and opens a new one meanwhile. Once revoke() has returned, the scope
// of the old epoch opens nothing, and a scope opened after that opens (I7).
#include <framecache/tenancy/registry.hpp>

#include <model/relacy/home.hpp>

namespace {

struct a_scope_of_a_past_epoch_opens_nothing final : model::suite<a_scope_of_a_past_epoch_opens_nothing> {
  model::doorman check;
  fc::registry homes{check};
  fc::core::scope eye{homes, "v12", fc::role::viewer, fc::anyone::audience};
  fc::core::scope ops{homes, "a91", fc::role::admin, {}};
  framecache::base::atomic<bool> revoked{false};

  void run(unsigned thread) {
    if (thread == 0) {
      RL_ASSERT(homes.revoke(ops, fc::tenant_id{std::uint64_t{1}}).status == fc::order_status::done);
      revoked.store(true, std::memory_order_release);
      return;
    }
    for (int i = 0; i != 2; ++i) {
      bool const gone = revoked.load(std::memory_order_acquire);
      RL_ASSERT(eye.check(fc::capability::view) == fc::refusal::refused || !gone);
      fc::core::scope const fresh{homes, "v12", fc::role::viewer, fc::anyone::audience};
      RL_ASSERT(fresh.check(fc::capability::view) == fc::refusal::none || !gone);
    }
  }
  void after() { RL_ASSERT(eye.check(fc::capability::view) == fc::refusal::refused); }
};

}  // namespace

int main(int argc, char** argv) { return model::simulate<a_scope_of_a_past_epoch_opens_nothing>(argc, argv); }

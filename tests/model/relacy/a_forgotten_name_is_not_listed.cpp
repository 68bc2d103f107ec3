// SPDX-License-Identifier: Apache-2.0
//
// tenancy/: a scope that lists one name is asked about the device of that name while a steward forgets it. Once forget() has
// returned, the scope lists it no more (I12).
#include <framecache/tenancy/registry.hpp>

#include <model/relacy/home.hpp>

namespace {

struct a_forgotten_name_is_not_listed final : model::suite<a_forgotten_name_is_not_listed> {
  model::doorman check;
  fc::registry homes{check};
  fc::core::scope camera{homes, "p11", fc::role::publisher, {}};
  fc::core::scope eye{homes, "l12", fc::role::viewer, fc::anyone::audience};
  fc::core::scope steward{homes, "s13", fc::role::steward, {}};
  fc::device_id device = *homes.intern(camera, "front door", 0).device;
  framecache::base::atomic<bool> forgotten{false};

  void run(unsigned thread) {
    if (thread == 0) {
      RL_ASSERT(homes.forget(steward, device) == fc::order_status::done);
      forgotten.store(true, std::memory_order_release);
      return;
    }
    for (int i = 0; i != 3; ++i) {
      bool const gone = forgotten.load(std::memory_order_acquire);
      RL_ASSERT(!eye.lists(device) || !gone);
    }
  }
  void after() { RL_ASSERT(!eye.lists(device)); }
};

}  // namespace

int main(int argc, char** argv) { return model::simulate<a_forgotten_name_is_not_listed>(argc, argv); }

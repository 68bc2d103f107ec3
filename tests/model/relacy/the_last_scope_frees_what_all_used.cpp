// SPDX-License-Identifier: Apache-2.0
//
// tenancy/: two scopes of one authority are used and end on two threads. What they share is freed once, by the last, after
// everything that the other did with it.
#include <framecache/tenancy/registry.hpp>

#include <model/relacy/home.hpp>

#include <optional>

namespace {

struct the_last_scope_frees_what_all_used final : model::suite<the_last_scope_frees_what_all_used> {
  model::doorman check;
  fc::registry homes{check};
  std::optional<fc::core::scope> first{std::in_place, homes, "v12", fc::role::viewer, fc::anyone::audience};
  std::optional<fc::core::scope> second{std::in_place, *first, fc::core::same_authority};

  void run(unsigned thread) {
    auto& mine = thread == 0 ? first : second;
    RL_ASSERT(mine->check(fc::capability::view) == fc::refusal::none);
    {
      fc::core::scope const third{*mine, fc::core::same_authority};
      RL_ASSERT(third.check(fc::capability::view) == fc::refusal::none);
    }
    mine.reset();
  }
};

}  // namespace

int main(int argc, char** argv) { return model::simulate<the_last_scope_frees_what_all_used>(argc, argv); }

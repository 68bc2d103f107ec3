// SPDX-License-Identifier: Apache-2.0
//
// engine/bell.hpp: one thread sleeps, another rings. The sleeper wakes rung, and sees what was done before the bell it heard; without
// a ring it wakes at the deadline and not before, and without a deadline it does not sleep on.
#include <framecache/engine/bell.hpp>

#include <model/relacy/simulation.hpp>

namespace {

struct a_bell_wakes_its_sleeper final : model::suite<a_bell_wakes_its_sleeper> {
  framecache::engine::bell bell;
  framecache::base::plain<int> news{0};

  void run(unsigned thread) {
    using namespace framecache;
    if (thread == 0) {
      news.set(1);
      bell.ring();
      return;
    }
    auto const deadline = base::steady_now() + std::chrono::seconds{1};
    if (bell.wait_until(deadline)) {
      RL_ASSERT(news.get() == 1);
    } else {
      RL_ASSERT(base::steady_now() >= deadline);
    }
    RL_ASSERT(bell.wait_until(base::steady_time::max()));
  }
};

}  // namespace

int main(int argc, char** argv) { return model::simulate<a_bell_wakes_its_sleeper>(argc, argv); }

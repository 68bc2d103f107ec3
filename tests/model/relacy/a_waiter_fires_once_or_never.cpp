// SPDX-License-Identifier: Apache-2.0
//
// engine/waiter.hpp: two threads fire one waiter while a third cancels it. The callback runs at most once; when cancel() has
// returned it neither runs nor will.
#define FRAMECACHE_MODEL_THREADS 3

#include <framecache/engine/waiter.hpp>

#include <model/relacy/simulation.hpp>

namespace {

struct a_waiter_fires_once_or_never final : model::suite<a_waiter_fires_once_or_never> {
  // Not ordered by anything but the waiter itself: a callback that runs beside cancel()'s caller is a race.
  framecache::base::plain<int> called{0};
  framecache::engine::waiter w{[this] { called.set(called.get() + 1); }, framecache::base::sharing::many_threads};

  void run(unsigned thread) {
    if (thread != 2) return w.fire();
    w.cancel();
    RL_ASSERT(called.get() <= 1);
    called.set(0);
  }
  void after() { RL_ASSERT(called.get() == 0); }
};

}  // namespace

int main(int argc, char** argv) { return model::simulate<a_waiter_fires_once_or_never>(argc, argv); }

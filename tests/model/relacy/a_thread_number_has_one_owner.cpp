// SPDX-License-Identifier: Apache-2.0
//
// base/thread.hpp: three threads claim numbers, write on the line of theirs and give them back. No two have one at a time, and
// whoever gets a number again sees what its last owner wrote.
#define FRAMECACHE_MODEL_THREADS 3

#include <framecache/base/plain.hpp>
#include <framecache/base/thread.hpp>

#include <model/relacy/simulation.hpp>

#include <array>

namespace {

using namespace framecache;

struct a_thread_number_has_one_owner final : model::suite<a_thread_number_has_one_owner> {
  std::array<base::plain<int>, 3> lines{};

  void run(unsigned) {
    for (int i = 0; i != 2; ++i) {
      auto const mine = base::detail::thread_numbers::claim();
      RL_ASSERT(mine < lines.size());
      auto const before = lines[mine].get();
      lines[mine].set(before + 1);
      base::detail::thread_numbers::release(mine);
    }
  }
  void after() { RL_ASSERT(lines[0].get() + lines[1].get() + lines[2].get() == 6); }
};

}  // namespace

int main(int argc, char** argv) { return model::simulate<a_thread_number_has_one_owner>(argc, argv); }

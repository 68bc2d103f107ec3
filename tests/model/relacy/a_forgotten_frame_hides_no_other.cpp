// SPDX-License-Identifier: Apache-2.0
//
// engine/changes.hpp and engine/entry.hpp: one thread puts an entry in the place of another, a second, which held the older one, forgets it
// after that under the same lock, or names it anew; a third looks the key up without a lock. It may find nothing, but is never told that
// nothing is there: who sees what the second did sees that the first changed something.
#define FRAMECACHE_MODEL_THREADS 3
#include <framecache/base/fatal.hpp>
#include <framecache/base/mutex.hpp>
#include <framecache/engine/index.hpp>

#include <model/relacy/simulation.hpp>

namespace {

using namespace framecache;

struct a_forgotten_frame_hides_no_other final : model::suite<a_forgotten_frame_hides_no_other> {
  static constexpr std::uint64_t hash = 17;
  core::key const k{{1, 2, 3, 4}};
  core::key const another{{5, 6, 7, 8}};
  model::zeroed<engine::bucket> own{1};
  engine::changes changed;
  engine::index index{own[0], changed};
  model::zeroed<engine::entry> entries{2};
  base::mutex lane{base::sharing::many_threads};
  bool replaced = false;
  bool names = false;

  void before() {
    names = rl::rand(2) != 0;
    entries[0].name(k);
    index.insert(entries[0], hash);
  }
  void run(unsigned thread) {
    if (thread == 2) {
      for (int i = 0; i != 2; ++i) look();
      return;
    }
    base::mutex_lock const lock(lane);
    if (thread == 0) {
      entries[1].name(k);
      index.replace(entries[0], entries[1], hash);
      replaced = true;
    } else if (replaced) {
      if (names) {
        entries[0].name(another);
      } else {
        entries[0].unname();
      }
    }
  }
  void look() {
    auto const before = changed.seen();
    auto const* const found = index.find(k, hash);
    RL_ASSERT(found != nullptr || !changed.none_since(before));
  }
};

}  // namespace

int main(int argc, char** argv) { return model::simulate<a_forgotten_frame_hides_no_other>(argc, argv); }

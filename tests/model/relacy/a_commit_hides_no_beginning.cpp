// SPDX-License-Identifier: Apache-2.0
//
// engine/index.hpp and engine/changes.hpp: a stream begins, by which a derived picture goes; another thread commits one of another camera's in
// the same bucket after that; a third looks the first one up without a lock. Where it is told that it is not there, by what the second did,
// it is told too that another stream is live.
#define FRAMECACHE_MODEL_THREADS 3
#include <framecache/base/fatal.hpp>
#include <framecache/base/mutex.hpp>
#include <framecache/engine/index.hpp>

#include <model/relacy/simulation.hpp>

namespace {

using namespace framecache;

struct a_commit_hides_no_beginning final : model::suite<a_commit_hides_no_beginning> {
  static constexpr std::uint64_t hash = 17;
  core::key const k{{1, 2, 1, 4}};
  core::key const another{{1, 3, 1, 4}};
  model::zeroed<engine::bucket> own{1};
  engine::changes changed;
  engine::index index{own[0], changed};
  model::zeroed<engine::entry> entries{2};
  base::mutex lane{base::sharing::many_threads};
  base::atomic<std::uint64_t> live{1};
  void before() {
    entries[0].name(k);
    index.insert(entries[0], hash);
  }
  void run(unsigned thread) {
    if (thread == 0) {
      base::mutex_lock const lock(lane);
      engine::changes::change const now_changing(changed);
      live.store(0, std::memory_order_relaxed);
      index.erase(entries[0], hash);
      entries[0].unname();
      live.store(2, std::memory_order_release);
    } else if (thread == 1) {
      {
        base::mutex_lock const lock(lane);
        entries[1].name(another);
      }
      base::mutex_lock const lock(lane);
      index.insert(entries[1], hash);
    } else {
      auto const before = changed.seen();
      bool const missing = index.find(k, hash) == nullptr;
      auto const now = live.load(std::memory_order_acquire);
      if (missing && changed.none_since(before)) RL_ASSERT(now == 2);  // of generation 1: superseded, never absent
    }
  }
};
}  // namespace
int main(int argc, char** argv) { return model::simulate<a_commit_hides_no_beginning>(argc, argv); }

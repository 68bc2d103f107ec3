// SPDX-License-Identifier: Apache-2.0
//
// engine/order_heap.hpp: two threads use one of the frames, without a lock, while a third puts and evicts. What leaves was not used
// later than another that could leave (I11), where of two uses that overlap either may count: a reader that was held up may write
// an older tick over a newer one.
#define FRAMECACHE_MODEL_THREADS 3

#include <framecache/engine/order.hpp>

#include <model/relacy/simulation.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace {

using namespace framecache;

struct the_least_recently_used_leaves final : model::suite<the_least_recently_used_leaves> {
  memory::ledger account{1 << 16};
  base::mutex lane;
  engine::lru_heap order{account};
  base::atomic<std::uint64_t> tick{1};
  static constexpr int uses = 6;
  static constexpr std::size_t count = 6;
  model::zeroed<engine::entry> frames{count};
  std::array<std::uint64_t, count> came{};  // the tick at which each was put; 0: it is not there
  // Of frame 0, by each reader: the tick of its last use that is over; and whether it has begun one, which no thread but this file
  // is told of.
  std::array<base::atomic<std::uint64_t>, 2> used{};
  std::array<bool, 2> begun{};

  void put(std::size_t i) {
    came[i] = tick.load(std::memory_order_relaxed) + 1;
    tick.store(came[i], std::memory_order_relaxed);
    order.add(frames[i], came[i]);
  }
  void before() {
    RL_ASSERT(order.reserve());
    for (std::size_t i = 0; i != 3; ++i) put(i);
  }
  void run(unsigned thread) {
    if (thread != 2) {
      for (int i = 0; i != uses; ++i) use(thread);
      return;
    }
    for (auto next = std::size_t{3}; next != count && ask(); ++next) put(next);
  }
  // As house::use() does.
  void use(unsigned thread) {
    begun[thread] = true;
    auto const now = tick.load(std::memory_order_relaxed);
    engine::mark_used(frames[0], policy::eviction::lru, now);
    used[thread].store(now, std::memory_order_release);
  }
  // Returns whether frame 0 is still there.
  bool ask() {
    base::mutex_lock const lock(lane);
    auto const first = used[0].load(std::memory_order_acquire);
    auto const second = used[1].load(std::memory_order_acquire);
    auto* const leaves = order.victim(tick.load(std::memory_order_relaxed));
    // Also of a reader that began its first use meanwhile, with a tick that had passed.
    auto const done = !begun[0] ? second : !begun[1] ? first : std::min(first, second);
    RL_ASSERT(leaves != nullptr);
    RL_ASSERT(order.broken() == nullptr);
    auto const which = static_cast<std::size_t>(leaves - frames.get());
    for (std::size_t i = 1; i != count; ++i) {
      if (came[i] == 0 || which == i) continue;
      RL_ASSERT(came[which] <= came[i]);
      RL_ASSERT(which != 0 || done <= came[i]);
    }
    order.remove(*leaves);
    came[which] = 0;
    return which != 0;
  }
  void after() { RL_ASSERT(order.broken() == nullptr); }
};

}  // namespace

int main(int argc, char** argv) { return model::simulate<the_least_recently_used_leaves>(argc, argv); }

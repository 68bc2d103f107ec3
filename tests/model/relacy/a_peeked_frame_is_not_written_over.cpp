// SPDX-License-Identifier: Apache-2.0
//
// engine/guard.hpp: one thread peeks at two frames in turn, two others take one of them each out, write something else into its memory and
// publish that, again and again. Whoever relies on its guard and sees the frame linked reads what was published there, and nobody writes meanwhile (I4).
// Lines are armed by the first peek and disarmed by every second look, so that a peek meets a line at every moment of both.
#define FRAMECACHE_MODEL_THREADS 3
#include <framecache/engine/guard.hpp>

#include <model/relacy/simulation.hpp>

#include <array>
#include <cstddef>

namespace {

using namespace framecache;

struct a_peeked_frame_is_not_written_over final : model::suite<a_peeked_frame_is_not_written_over> {
  engine::guards guards{base::sharing::many_threads};
  model::zeroed<engine::entry> frames{2};
  std::array<base::plain<int>, 2> bytes{};

  void before() {
    for (std::size_t i = 0; i != 2; ++i) frames[i].meta.store(engine::meta::linked, std::memory_order_relaxed);
  }
  void run(unsigned thread) {
    for (unsigned i = 0; i != 4; ++i) thread == 0 ? peek(i % 2) : take_out_and_publish(thread - 1);
  }
  void peek(std::size_t which) {
    if (!guards.enter(0, frames[which])) return;
    if (engine::meta::is_linked(frames[which].meta.load(std::memory_order_acquire))) {  // as house::peek does: (17)
      auto const seen = bytes[which].get();
      model::shadow_table.step();  // a plain read is none by itself
      RL_ASSERT(seen == bytes[which].get());
    }
    guards.leave(0);
  }
  void take_out_and_publish(std::size_t which) {
    auto& frame = frames[which];
    frame.meta.fetch_and(~engine::meta::linked, std::memory_order_seq_cst);  // as house::unlink does
    if (guards.any()) {
      while (guards.look().has(frame)) continue;
    }
    bytes[which].set(bytes[which].get() + 1);
    frame.meta.store(engine::meta::linked, std::memory_order_release);  // as house::link does: (18)
  }
};

}  // namespace

int main(int argc, char** argv) { return model::simulate<a_peeked_frame_is_not_written_over>(argc, argv); }

// SPDX-License-Identifier: Apache-2.0
//
// engine/guard.hpp: one thread peeks at a frame, another takes it out, writes something else into its memory and publishes that, again
// and again. Whoever relies on its guard and sees the frame linked reads what was published there, and nobody writes meanwhile (I4).
// Lines are armed by the first peek and disarmed by every second look, so that a peek meets a line at every moment of both.
#include <framecache/engine/guard.hpp>

#include <model/relacy/simulation.hpp>

namespace {

using namespace framecache;

struct a_peeked_frame_is_not_written_over final : model::suite<a_peeked_frame_is_not_written_over> {
  engine::guards guards{base::sharing::many_threads};
  model::zeroed<engine::entry> entries{2};
  engine::entry& frame = entries[0];
  engine::entry& other = entries[1];
  base::plain<int> bytes{0};

  void before() {
    for (auto* const e : {&frame, &other}) e->meta.store(engine::meta::linked, std::memory_order_relaxed);
  }
  void run(unsigned thread) {
    if (thread == 0) {
      for (int i = 0; i != 3; ++i) peek();
    } else {
      for (int i = 0; i != 2; ++i) take_out_and_publish();
    }
  }
  void peek() {
    if (!guards.enter(0, frame)) return;
    if (engine::meta::is_linked(frame.meta.load(std::memory_order_acquire))) {  // as house::peek does: (17)
      auto const seen = bytes.get();
      RL_ASSERT(seen == bytes.get());
    }
    guards.leave(0);
    // Another frame next: the guard names that one, and the first is free.
    if (guards.enter(0, other)) guards.leave(0);
  }
  void take_out_and_publish() {
    frame.meta.fetch_and(~engine::meta::linked, std::memory_order_seq_cst);  // as house::unlink does
    if (guards.any()) {
      while (guards.look().has(frame)) continue;
    }
    bytes.set(bytes.get() + 1);
    frame.meta.store(engine::meta::linked, std::memory_order_release);  // as house::link does: (18)
  }
};

}  // namespace

int main(int argc, char** argv) { return model::simulate<a_peeked_frame_is_not_written_over>(argc, argv); }

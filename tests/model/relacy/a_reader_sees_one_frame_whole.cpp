// SPDX-License-Identifier: Apache-2.0
//
// The whole cache, two threads: one publishes frame after frame of one camera, each over the memory of its last but one; the other
// looks them up in every way there is and reads. Every lookup finds one, whole, never an older one than before, and nobody writes into
// it while it is held (I3, I4).
#include <model/relacy/home.hpp>

namespace {

using cache = fc::frame_cache<>;

struct a_reader_sees_one_frame_whole final : model::suite<a_reader_sees_one_frame_whole> {
  model::home<cache> here;
  cache::publisher_type camera = here.cache.publisher("p11");
  fc::stream stream = camera.begin(camera.device("front door"));
  cache::viewer_type<> eye = here.cache.viewer("v12");
  framecache::base::atomic<model::word> committed{1};

  void before() {
    RL_ASSERT(model::put(stream, 0) == fc::commit_status::committed);
    RL_ASSERT(model::put(stream, 1) == fc::commit_status::committed);
  }
  void run(unsigned thread) {
    if (thread == 0) {
      for (model::word i = 2; i != 5; ++i) {
        RL_ASSERT(model::put(stream, i) == fc::commit_status::committed);
        committed.store(i, std::memory_order_release);
      }
      return;
    }
    model::word last = 0;
    for (int i = 0; i != 2; ++i) {
      auto const least = std::max(last, committed.load(std::memory_order_acquire));
      auto const frame =
          rl::rand(2) == 0 ? eye.latest(stream.device(), fc::any_age) : eye.find(stream.device(), stream.generation());
      RL_ASSERT(frame);
      auto const view = eye.read(frame);
      RL_ASSERT(view);
      last = model::read_word(view.bytes().data());
      RL_ASSERT(last == model::read_word(view.bytes().data() + sizeof last) && last >= least);
    }
  }
  void after() { RL_ASSERT(here.cache.audit().ok && here.cache.stats().handles == 0); }
};

}  // namespace

int main(int argc, char** argv) { return model::simulate<a_reader_sees_one_frame_whole>(argc, argv); }

// SPDX-License-Identifier: Apache-2.0
//
// The whole cache, two threads: a camera's newest frame is replaced or erased, and its block becomes one of another camera's frames, of a
// later generation; the other thread asks meanwhile which stream of the first camera is live, and for a frame of a stream to come. It is
// told of no generation but that camera's own (I6).
#include <model/relacy/home.hpp>

namespace {

using scrubbing = fc::frame_cache<fc::scrub<fc::on_release>>;  // no camera keeps its block

struct a_block_that_passes_on_tells_nothing final : model::suite<a_block_that_passes_on_tells_nothing> {
  model::home<scrubbing> here;
  scrubbing::publisher_type camera = here.cache.publisher("p11");
  fc::stream first = camera.begin(camera.device("front door"));
  fc::stream second = camera.begin(camera.begin(camera.begin(camera.device("yard")).device()).device());
  scrubbing::viewer_type<> eye = here.cache.viewer("v12");
  bool erases = false;

  void before() {
    erases = rl::rand(2) != 0;
    RL_ASSERT(second.generation().value() > first.generation().value() + 1);
    RL_ASSERT(model::put(first, 1) == fc::commit_status::committed);
  }
  void run(unsigned thread) {
    if (thread == 0) {
      if (erases) {
        RL_ASSERT(first.erase().status == fc::order_status::done);
      } else {
        RL_ASSERT(model::put(first, 2) == fc::commit_status::committed);
      }
      RL_ASSERT(model::put(second, 3) == fc::commit_status::committed);
      return;
    }
    for (int i = 0; i != 2; ++i) {
      if (rl::rand(2) == 0) {
        RL_ASSERT(eye.current(first.device()) == first.generation());
      } else {
        auto const to_come = fc::stream_generation{first.generation().value() + 1};
        RL_ASSERT(eye.find(first.device(), to_come).why() == fc::lookup_status::absent);
      }
    }
  }
};

}  // namespace

int main(int argc, char** argv) { return model::simulate<a_block_that_passes_on_tells_nothing>(argc, argv); }

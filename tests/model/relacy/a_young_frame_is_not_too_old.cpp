// SPDX-License-Identifier: Apache-2.0
//
// engine/lookup.hpp: one thread asks for the newest frame if it is not older than a second, while another publishes the next before the one
// that is there is that old, and time goes on. At every moment there is one that is young enough: it is found, and is not marked (I6).
#include <model/relacy/home.hpp>

#include <chrono>

namespace {

using namespace std::chrono_literals;

template <class Cache>
struct porch final {
  model::home<Cache> here;
  typename Cache::publisher_type camera = here.cache.publisher("p11");
  fc::stream stream = camera.begin(camera.device("front door"));
  typename Cache::template viewer_type<> eye = here.cache.viewer("v12");

  void look() const {
    auto const frame = eye.latest(stream.device(), fc::no_older_than(1s));
    RL_ASSERT(frame);
    RL_ASSERT(!eye.read(frame).stale());
  }
};

struct a_young_frame_is_not_too_old final : model::suite<a_young_frame_is_not_too_old> {
  porch<fc::frame_cache<>> refuses;
  porch<fc::frame_cache<fc::stale<fc::mark>>> marks;
  bool marked = false;

  void before() {
    marked = rl::rand(2) != 0;
    put(1);
  }
  void run(unsigned thread) {
    if (thread == 0) {
      model::since_first_moment = 900ms;
      put(2);
      model::since_first_moment = 1500ms;
    } else if (marked) {
      marks.look();
    } else {
      refuses.look();
    }
  }
  void put(model::word value) const {
    RL_ASSERT(model::put(marked ? marks.stream : refuses.stream, value) == fc::commit_status::committed);
  }
};

}  // namespace

int main(int argc, char** argv) { return model::simulate<a_young_frame_is_not_too_old>(argc, argv); }

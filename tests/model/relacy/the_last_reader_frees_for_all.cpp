// SPDX-License-Identifier: Apache-2.0
//
// The whole cache, three threads: two let go of one frame that a newer one replaces meanwhile, and whoever is the last of the three
// gives its memory back, which the frame after that is written to. What each has read under its handle it has read before (I4).
#define FRAMECACHE_MODEL_THREADS 3
#include <model/relacy/home.hpp>

#include <array>

namespace {

using cache = fc::frame_cache<>;

struct the_last_reader_frees_for_all final : model::suite<the_last_reader_frees_for_all> {
  model::home<cache> here;
  cache::publisher_type camera = here.cache.publisher("p11");
  fc::stream stream = camera.begin(camera.device("front door"));
  cache::viewer_type<> eye = here.cache.viewer("v12");
  std::array<cache::viewer_type<>::handle_type, 2> held;

  void before() {
    RL_ASSERT(model::put(stream, 1) == fc::commit_status::committed);
    for (auto& each : held) each = eye.latest(stream.device(), fc::any_age);
  }
  void run(unsigned thread) {
    if (thread == 2) {
      for (model::word i = 2; i != 4; ++i) RL_ASSERT(model::put(stream, i) == fc::commit_status::committed);
      return;
    }
    auto& mine = held[thread];
    auto const view = eye.read(mine);
    RL_ASSERT(view && model::read_word(view.bytes().data()) == 1);
    model::shadow_table.step();
    RL_ASSERT(model::read_word(view.bytes().data()) == 1);
    mine = {};
  }
  void after() { RL_ASSERT(here.cache.audit().ok); }
};

}  // namespace

int main(int argc, char** argv) { return model::simulate<the_last_reader_frees_for_all>(argc, argv); }

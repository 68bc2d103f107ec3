// SPDX-License-Identifier: Apache-2.0
//
// The whole cache, two threads: one asks for what is not there and which streams are live, the other puts a frame for which the oldest has to
// leave, and retires a camera. Whoever only asks stands in nobody's way: the put is not refused, the oldest frame leaves and no other, and
// nothing is pinned; nor is it counted as a hit (I7, I10).
#include <model/relacy/home.hpp>

namespace {

using cache = fc::frame_cache<>;

struct a_question_holds_nothing final : model::suite<a_question_holds_nothing> {
  static constexpr fc::rendition thumb{320, 180, fc::rotation::none};
  static fc::config of_two_frames() {
    auto how = model::home<cache>::tiny();
    how.tenant_cap = fc::byte_count{std::uint64_t{512}};
    return how;
  }

  model::home<cache> here{of_two_frames()};
  cache::publisher_type camera = here.cache.publisher("p11");
  fc::stream oldest = camera.begin(camera.device("front door"));
  fc::stream younger = camera.begin(camera.device("yard"));
  fc::stream newest = camera.begin(camera.device("porch"));
  cache::viewer_type<> eye = here.cache.viewer("v12");
  cache::steward_type steward = here.cache.steward("s13");

  void before() {
    RL_ASSERT(model::put(oldest, 1) == fc::commit_status::committed);
    RL_ASSERT(model::put(younger, 2) == fc::commit_status::committed);
  }
  void run(unsigned thread) {
    if (thread == 0) {
      RL_ASSERT(model::put(newest, 3) == fc::commit_status::committed);
      RL_ASSERT(here.cache.stats().frames == 2 && here.cache.stats().hits == 0);
      auto const gone = steward.retire(younger.device());
      RL_ASSERT(gone.status == fc::order_status::done && gone.pinned == 0);
      return;
    }
    for (auto const* const each : {&oldest, &younger}) {
      if (rl::rand(2) == 0) {
        static_cast<void>(eye.current(each->device()));
      } else {
        RL_ASSERT(!eye.find(each->device(), each->generation(), thumb));
      }
    }
  }
  void after() {
    RL_ASSERT(here.cache.stats().hits == 0 && here.cache.stats().handles == 0);
    RL_ASSERT(!eye.find(oldest.device(), oldest.generation()));
    RL_ASSERT(eye.find(newest.device(), newest.generation()));
  }
};

}  // namespace

int main(int argc, char** argv) { return model::simulate<a_question_holds_nothing>(argc, argv); }

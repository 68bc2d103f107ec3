// SPDX-License-Identifier: Apache-2.0
//
// The whole cache, two threads: one peeks again and again, the other has frames of another camera leave, by which the guard of who peeks is
// disarmed, now and then just as it is raised; and retires the camera that is peeked at. Its frame is wiped when both are done, whoever of
// them is last (I5, I7).
#include <model/relacy/home.hpp>

#include <cstddef>

namespace {

using cache = fc::frame_cache<>;

struct a_disarmed_guard_keeps_nothing final : model::suite<a_disarmed_guard_keeps_nothing> {
  model::home<cache> here;
  cache::publisher_type camera = here.cache.publisher("p11");
  fc::stream stream = camera.begin(camera.device("front door"));
  fc::stream yard = camera.begin(camera.device("yard"));
  cache::viewer_type<> eye = here.cache.viewer("v12");
  cache::steward_type steward = here.cache.steward("s13");
  std::byte const* bytes = nullptr;

  void before() {
    RL_ASSERT(model::put(stream, 17) == fc::commit_status::committed);
    auto const frame = eye.latest(stream.device(), fc::any_age);
    bytes = eye.read(frame).bytes().data();
  }
  void run(unsigned thread) {
    if (thread == 0) {
      for (int i = 0; i != 6; ++i)
        static_cast<void>(eye.peek(stream.device(), stream.generation(), [](fc::frame_view const&) {}));
      return;
    }
    for (int i = 0; i != 2; ++i) {
      RL_ASSERT(model::put(yard, 1) == fc::commit_status::committed);
      RL_ASSERT(yard.erase().status == fc::order_status::done);
    }
    RL_ASSERT(steward.retire(stream.device()).status == fc::order_status::done);
  }
  void after() {
    RL_ASSERT(model::read_word(bytes) == 0 && model::read_word(bytes + sizeof(model::word)) == 0);
    RL_ASSERT(here.cache.stats().handles == 0 && here.cache.stats().pinned == 0);
  }
};

}  // namespace

int main(int argc, char** argv) { return model::simulate<a_disarmed_guard_keeps_nothing>(argc, argv); }

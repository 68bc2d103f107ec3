// SPDX-License-Identifier: Apache-2.0
//
// A home with two caches: a steward retires a device through one; in the other, two threads look with one viewer, and publish. Whichever
// of them is the first to hear of it drops the device there. Once retire() has returned, the other finds nothing either, not even
// by peeking, and publishes nothing (I7).
#define FRAMECACHE_MODEL_THREADS 3
#include <model/relacy/home.hpp>

namespace {

using cache = fc::frame_cache<>;

struct a_retired_device_is_not_found final : model::suite<a_retired_device_is_not_found> {
  model::home<cache> here;
  cache other{here.homes, here.tiny()};
  cache::publisher_type camera = other.publisher("p11");
  fc::stream stream = camera.begin(camera.device("front door"));
  cache::viewer_type<> eye = other.viewer("v12");
  cache::steward_type steward = here.cache.steward("s13");
  framecache::base::atomic<bool> retired{false};

  void before() {
    RL_ASSERT(model::put(stream, 17) == fc::commit_status::committed);
    RL_ASSERT(eye.latest(stream.device(), fc::any_age));  // from here on nothing more is asked of this viewer
  }
  bool peeks() {
    auto const look = [](fc::frame_view const& view) { RL_ASSERT(model::read_word(view.bytes().data()) == 17); };
    return eye.peek(stream.device(), stream.generation(), look) == fc::lookup_status::hit;
  }
  void run(unsigned thread) {
    if (thread == 0) {
      RL_ASSERT(steward.retire(stream.device()).status == fc::order_status::done);
      retired.store(true, std::memory_order_release);
      return;
    }
    static_cast<void>(peeks());  // arms this thread's guard, which is a fence
    bool const gone = retired.load(std::memory_order_acquire);
    switch (rl::rand(4)) {
      case 0: RL_ASSERT(!peeks() || !gone); break;
      case 1: RL_ASSERT(!gone || !eye.find(stream.device(), stream.generation())); break;
      case 2: RL_ASSERT(!gone || !eye.latest(stream.device(), fc::any_age)); break;
      default: {
        auto const status = model::put(stream, 17);
        RL_ASSERT(!gone || status == fc::commit_status::retired);
        break;
      }
    }
  }
};

}  // namespace

int main(int argc, char** argv) { return model::simulate<a_retired_device_is_not_found>(argc, argv); }

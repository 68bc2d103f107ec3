// SPDX-License-Identifier: Apache-2.0
//
// A home with two caches: a steward retires a device through one, a viewer looks for its frame in the other. Once retire() has
// returned, the frame is not found there either (I7).
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

  void before() { RL_ASSERT(model::put(stream, 17) == fc::commit_status::committed); }
  void run(unsigned thread) {
    if (thread == 0) {
      RL_ASSERT(steward.retire(stream.device()).status == fc::order_status::done);
      retired.store(true, std::memory_order_release);
      return;
    }
    for (int i = 0; i != 2; ++i) {
      bool const gone = retired.load(std::memory_order_acquire);
      auto const frame = eye.latest(stream.device(), fc::any_age);
      RL_ASSERT(!gone || !frame);
      if (!frame) continue;
      auto const view = eye.read(frame);
      if (view) RL_ASSERT(model::read_word(view.bytes().data()) == 17);
    }
  }
};

}  // namespace

int main(int argc, char** argv) { return model::simulate<a_retired_device_is_not_found>(argc, argv); }

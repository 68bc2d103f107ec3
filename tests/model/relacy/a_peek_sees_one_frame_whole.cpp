// SPDX-License-Identifier: Apache-2.0
//
// The whole cache, two threads: one publishes frame after frame of one camera and has what is left freed, so that lines of guards are
// disarmed; the other peeks. Every peek sees one frame, whole, never an older one than before, and nobody writes into it meanwhile.
#include <model/relacy/home.hpp>

namespace {

using cache = fc::frame_cache<>;

struct a_peek_sees_one_frame_whole final : model::suite<a_peek_sees_one_frame_whole> {
  model::home<cache> here;
  cache::publisher_type camera = here.cache.publisher("p11");
  fc::stream stream = camera.begin(camera.device("front door"));
  cache::viewer_type<> eye = here.cache.viewer("v12");
  cache::steward_type steward = here.cache.steward("s13");
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
        static_cast<void>(steward.drain(framecache::base::steady_now()));
      }
      return;
    }
    model::word last = 0;
    for (int i = 0; i != 3; ++i) {
      auto const least = std::max(last, committed.load(std::memory_order_acquire));
      auto const why = eye.peek(stream.device(), stream.generation(), [&](fc::frame_view const& view) {
        last = model::read_word(view.bytes().data());
        RL_ASSERT(last == model::read_word(view.bytes().data() + sizeof last) && last >= least);
      });
      RL_ASSERT(why == fc::lookup_status::hit);
    }
  }
  void after() {
    RL_ASSERT(here.cache.close(framecache::base::steady_now()) == 0);
    RL_ASSERT(here.cache.audit().ok);
  }
};

}  // namespace

int main(int argc, char** argv) { return model::simulate<a_peek_sees_one_frame_whole>(argc, argv); }

// SPDX-License-Identifier: Apache-2.0
//
// The whole cache, two threads, two homes whose labels end alike: a camera's frame is erased and its block becomes the other home's. Whoever
// of that one asks for the camera is told of no stream, and of no frame but that it is absent (I2, I12).
#include <model/relacy/home.hpp>

#include <cstdint>

namespace {

using scrubbing = fc::frame_cache<fc::scrub<fc::on_release>>;

struct a_foreign_device_tells_nothing final : model::suite<a_foreign_device_tells_nothing> {
  model::home<scrubbing> here;
  scrubbing::publisher_type owner = here.cache.publisher("p11");
  std::uint64_t skipped =
      skip();  // what a device's word bears of the second home's label is what it bears of the first's
  static std::uint64_t skip() { return framecache::core::next_label_word((std::uint64_t{1} << 15) - 2); }
  scrubbing::publisher_type other = here.cache.publisher("p22");
  scrubbing::viewer_type<> stranger = here.cache.viewer("v22");
  fc::stream mine = owner.begin(owner.device("front door"));
  fc::stream theirs = other.begin(other.device("yard"));
  void before() { RL_ASSERT(model::put(mine, 1) == fc::commit_status::committed); }
  void run(unsigned thread) {
    if (thread == 0) {
      RL_ASSERT(mine.erase().status == fc::order_status::done);
      RL_ASSERT(model::put(theirs, 3) == fc::commit_status::committed);
      return;
    }
    for (int i = 0; i != 3; ++i) {
      RL_ASSERT(!stranger.current(mine.device()));
      auto const earlier = fc::stream_generation{mine.generation().value() - 1};
      RL_ASSERT(stranger.find(mine.device(), earlier).why() == fc::lookup_status::absent);
    }
  }
};
}  // namespace
int main(int argc, char** argv) { return model::simulate<a_foreign_device_tells_nothing>(argc, argv); }

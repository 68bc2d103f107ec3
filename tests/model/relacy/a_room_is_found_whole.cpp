// SPDX-License-Identifier: Apache-2.0
//
// engine/room_directory.hpp in the whole cache: two viewers of a home that is new to this cache come in at once, and look. Each
// finds the room that either of them made, with everything in it, although nothing but the directory tells it of the other.
#include <model/relacy/home.hpp>

namespace {

using cache = fc::frame_cache<>;

struct a_room_is_found_whole final : model::suite<a_room_is_found_whole> {
  model::home<cache> here;
  std::optional<fc::device_id> device;
  cache other{here.homes, here.tiny()};

  void before() {
    auto camera = here.cache.publisher("p11");
    device = *camera.device("front door");
    // With a home there already, the leaf that the room goes into is not new: only the room's own ordering is left.
    if (rl::rand(2) == 0) RL_ASSERT(other.viewer("v21"));
  }
  void run(unsigned thread) {
    auto eye = other.viewer(thread == 0 ? "v12" : "v13");
    RL_ASSERT(eye);
    RL_ASSERT(eye.latest(*device, fc::any_age).why() == fc::lookup_status::absent);
  }
};

}  // namespace

int main(int argc, char** argv) { return model::simulate<a_room_is_found_whole>(argc, argv); }

// SPDX-License-Identifier: Apache-2.0
//
// The whole cache, two threads: a tenant may have two frames. One thread publishes pictures under one key after another, each of which
// evicts one; the other holds what it found, by a handle or in a peek. What is held is read as it was published, and the bound is
// never exceeded (I4, I10).
#include <model/relacy/home.hpp>

namespace {

using cache = fc::frame_cache<>;

struct an_evicted_frame_is_not_written_over final : model::suite<an_evicted_frame_is_not_written_over> {
  model::home<cache> here{
      {.capacity = fc::byte_count{std::uint64_t{256 * 1024}}, .tenant_cap = fc::byte_count{std::uint64_t{512}}}};
  cache::publisher_type camera = here.cache.publisher("p11");
  fc::stream stream = camera.begin(camera.device("front door"));
  cache::viewer_type<> eye = here.cache.viewer("v12");

  // The source picture and small ones, by number.
  static fc::rendition picture(model::word i) {
    return i == 0 ? fc::rendition::source() : fc::rendition{static_cast<std::uint16_t>(i), 1, fc::rotation::none};
  }
  void before() {
    for (model::word i = 0; i != 2; ++i) RL_ASSERT(model::put(stream, i, picture(i)) == fc::commit_status::committed);
  }
  void run(unsigned thread) {
    if (thread == 0) {
      for (model::word i = 2; i != 5; ++i) {
        auto const status = model::put(stream, i, picture(i));
        RL_ASSERT(status == fc::commit_status::committed || status == fc::commit_status::no_room);
      }
      return;
    }
    static_cast<void>(eye.peek(stream.device(), stream.generation(), [](fc::frame_view const& view) {
      RL_ASSERT(model::read_word(view.bytes().data()) == 0);
    }));
    for (int i = 0; i != 2; ++i) {
      model::word const which = rl::rand(4);
      auto const frame = eye.find(stream.device(), stream.generation(), picture(which));
      if (!frame) continue;
      auto const view = eye.read(frame);
      RL_ASSERT(view && model::read_word(view.bytes().data()) == which);
      RL_ASSERT(model::read_word(view.bytes().data() + sizeof which) == which);
    }
  }
  void after() { RL_ASSERT(here.cache.audit().ok); }
};

}  // namespace

int main(int argc, char** argv) { return model::simulate<an_evicted_frame_is_not_written_over>(argc, argv); }

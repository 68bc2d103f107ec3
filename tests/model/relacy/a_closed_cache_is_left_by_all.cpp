// SPDX-License-Identifier: Apache-2.0
//
// The whole cache, two threads: one lets go of a handle, of a frame that can be found or of one that a newer one has replaced, or of a
// draft whose stream has ended; the other closes the cache and destroys it once close() says that nothing is out. Whoever let go touches
// nothing of it any more.
#include <model/relacy/home.hpp>

#include <optional>

namespace {

using cache = fc::frame_cache<>;

struct a_closed_cache_is_left_by_all final : model::suite<a_closed_cache_is_left_by_all> {
  using handle = cache::viewer_type<>::handle_type;

  model::doorman check;
  fc::registry homes{check};
  std::optional<cache> of{std::in_place, homes, model::home<cache>::tiny()};
  handle held;
  std::optional<fc::draft> draft;

  void before() {
    auto const camera = of->publisher("p11");
    auto const eye = of->viewer("v12");
    auto const stream = camera.begin(camera.device("front door"));
    RL_ASSERT(model::put(stream, 17) == fc::commit_status::committed);
    if (rl::rand(4) == 0) {
      draft.emplace(stream.stage(fc::byte_count{std::uint64_t{8}}));
      RL_ASSERT(*draft);
      return;
    }
    held = eye.latest(stream.device(), fc::any_age);
    RL_ASSERT(held);
    if (rl::rand(2) == 0) RL_ASSERT(model::put(stream, 18) == fc::commit_status::committed);
  }
  void run(unsigned thread) {
    if (thread == 0) {
      held = handle{};
      draft.reset();
    } else {
      RL_ASSERT(of->close(std::chrono::steady_clock::time_point::max()) == 0);
      of.reset();
    }
  }
};

}  // namespace

int main(int argc, char** argv) { return model::simulate<a_closed_cache_is_left_by_all>(argc, argv); }

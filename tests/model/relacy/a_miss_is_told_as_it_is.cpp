// SPDX-License-Identifier: Apache-2.0
//
// engine/lookup.hpp: what is not there is told without a lock, by a device's words. A stream takes another's place while a reader looks:
// the old one's frames are found or superseded, never merely absent, and the new one's is there once it was published. Once the old picture
// is superseded, nothing that was derived from it is found. The stream that is said to be live never goes back.
#include <model/relacy/home.hpp>

namespace {

using cache = fc::frame_cache<>;

struct a_miss_is_told_as_it_is final : model::suite<a_miss_is_told_as_it_is> {
  static constexpr fc::rendition thumb{320, 180, fc::rotation::none};
  model::home<cache> here;
  cache::publisher_type camera = here.cache.publisher("p11");
  fc::stream old = camera.begin(camera.device("front door"));
  cache::viewer_type<> eye = here.cache.viewer("v12");
  framecache::base::atomic<std::uint64_t> begun{0};
  framecache::base::atomic<bool> published{false};

  // What was published last is the first to go.
  void before() {
    bool const last = rl::rand(2) != 0;
    if (!last) RL_ASSERT(model::put(old, 1) == fc::commit_status::committed);
    RL_ASSERT(model::put(old, 3, thumb) == fc::commit_status::committed);
    if (last) RL_ASSERT(model::put(old, 1) == fc::commit_status::committed);
  }
  void run(unsigned thread) {
    if (thread == 0) {
      auto const next = camera.begin(old.device());
      begun.store(next.generation().value(), std::memory_order_release);
      RL_ASSERT(model::put(next, 2) == fc::commit_status::committed);
      published.store(true, std::memory_order_release);
      return;
    }
    auto const which = rl::rand(2) == 0 ? fc::rendition::source() : thumb;
    auto const first = eye.find(old.device(), old.generation(), which);
    RL_ASSERT(first || first.why() == fc::lookup_status::superseded);
    auto const live = eye.current(old.device());
    RL_ASSERT(live && *live >= old.generation());
    if (!first) {
      RL_ASSERT(*live > old.generation());
      RL_ASSERT(!eye.find(old.device(), old.generation(), thumb));
      auto const newest = eye.latest(old.device(), fc::any_age, thumb);
      RL_ASSERT(!newest && newest.why() == fc::lookup_status::absent);
    }
    bool const is_there = published.load(std::memory_order_acquire);
    auto const next = begun.load(std::memory_order_acquire);
    if (next == 0) return;
    RL_ASSERT(eye.current(old.device()) == fc::stream_generation{std::uint64_t{next}});
    auto const second = eye.find(old.device(), fc::stream_generation{std::uint64_t{next}});
    RL_ASSERT(second || (!is_there && second.why() == fc::lookup_status::absent));
    auto const third = eye.find(old.device(), old.generation());
    RL_ASSERT(!third && third.why() == fc::lookup_status::superseded);
  }
};

}  // namespace

int main(int argc, char** argv) { return model::simulate<a_miss_is_told_as_it_is>(argc, argv); }

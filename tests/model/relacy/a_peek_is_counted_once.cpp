// SPDX-License-Identifier: Apache-2.0
//
// engine/peek_counts.hpp in the whole cache, two threads: one peeks at the cameras of two homes in turn, while a steward of one of them asks
// for its counts again and again. Nobody reads a table that is not made yet, no count goes down or is of the other home, and at the end
// each peek has been counted once.
#include <model/relacy/home.hpp>

#include <array>

namespace {

struct a_peek_is_counted_once final : model::suite<a_peek_is_counted_once> {
  static constexpr unsigned looks = 3;

  // A 256th of it holds a table for each thread.
  model::home<fc::frame_cache<>> here{{.capacity = fc::mebibytes{2}}};
  fc::frame_cache<>::publisher_type camera = here.cache.publisher("p11");
  fc::frame_cache<>::publisher_type neighbour = here.cache.publisher("p21");
  std::array<fc::stream, 2> streams = {camera.begin(camera.device("front door")),
                                       neighbour.begin(neighbour.device("front door"))};
  std::array<fc::frame_cache<>::viewer_type<>, 2> eyes = {here.cache.viewer("v12"), here.cache.viewer("v22")};
  fc::frame_cache<>::steward_type steward = here.cache.steward("s14");

  void before() {
    for (auto const& stream : streams) RL_ASSERT(model::put(stream, 7) == fc::commit_status::committed);
  }
  void run(unsigned thread) {
    if (thread == 1) {
      std::uint64_t last = 0;
      for (int i = 0; i != 2; ++i) {
        auto const hits = steward.counts().hits;
        RL_ASSERT(hits >= last && hits <= (looks + 1) / 2);
        last = hits;
      }
      return;
    }
    for (unsigned i = 0; i != looks; ++i) {
      RL_ASSERT(eyes[i % 2].peek(streams[i % 2].device(), streams[i % 2].generation(), [](fc::frame_view const&) {}) ==
                fc::lookup_status::hit);
    }
  }
  void after() {
    RL_ASSERT(steward.counts().hits == (looks + 1) / 2);
    RL_ASSERT(here.cache.steward("s24").counts().hits == looks / 2);
    RL_ASSERT(here.cache.audit().ok);
  }
};

}  // namespace

int main(int argc, char** argv) { return model::simulate<a_peek_is_counted_once>(argc, argv); }

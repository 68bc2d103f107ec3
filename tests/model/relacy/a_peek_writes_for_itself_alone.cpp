// SPDX-License-Identifier: Apache-2.0
//
// The whole cache, two threads that peek at the cameras of two homes in turn. Once each has been at both, no peek writes an atomic that the
// other thread reads or writes or takes a lock, nor does going from one home to the other. What was counted meanwhile is all there at the end.
#include <model/relacy/home.hpp>

#include <array>

namespace {

namespace fb = framecache::base;

struct a_peek_writes_for_itself_alone final : model::suite<a_peek_writes_for_itself_alone> {
  static constexpr unsigned warm = 2;
  static constexpr unsigned looks = 2;

  // A 256th of it holds a table for each thread.
  model::home<fc::frame_cache<>> here{{.capacity = fc::mebibytes{2}}};
  fc::frame_cache<>::publisher_type camera = here.cache.publisher("p11");
  fc::frame_cache<>::publisher_type neighbour = here.cache.publisher("p21");
  std::array<fc::stream, 2> streams = {camera.begin(camera.device("front door")),
                                       neighbour.begin(neighbour.device("front door"))};
  std::array<std::array<fc::frame_cache<>::viewer_type<>, 2>, model::threads> eyes = {
      {{here.cache.viewer("v12"), here.cache.viewer("v22")}, {here.cache.viewer("v13"), here.cache.viewer("v23")}}};
  fb::atomic<unsigned> warmed_up{0};

  void before() {
    for (auto const& stream : streams) RL_ASSERT(model::put(stream, 7) == fc::commit_status::committed);
  }
  void peek(unsigned thread, unsigned turn) {
    auto const at = (turn + thread) % 2;
    auto const why = eyes[thread][at].peek(streams[at].device(), streams[at].generation(), [](fc::frame_view const& f) {
      RL_ASSERT(model::read_word(f.bytes().data()) == 7);
    });
    RL_ASSERT(why == fc::lookup_status::hit);
  }
  void run(unsigned thread) {
    // A thread's line is armed, a table for what it counts is made, and the frames have their stamp of use.
    for (unsigned i = 0; i != warm; ++i) peek(thread, i);
    warmed_up.fetch_add(1, std::memory_order_relaxed);
    while (warmed_up.load(std::memory_order_relaxed) != model::threads) rl::ctx().sched();
    model::shadow_table.keep_to_itself();
    for (unsigned i = warm; i != warm + looks; ++i) peek(thread, i);
  }
  void after() {
    std::uint64_t hits = 0;
    for (auto const* const credential : {"s14", "s24"}) hits += here.cache.steward(credential).counts().hits;
    RL_ASSERT(hits == model::threads * (warm + looks));
    RL_ASSERT(here.cache.stats().hits == hits);
    RL_ASSERT(here.cache.audit().ok);
  }
};

}  // namespace

int main(int argc, char** argv) { return model::simulate<a_peek_writes_for_itself_alone>(argc, argv); }

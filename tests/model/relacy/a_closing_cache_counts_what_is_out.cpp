// SPDX-License-Identifier: Apache-2.0
//
// The whole cache, two threads: one peeks, or drops or commits a draft; the other closes, sometimes with a newer frame published first, so
// that what is peeked at is on its way out. Whatever was out when close() began and is out when it returns was counted, a peek sees its
// frame whole until it ends, and close() that may wait for ever waits for it. Closing ends nothing: a draft is published all the same.
#include <model/relacy/home.hpp>

#include <optional>

namespace {

using cache = fc::frame_cache<>;

struct a_closing_cache_counts_what_is_out final : model::suite<a_closing_cache_counts_what_is_out> {
  enum holding : unsigned { a_peek, a_draft_to_drop, a_draft_to_commit, kinds };

  model::home<cache> here;
  cache::publisher_type camera = here.cache.publisher("p11");
  fc::stream stream = camera.begin(camera.device("front door"));
  cache::viewer_type<> eye = here.cache.viewer("v12");
  std::optional<fc::draft> draft;
  unsigned const what = rl::rand(kinds);
  bool const newer = rl::rand(2) == 0;
  // Stored when it surely is out, and just before it is back. The other is read by adding nothing: the last value.
  framecache::base::atomic<bool> out{false};
  framecache::base::atomic<model::word> over{0};

  [[nodiscard]] bool is_over() { return over.fetch_add(0, std::memory_order_relaxed) != 0; }

  void before() {
    RL_ASSERT(model::put(stream, 17) == fc::commit_status::committed);
    if (what == a_peek) return;
    draft.emplace(stream.stage(fc::byte_count{std::uint64_t{8}}));
    model::write_word(draft->bytes().data(), 19);
    out.store(true, std::memory_order_relaxed);
  }
  void run(unsigned thread) { thread == 0 ? let_go() : close(); }
  void let_go() {
    if (what == a_peek) {
      auto const status = eye.peek(stream.device(), stream.generation(), [&](fc::frame_view const& view) {
        out.store(true, std::memory_order_release);
        auto const first = model::read_word(view.bytes().data());
        model::shadow_table.step();  // a plain read is none by itself
        RL_ASSERT(model::read_word(view.bytes().data() + sizeof first) == first);
        over.fetch_add(1, std::memory_order_relaxed);
      });
      RL_ASSERT(status == fc::lookup_status::hit);
      return;
    }
    over.fetch_add(1, std::memory_order_relaxed);
    if (what == a_draft_to_commit) {
      auto const status = std::move(*draft).commit({.size = fc::byte_count{std::uint64_t{8}}});
      RL_ASSERT(status == fc::commit_status::committed);
    }
    draft.reset();
  }
  void close() {
    if (newer) RL_ASSERT(model::put(stream, 18) == fc::commit_status::committed);
    bool const was_out = out.load(std::memory_order_acquire);
    auto const counted = here.cache.close(framecache::base::steady_now());
    RL_ASSERT(counted <= 1 && (counted == 1 || !was_out || is_over()));
    // Into what close() has found free, if it has.
    if (newer) RL_ASSERT(model::put(stream, 20) == fc::commit_status::committed);
    RL_ASSERT(here.cache.close(std::chrono::steady_clock::time_point::max()) == 0);
    RL_ASSERT(!was_out || is_over());
  }
  void after() {
    RL_ASSERT(here.cache.close(framecache::base::steady_now()) == 0);
    RL_ASSERT(here.cache.audit().ok);
  }
};

}  // namespace

int main(int argc, char** argv) { return model::simulate<a_closing_cache_counts_what_is_out>(argc, argv); }

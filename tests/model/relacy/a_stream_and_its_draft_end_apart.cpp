// SPDX-License-Identifier: Apache-2.0
//
// stream/seat.hpp: a stream ends on one thread while its draft is committed on another. What they share is freed once, by the last,
// after everything that the other did with it; the commit succeeds or is refused, and nothing is lost.
#include <model/relacy/home.hpp>

#include <optional>

namespace {

using cache = fc::frame_cache<>;

struct a_stream_and_its_draft_end_apart final : model::suite<a_stream_and_its_draft_end_apart> {
  model::home<cache> here;
  cache::publisher_type camera = here.cache.publisher("p11");
  std::optional<fc::stream> stream{camera.begin(camera.device("front door"))};
  std::optional<fc::draft> draft{stream->stage(fc::byte_count{std::uint64_t{16}})};

  void run(unsigned thread) {
    if (thread == 0) {
      stream.reset();
      return;
    }
    RL_ASSERT(*draft);
    model::write_word(draft->bytes().data(), 17);
    auto const status = std::move(*draft).commit({.size = fc::byte_count{std::uint64_t{8}}});
    RL_ASSERT(status == fc::commit_status::committed || status == fc::commit_status::superseded);
    draft.reset();
  }
};

}  // namespace

int main(int argc, char** argv) { return model::simulate<a_stream_and_its_draft_end_apart>(argc, argv); }

// SPDX-License-Identifier: Apache-2.0
//
// The whole cache, two threads: one publishes and then has memory given back, for which two frames are moved out of a nearly empty chunk,
// one of them to where it lay before; the other finds, holds or peeks at them. Every lookup finds its frame, in the one place or the
// other, whole and never an older one than before; what is pinned does not move, and what is peeked at is wiped afterwards only (I4).
#include <model/relacy/home.hpp>

#include <array>
#include <cstddef>
#include <span>

namespace {

using cache = fc::frame_cache<>;

// Costs much and has next to nothing: what leaves when a pin is in the way of the move.
struct ballast final {
  static constexpr bool immutable = true;
  static constexpr std::uint64_t cost = 256 * 1024;
  std::array<std::span<std::byte const>, 1> all{std::as_bytes(std::span{"ballast"})};

  [[nodiscard]] std::span<std::span<std::byte const> const> buffers() const noexcept { return all; }
  [[nodiscard]] fc::byte_count charge() const noexcept { return fc::byte_count{cost}; }
};

struct a_moving_frame_is_never_missed final : model::suite<a_moving_frame_is_never_missed> {
  // Seven blocks of its class are a chunk.
  static constexpr std::uint64_t staged = 300;

  model::home<cache> here{{.capacity = fc::byte_count{2 * ballast::cost}}};
  cache::publisher_type camera = here.cache.publisher("p11");
  cache::viewer_type<> eye = here.cache.viewer("v12");
  cache::steward_type steward = here.cache.steward("s13");
  cache::admin_type admin = here.cache.admin("a94");
  fc::stream stream = camera.begin(camera.device("front door"));
  model::word last = 2;  // that was seen
  std::uint64_t full = 0;

  static constexpr fc::rendition small{1, 1, fc::rotation::none};
  static constexpr model::word of_small = 17;

  static void put(fc::stream const& to, model::word value, fc::rendition which = fc::rendition::source()) {
    RL_ASSERT(model::put(to, value, which, staged) == fc::commit_status::committed);
  }
  // One chunk with the two frames, because what was beside them is retired, and another with five and the memory that the newest left
  // behind: with that block in use there is no room to move to. The ballast first, so that it leaves first.
  void before() {
    auto const yard = camera.begin(camera.device("yard"));
    RL_ASSERT(yard.adopt(ballast{}, {}) == fc::commit_status::committed);
    auto const garden = camera.begin(camera.device("garden"));
    for (std::uint16_t i = 1; i != 6; ++i) put(garden, 0, {i, 1, fc::rotation::none});
    put(stream, 0);
    put(stream, of_small, small);
    auto const porch = camera.begin(camera.device("porch"));
    for (std::uint16_t i = 1; i != 6; ++i) put(porch, 0, {i, 1, fc::rotation::none});
    for (model::word value = 1; value != 3; ++value) put(stream, value);
    RL_ASSERT(steward.retire(garden.device()).status == fc::order_status::done);
    // Whoever makes room while the other thread is freeing the ballast evicts more than it has to: of the porch.
    find(small);
    full = here.cache.stats().resident;
  }
  void run(unsigned thread) {
    if (thread == 0) {
      for (model::word value = 3; value != 5; ++value) put(stream, value);
      RL_ASSERT(admin.resize(fc::byte_count{full - 1}) == fc::order_status::done);
      return;
    }
    for (int i = 0; i != 3; ++i) {
      switch (rl::rand(3)) {
        case 0: peek(); break;
        case 1: find(small); break;
        default: find(fc::rendition::source());
      }
    }
  }
  void find(fc::rendition which) {
    auto const frame = which.is_source() && rl::rand(2) == 0 ? eye.latest(stream.device(), fc::any_age)
                                                             : eye.find(stream.device(), stream.generation(), which);
    RL_ASSERT(frame);
    look(eye.read(frame), which.is_source());
  }
  void peek() {
    auto const why =
        eye.peek(stream.device(), stream.generation(), [&](fc::frame_view const& view) { look(view, true); });
    RL_ASSERT(why == fc::lookup_status::hit);
  }
  // The two words with a step between them.
  void look(fc::frame_view const& view, bool source) {
    RL_ASSERT(view);
    auto const value = model::read_word(view.bytes().data());
    RL_ASSERT(source ? value >= last && value < 5 : value == of_small);
    static_cast<void>(eye.why());
    RL_ASSERT(model::read_word(view.bytes().data() + sizeof value) == value);
    if (source) last = value;
  }
  void after() {
    find(small);
    find(fc::rendition::source());
    RL_ASSERT(here.cache.close(framecache::base::steady_now()) == 0);
    RL_ASSERT(here.cache.audit().ok);
  }
};

}  // namespace

int main(int argc, char** argv) { return model::simulate<a_moving_frame_is_never_missed>(argc, argv); }

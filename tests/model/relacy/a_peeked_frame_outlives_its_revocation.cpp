// SPDX-License-Identifier: Apache-2.0
//
// The whole cache, two threads: one peeks, sometimes with a handle of the same frame or of the one before it, while the other revokes the
// home. Whoever peeks sees the frame whole for as long as it looks, and what is held or peeked at is wiped after that and not before: by
// the revocation, or by the last who lets go. Once revoke() has returned, no peek and no read shows a frame (I4, I7).
#include <model/relacy/home.hpp>

#include <cstddef>

namespace {

using cache = fc::frame_cache<>;

struct a_peeked_frame_outlives_its_revocation final : model::suite<a_peeked_frame_outlives_its_revocation> {
  model::home<cache> here;
  cache::publisher_type camera = here.cache.publisher("p11");
  fc::stream stream = camera.begin(camera.device("front door"));
  cache::viewer_type<> eye = here.cache.viewer("v12");
  cache::admin_type ops = here.cache.admin("a91");
  cache::viewer_type<>::handle_type held;
  std::byte const* bytes = nullptr;
  framecache::base::atomic<bool> revoked{false};

  void before() {
    RL_ASSERT(model::put(stream, 17) == fc::commit_status::committed);
    held = eye.latest(stream.device(), fc::any_age);
    bytes = eye.read(held).bytes().data();
    switch (rl::rand(3)) {
      case 0: held = {}; break;
      case 1: RL_ASSERT(model::put(stream, 17) == fc::commit_status::committed); break;
      default: break;
    }
  }
  void run(unsigned thread) {
    if (thread == 0) {
      for (int i = 0; i != 2; ++i) look();
      held = {};
    } else {
      RL_ASSERT(ops.revoke(fc::tenant_id{std::uint64_t{1}}).status == fc::order_status::done);
      revoked.store(true, std::memory_order_release);
    }
  }
  void look() {
    bool const gone = revoked.load(std::memory_order_acquire);
    auto const status = eye.peek(stream.device(), stream.generation(), is_whole);
    RL_ASSERT(!gone || status == fc::lookup_status::refused);
    if (!held) return;
    bool const gone_by_now = revoked.load(std::memory_order_acquire);
    auto const view = eye.read(held);
    RL_ASSERT(!gone_by_now || !view);
    if (view) is_whole(view);
  }
  static void is_whole(fc::frame_view const& view) {
    RL_ASSERT(model::read_word(view.bytes().data()) == 17);
    model::shadow_table.step();  // a plain read is none by itself
    RL_ASSERT(model::read_word(view.bytes().data() + sizeof(model::word)) == 17);
  }
  void after() {
    RL_ASSERT(model::read_word(bytes) == 0 && model::read_word(bytes + sizeof(model::word)) == 0);
    RL_ASSERT(here.cache.audit().ok && here.cache.stats().handles == 0);
  }
};

}  // namespace

int main(int argc, char** argv) { return model::simulate<a_peeked_frame_outlives_its_revocation>(argc, argv); }

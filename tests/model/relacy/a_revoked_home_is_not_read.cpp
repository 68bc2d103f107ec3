// SPDX-License-Identifier: Apache-2.0
//
// The whole cache, two threads: one publishes and looks, the other revokes the home. What is found was published by this home;
// once revoke() has returned, nothing is found and nothing is read by those who were there before (I7).
#include <model/relacy/home.hpp>

namespace {

using cache = fc::frame_cache<>;

struct a_revoked_home_is_not_read final : model::suite<a_revoked_home_is_not_read> {
  model::home<cache> here;
  cache::publisher_type camera = here.cache.publisher("p11");
  cache::viewer_type<> eye = here.cache.viewer("v12");
  cache::admin_type ops = here.cache.admin("a91");
  framecache::base::atomic<bool> revoked{false};

  void run(unsigned thread) {
    if (thread == 0) {
      look();
    } else {
      RL_ASSERT(ops.revoke(fc::tenant_id{std::uint64_t{1}}).status == fc::order_status::done);
      revoked.store(true, std::memory_order_release);
    }
  }
  void look() {
    auto const stream = camera.begin(camera.device("front door"));
    if (!stream) return;
    auto const status = model::put(stream, 17);
    bool const gone = revoked.load(std::memory_order_acquire);
    auto const frame = eye.find(stream.device(), stream.generation());
    RL_ASSERT(!gone || !frame);
    if (!frame) return;
    RL_ASSERT(status == fc::commit_status::committed);
    bool const gone_by_now = revoked.load(std::memory_order_acquire);
    auto const view = eye.read(frame);
    RL_ASSERT(!gone_by_now || !view);
    if (view) RL_ASSERT(model::read_word(view.bytes().data()) == 17);
  }
};

}  // namespace

int main(int argc, char** argv) { return model::simulate<a_revoked_home_is_not_read>(argc, argv); }

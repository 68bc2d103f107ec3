// SPDX-License-Identifier: Apache-2.0
//
// engine/index.hpp: one thread puts one entry after another in the place of the last, another looks the key up without a lock. It finds
// one of them each time, never an older one than before, and never nothing. Where the older one is forgotten at once it may find nothing,
// but is never told that nothing is there.
#include <framecache/base/fatal.hpp>
#include <framecache/engine/index.hpp>

#include <model/relacy/simulation.hpp>

#include <cstddef>

namespace {

using namespace framecache;

struct a_replaced_frame_is_never_missed final : model::suite<a_replaced_frame_is_never_missed> {
  static constexpr std::uint64_t hash = 17;
  core::key const k{{1, 2, 3, 4}};
  static constexpr std::size_t count = 3;
  model::zeroed<engine::bucket> own{1};
  engine::changes changed;
  engine::index index{own[0], changed};
  model::zeroed<engine::entry> entries{count};
  bool forgets = false;

  // As a lookup in vain is told so.
  [[nodiscard]] bool lacks(core::key const& of, std::uint64_t of_hash) const {
    auto const before = changed.seen();
    return index.find(of, of_hash) == nullptr && changed.none_since(before);
  }

  void before() {
    forgets = rl::rand(2) != 0;
    entries[0].name(k);
    index.insert(entries[0], hash);
  }
  void run(unsigned thread) {
    if (thread == 0) {
      for (std::size_t i = 1; i != count; ++i) {
        entries[i].name(k);
        index.replace(entries[i - 1], entries[i], hash);
        if (forgets) entries[i - 1].unname();
      }
      return;
    }
    std::ptrdiff_t last = 0;
    for (int i = 0; i != 3; ++i) {
      RL_ASSERT(!lacks(k, hash));
      auto* const found = index.find(k, hash);
      RL_ASSERT(found != nullptr || forgets);
      if (found == nullptr) continue;
      RL_ASSERT(found - entries.get() >= last);
      last = found - entries.get();
    }
  }
};

}  // namespace

int main(int argc, char** argv) { return model::simulate<a_replaced_frame_is_never_missed>(argc, argv); }

// SPDX-License-Identifier: Apache-2.0
//
// engine/index.hpp: one thread grows a full index twice, moves what is in it and inserts one more; another looks for what was there before.
// What it is given has the key; nothing is given for a key that nothing has; and a lookup that begins after a growth did, and ends before
// the next, finds what it looks for without a lock, wherever that is just then. Of what is there all the time it is never told that it is
// not; of what was there it is told so once it sees what was done before it went.
#include <framecache/base/fatal.hpp>
#include <framecache/engine/index.hpp>

#include <model/relacy/simulation.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>

namespace {

using namespace framecache;

struct a_growing_index_finds_what_it_holds final : model::suite<a_growing_index_finds_what_it_holds> {
  static constexpr std::size_t before_growth = engine::bucket_slots;

  static constexpr std::size_t grown = 8;
  static constexpr std::size_t grown_twice = 16;
  model::zeroed<engine::bucket> buckets{1 + grown + grown_twice};
  engine::changes changed;
  engine::index index{buckets[0], changed};
  model::zeroed<engine::entry> entries{before_growth + 1};
  base::atomic<unsigned> begun{0};
  base::atomic<unsigned> done{0};
  base::atomic<bool> is_in{false};
  base::atomic<bool> is_leaving{false};
  bool crowded = false;

  static core::key key_of(std::size_t i) { return core::key{{1, i + 1, 1, 1}}; }
  // Two buckets of the larger tables, or one, so that the last entry goes on to the next; tags alike for every second.
  [[nodiscard]] std::uint64_t hash_of(std::size_t i) const {
    return (crowded ? 0 : i & 1) | (std::uint64_t{i & 2} << 57);
  }

  // As a lookup in vain is told so.
  [[nodiscard]] bool lacks(core::key const& of, std::uint64_t of_hash) const {
    auto const before = changed.seen();
    return index.find(of, of_hash) == nullptr && changed.none_since(before);
  }

  void before() {
    crowded = rl::rand(2) != 0;
    for (std::size_t i = 0; i != before_growth; ++i) {
      entries[i].name(key_of(i));
      index.insert(entries[i], hash_of(i));
    }
  }
  void run(unsigned thread) {
    if (thread == 0) {
      grow();
    } else {
      for (int i = 0; i != 3; ++i) look(rl::rand(static_cast<unsigned>(before_growth + 2)));
    }
  }
  void grow() {
    RL_ASSERT(index.wants() == grown);
    grow_to(&buckets[1], grown);
    grow_to(&buckets[1 + grown], grown_twice);
    std::construct_at(&entries[before_growth]);
    entries[before_growth].name(key_of(before_growth));
    index.insert(entries[before_growth], hash_of(before_growth));
    is_in.store(true, std::memory_order_release);
    index.erase(entries[0], hash_of(0));
    entries[0].unname();
    is_leaving.store(true, std::memory_order_relaxed);
    index.erase(entries[before_growth], hash_of(before_growth));
    entries[before_growth].unname();
  }
  // In memory that was something else before, as the last entry is.
  void grow_to(engine::bucket* fresh, std::size_t count) {
    std::uninitialized_value_construct_n(fresh, count);
    begun.fetch_add(1, std::memory_order_acq_rel);
    index.grow(fresh, count);
    done.fetch_add(1, std::memory_order_release);
    auto const hash = [this](engine::entry const& n) { return hash_of(n.key().device().value() - 1); };
    while (index.moving()) {
      // As table_memory::give() does.
      auto const left = index.move_some(hash);
      for (std::size_t i = 0; i != left.buckets; ++i) {
        left.at[i].tags.store(0, std::memory_order_relaxed);
        for (auto& each : left.at[i].slots) each.store(nullptr, std::memory_order_relaxed);
      }
    }
  }
  void look(std::size_t i) {
    bool const stays = i != 0 && i < before_growth;
    if (rl::rand(2) == 0) {
      bool const was_in = i == before_growth && is_in.load(std::memory_order_acquire);
      if (lacks(key_of(i), hash_of(i))) {
        RL_ASSERT(!stays);
        RL_ASSERT(!was_in || is_leaving.load(std::memory_order_relaxed));
      }
      return;
    }
    auto const before = done.load(std::memory_order_acquire);
    auto* const found = index.find(key_of(i), hash_of(i));
    RL_ASSERT(found == nullptr || (i <= before_growth && found == &entries[i]));
    auto const after = begun.fetch_add(0, std::memory_order_acq_rel);  // the newest there is
    if (before != 0 && before == after && stays) RL_ASSERT(found != nullptr);
  }
  void after() {
    for (std::size_t i = 1; i != before_growth; ++i) RL_ASSERT(index.find(key_of(i), hash_of(i)) == &entries[i]);
    for (auto const i : {std::size_t{0}, before_growth}) RL_ASSERT(lacks(key_of(i), hash_of(i)));
  }
};

}  // namespace

int main(int argc, char** argv) { return model::simulate<a_growing_index_finds_what_it_holds>(argc, argv); }

// SPDX-License-Identifier: Apache-2.0
//
// engine/index.hpp and memory/slab.hpp: a room's index grows out of a small table, which another room takes and fills; a third thread looks
// up in the first index what is there all the time. It is never told that it is not, also when it has the old table's address. The growth is one
// change here: of each atomic relacy keeps the last three values, and what is to be missed must be among them.
#define FRAMECACHE_MODEL_THREADS 3
#include <framecache/base/fatal.hpp>
#include <framecache/engine/index.hpp>

#include <model/relacy/simulation.hpp>

#include <cstddef>

namespace {

using namespace framecache;

struct a_table_that_passes_on_hides_nothing final : model::suite<a_table_that_passes_on_hides_nothing> {
  static constexpr std::uint64_t capacity = 256 * 1024;
  static constexpr std::uint64_t hash = 0;
  static constexpr std::size_t few = engine::table_memory::small_buckets;
  core::key const k{{1, 2, 3, 4}};
  core::key const another{{5, 6, 7, 8}};
  memory::ledger account{capacity};
  memory::slab small{account, capacity, false, base::sharing::many_threads};
  engine::table_memory tables{account, small, capacity, false, base::sharing::many_threads};
  model::zeroed<engine::bucket> own{2};
  engine::changes changed;
  engine::changes others;
  engine::index index{own[0], changed};
  engine::index other{own[1], others};
  model::zeroed<engine::entry> entries{2};

  static std::uint64_t hash_of(engine::entry const&) { return hash; }
  static void grow(engine::index& in, engine::table_memory& from, std::size_t buckets) {
    auto* const table = from.take(buckets);
    RL_ASSERT(table != nullptr);
    in.grow(table, buckets);
    while (in.moving()) {
      if (auto const left = in.move_some(&hash_of); left.at != nullptr) from.give(left.at, left.buckets);
    }
  }

  void before() {
    entries[0].name(k);
    index.insert(entries[0], hash);
    grow(index, tables, few);
  }
  void run(unsigned thread) {
    switch (thread) {
      case 0: {
        engine::changes::change const now_changing(changed);
        grow(index, tables, few * 8);
        break;
      }
      case 1:
        grow(other, tables, few);
        entries[1].name(another);
        other.insert(entries[1], hash);
        break;
      default:
        for (int i = 0; i != 2; ++i) {
          auto const before = changed.seen();
          auto const* const found = index.find(k, hash);
          RL_ASSERT(found == &entries[0] || (found == nullptr && !changed.none_since(before)));
        }
    }
  }
  void after() {
    for (auto* const each : {&index, &other}) {
      for (auto const part : each->all_parts()) {
        if (part.at != nullptr) tables.give(part.at, part.buckets);
      }
    }
  }
};

}  // namespace

int main(int argc, char** argv) { return model::simulate<a_table_that_passes_on_hides_nothing>(argc, argv); }

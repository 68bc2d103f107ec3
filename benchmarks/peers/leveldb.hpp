// SPDX-License-Identifier: Apache-2.0
//
// LevelDB's cache of blocks: sixteen shards of a hash table, a list and a mutex. Charged one for each frame.
#pragma once

#include <leveldb/cache.h>
#include <leveldb/db.h>

#include <peers/slice_cache.hpp>

#include <memory>

namespace bench {

struct leveldb_kind {
  static constexpr std::string_view name = "LevelDB";
  [[nodiscard]] static std::string version() {
    return std::to_string(leveldb::kMajorVersion) + "." + std::to_string(leveldb::kMinorVersion);
  }
  using key = words;
  using slice = leveldb::Slice;
  using pointer = std::unique_ptr<leveldb::Cache>;
  [[nodiscard]] static words key_of(words const& w) { return w; }
  [[nodiscard]] static pointer make(std::size_t frames) { return pointer(leveldb::NewLRUCache(frames)); }
  [[nodiscard]] static bool insert(leveldb::Cache& in, slice const& at, blob* value) {
    in.Release(in.Insert(at, value, 1, &free_blob<slice>));
    return true;
  }
};
using leveldb_cache = slice_cache<leveldb_kind>;

}  // namespace bench

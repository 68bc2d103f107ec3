// SPDX-License-Identifier: Apache-2.0
//
// RocksDB's two caches of blocks: LRU in shards, and HyperClockCache, which reads without a lock. Charged one for each frame, its
// own tables not charged, shards as it chooses for 64 ways.
#pragma once

#include <rocksdb/cache.h>
#include <rocksdb/version.h>

#include <peers/slice_cache.hpp>

#include <memory>

namespace bench {

struct rocksdb_kind {
  [[nodiscard]] static std::string version() { return rocksdb::GetRocksVersionAsString(); }
  using slice = rocksdb::Slice;
  using pointer = std::shared_ptr<rocksdb::Cache>;
  static constexpr int shard_bits = 6;
};

struct rocksdb_lru_kind : rocksdb_kind {
  static constexpr std::string_view name = "RocksDB LRUCache";
  using key = words;
  [[nodiscard]] static words key_of(words const& w) { return w; }
  [[nodiscard]] static pointer make(std::size_t frames) {
    rocksdb::LRUCacheOptions how(frames, shard_bits, false, 0.0);
    how.metadata_charge_policy = rocksdb::kDontChargeCacheMetadata;
    return rocksdb::NewLRUCache(how);
  }
  [[nodiscard]] static bool insert(rocksdb::Cache& in, slice const& at, blob* value) {
    return in.Insert(at, value, 1, &free_blob<slice>).ok();
  }
};
using rocksdb_lru = slice_cache<rocksdb_lru_kind>;

// Takes keys of sixteen bytes only: camera numbers are unique, so the tenant is left out. It keeps what is there when the same
// key is inserted again, so that a replacement erases first.
struct hyper_clock_kind : rocksdb_kind {
  static constexpr std::string_view name = "RocksDB HyperClockCache";
  struct key {
    std::uint64_t camera;
    std::uint64_t generation;
  };
  static_assert(sizeof(key) == 16);
  [[nodiscard]] static key key_of(words const& w) { return {w.camera, w.generation}; }
  [[nodiscard]] static pointer make(std::size_t frames) {
    return rocksdb::HyperClockCacheOptions(frames, 1, shards_for(frames), false, nullptr,
                                           rocksdb::kDontChargeCacheMetadata)
        .MakeSharedCache();
  }
  [[nodiscard]] static bool insert(rocksdb::Cache& in, slice const& at, blob* value) {
    in.Erase(at);
    return in.Insert(at, value, 1, &free_blob<slice>).ok();
  }

 private:
  // A shard of a few frames evicts at once what its neighbours had room for.
  [[nodiscard]] static int shards_for(std::size_t frames) { return frames < 4'096 ? 0 : shard_bits; }
};
using hyper_clock = slice_cache<hyper_clock_kind>;

}  // namespace bench

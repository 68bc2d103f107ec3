// SPDX-License-Identifier: Apache-2.0
//
// oneTBB's concurrent_lru_cache, a preview feature: it loads what it misses and has no put, so that it takes no work that
// replaces. Its capacity counts entries that nobody holds.
#pragma once

#define TBB_PREVIEW_CONCURRENT_LRU_CACHE 1
#include <oneapi/tbb/concurrent_lru_cache.h>
#include <oneapi/tbb/version.h>

#include <harness/adapter.hpp>
#include <harness/field.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace bench {

class onetbb_cache final {
 public:
  static constexpr std::string_view name = "oneTBB concurrent_lru_cache";
  static constexpr kind what = kind::peer;
  [[nodiscard]] static std::string version() { return TBB_runtime_version(); }
  [[nodiscard]] static bool takes(work const& w) {
    return any_but_open(w) && !replaces(w) && w.what != operation::tail_get_then_put;
  }
  using request = words;

  explicit onetbb_cache(setting const& how) : homes_(how.homes), cache_(load{how.blob}, room_for(how)) {}

  [[nodiscard]] request request_for(std::uint32_t camera) const { return words_of(homes_, camera); }
  [[nodiscard]] bool get(request const& r) {
    loaded = false;
    auto held = cache_[r];
    touch(held.value().view());
    return !loaded;
  }

 private:
  static inline constinit thread_local bool loaded = false;
  struct load {
    std::size_t size;
    counted_blob operator()(words) const {
      loaded = true;
      return counted_blob::copy_of(frame_bytes(size, 1));
    }
  };

  shape const homes_;
  tbb::concurrent_lru_cache<words, counted_blob, load> cache_;
};

}  // namespace bench

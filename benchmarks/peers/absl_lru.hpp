// SPDX-License-Identifier: Apache-2.0
//
// What everybody writes: a hash map, a list in order of use and a mutex, in so many ways by hash. Values are shared, because a
// reader may still send one when it has been evicted.
#pragma once

#include <absl/base/config.h>
#include <absl/container/flat_hash_map.h>
#include <absl/synchronization/mutex.h>

#include <harness/adapter.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <list>
#include <string>
#include <string_view>
#include <utility>

namespace bench {

[[nodiscard]] inline std::string absl_version() { return std::to_string(ABSL_LTS_RELEASE_VERSION); }

template <std::size_t Ways>
class absl_lru {
 public:
  static constexpr std::string_view name = Ways == 1 ? "absl map + list + mutex" : "absl map + list + mutex, 64 ways";
  static constexpr kind what = kind::peer;
  [[nodiscard]] static std::string version() { return absl_version(); }
  [[nodiscard]] static bool takes(work const& w) { return any_but_open(w); }
  using request = words;

  explicit absl_lru(setting const& how) : homes_(how.homes), most_(std::max<std::size_t>(room_for(how) / Ways, 1)) {}

  [[nodiscard]] request request_for(std::uint32_t camera, std::uint32_t reconnects = 0) const {
    return words_of(homes_, camera, reconnects);
  }

  [[nodiscard]] bool get(request const& r) {
    counted_blob held;
    {
      auto& here = way_of(r);
      absl::MutexLock const lock(&here.mutex);
      auto const found = here.index.find(r);
      if (found == here.index.end()) return false;
      here.order.splice(here.order.begin(), here.order, found->second);
      held = found->second->second;
    }
    touch(held.view());
    return true;
  }

  [[nodiscard]] bool put(request const& r, bytes frame) {
    auto fresh = counted_blob::copy_of(frame);
    entries gone;  // freed when the lock is
    auto& here = way_of(r);
    absl::MutexLock const lock(&here.mutex);
    auto const [at, made] = here.index.try_emplace(r);
    if (!made) {
      std::swap(at->second->second, fresh);
      here.order.splice(here.order.begin(), here.order, at->second);
      return true;
    }
    here.order.emplace_front(r, std::move(fresh));
    at->second = here.order.begin();
    if (here.order.size() > most_) {
      gone.splice(gone.begin(), here.order, std::prev(here.order.end()));
      here.index.erase(gone.front().first);
    }
    return true;
  }

 private:
  using entries = std::list<std::pair<words, counted_blob>>;
  struct alignas(64) way {
    absl::Mutex mutex;
    absl::flat_hash_map<words, entries::iterator> index;
    entries order;
  };

  // The high bits: the map takes the low ones.
  [[nodiscard]] way& way_of(request const& r) {
    if constexpr (Ways == 1) return ways_[0];
    return ways_[(absl::Hash<words>{}(r) >> 57) % Ways];
  }

  shape const homes_;
  std::size_t const most_;
  std::array<way, Ways> ways_;
};

}  // namespace bench

// SPDX-License-Identifier: Apache-2.0
//
// Less than a cache: a map that one thread uses without a lock and that never evicts. Drawn apart.
#pragma once

#include <absl/container/flat_hash_map.h>

#include <harness/adapter.hpp>
#include <peers/absl_lru.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>

namespace bench {

template <class Value>
class absl_map final {
 public:
  static constexpr bool counted = std::is_same_v<Value, counted_blob>;
  static constexpr std::string_view name = counted ? "absl map alone, shared_ptr" : "absl map alone, raw pointer";
  static constexpr kind what = kind::reference;
  static constexpr int most_threads = 1;
  [[nodiscard]] static std::string version() { return absl_version(); }
  [[nodiscard]] static bool takes(work const& w) { return any_but_open(w) && !w.bounded(); }
  using request = words;

  explicit absl_map(setting const& how) : homes_(how.homes) {}

  [[nodiscard]] request request_for(std::uint32_t camera) const { return words_of(homes_, camera); }
  [[nodiscard]] bool get(request const& r) const {
    auto const found = index_.find(r);
    if (found == index_.end()) return false;
    if constexpr (counted) {
      Value const held = found->second;
      touch(held.view());
    } else {
      touch(found->second->view());
    }
    return true;
  }
  [[nodiscard]] bool put(request const& r, bytes frame) {
    if constexpr (counted) {
      index_.insert_or_assign(r, counted_blob::copy_of(frame));
    } else {
      index_.insert_or_assign(r, blob::copy_of(frame));
    }
    return true;
  }

 private:
  shape const homes_;
  absl::flat_hash_map<words, Value> index_;
};

}  // namespace bench

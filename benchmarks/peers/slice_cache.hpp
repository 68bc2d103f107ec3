// SPDX-License-Identifier: Apache-2.0
//
// LevelDB's and RocksDB's caches are used alike: bytes as the key, a pointer as the value, a handle that is released. What
// differs is in Kind.
#pragma once

#include <harness/adapter.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace bench {

// Kind has: name, version(), key (a trivial type), key_of(words), slice, make(frames) and insert(cache, slice, blob*).
template <class Kind>
class slice_cache final {
 public:
  static constexpr std::string_view name = Kind::name;
  static constexpr kind what = kind::peer;
  [[nodiscard]] static std::string version() { return Kind::version(); }
  [[nodiscard]] static bool takes(work const& w) { return any_but_open(w); }
  using request = typename Kind::key;

  explicit slice_cache(setting const& how) : homes_(how.homes), cache_(Kind::make(room_for(how))) {}

  [[nodiscard]] request request_for(std::uint32_t camera, std::uint32_t reconnects = 0) const {
    return Kind::key_of(words_of(homes_, camera, reconnects));
  }
  [[nodiscard]] bool get(request const& r) {
    auto* const held = cache_->Lookup(slice_of(r));
    if (held == nullptr) return false;
    touch(static_cast<blob const*>(cache_->Value(held))->view());
    cache_->Release(held);
    return true;
  }
  [[nodiscard]] bool put(request const& r, bytes frame) {
    return Kind::insert(*cache_, slice_of(r), blob::copy_of(frame).release());
  }

 private:
  [[nodiscard]] static typename Kind::slice slice_of(request const& r) {
    return {reinterpret_cast<char const*>(&r), sizeof r};
  }

  shape const homes_;
  typename Kind::pointer const cache_;
};

template <class Slice>
void free_blob(Slice const&, void* value) {
  delete static_cast<blob*>(value);
}

}  // namespace bench

// SPDX-License-Identifier: Apache-2.0
//
// What simulations of the whole cache begin with: an authenticator that reads a credential of three characters (role, home,
// principal, such as "v17"; an l is a viewer that lists "front door" only), a registry, and a cache as small as one can be.
#pragma once

#include <framecache/framecache.hpp>

#include <model/relacy/simulation.hpp>

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

namespace fc = framecache;

namespace model {

struct doorman final : fc::authenticator {
  std::optional<fc::admission> authenticate(std::string_view credential) const override {
    auto const digit = [&](std::size_t i) { return static_cast<std::uint64_t>(credential[i] - '0'); };
    auto const as = [&] {
      switch (credential[0]) {
        case 'v':
        case 'l': return fc::role::viewer;
        case 'p': return fc::role::publisher;
        case 's': return fc::role::steward;
        default: return fc::role::admin;
      }
    };
    return fc::admission{
        .tenant = fc::tenant_id{digit(1)},
        .principal = fc::principal_id{digit(2)},
        .role = as(),
        .audiences = fc::audience_list::of<fc::anyone>(),
        .devices = credential[0] == 'l' ? fc::device_list::only({"front door"}) : fc::device_list::all(),
        .expires = fc::expiry::never()};
  }
};

template <class Cache = fc::frame_cache<>>
struct home final {
  static fc::config tiny() { return {.capacity = fc::byte_count{std::uint64_t{256 * 1024}}}; }

  explicit home(fc::config how = tiny()) : cache{homes, std::move(how)} {}

  doorman check;
  fc::registry homes{check};
  Cache cache;
};

// Commits one frame of two words, each of them `value`. `staged`: bytes that it has memory for.
template <class Stream>
fc::commit_status put(Stream const& stream, word value, fc::rendition which = fc::rendition::source(),
                      std::uint64_t staged = 2 * sizeof(word)) {
  auto draft = stream.stage(fc::byte_count{staged}, which);
  if (!draft) return draft.why();
  write_word(draft.bytes().data(), value);
  write_word(draft.bytes().data() + sizeof value, value);
  return std::move(draft).commit({.size = fc::byte_count{std::uint64_t{2 * sizeof(word)}}});
}

}  // namespace model

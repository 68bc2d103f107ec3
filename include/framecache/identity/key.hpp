// SPDX-License-Identifier: Apache-2.0
//
// The composite key and its one comparison (I1, I2).
//
// A key is four words, all mandatory: label (stands for registry, tenant and epoch at once), device, stream generation,
// rendition. They are 64-bit bit-fields: explicit instantiation of a template ignores access, but no pointer-to-member can be
// formed to a bit-field, so nobody outside rewrites a word. A key is a name and no power: no function takes one from a caller.
#pragma once

#include <framecache/identity/rendition.hpp>
#include <framecache/identity/strong_id.hpp>
#include <framecache/version.hpp>

#include <array>
#include <cstdint>

namespace framecache {
inline namespace v0 {
namespace core {

// A label is a plain word here: never used twice in the process, new at every epoch of a tenant, zero is nobody's. It never
// leaves the core as a value of a type that somebody could specialise.
class key final {
 public:
  key() = delete;
  constexpr key(std::uint64_t label, device_id d, stream_generation g, rendition r) noexcept
      : label_(label), device_(d.value()), generation_(g.value()), rendition_(r.word()) {}
  // From words() of a key.
  constexpr explicit key(std::array<std::uint64_t, 4> const& words) noexcept
      : label_(words[0]), device_(words[1]), generation_(words[2]), rendition_(words[3]) {}

  // The one function in the program that compares keys, of which the other's words may come one by one. A hash never stands for it.
  [[nodiscard, gnu::always_inline]] constexpr bool same_as(std::uint64_t label, std::uint64_t device,
                                                           std::uint64_t generation,
                                                           std::uint64_t rendition) const noexcept {
    return label_ == label && device_ == device && generation_ == generation && rendition_ == rendition;
  }
  [[nodiscard]] constexpr bool same_as(key const& other) const noexcept {
    return same_as(other.label_, other.device_, other.generation_, other.rendition_);
  }

  [[nodiscard]] constexpr std::uint64_t label_word() const noexcept { return label_; }
  [[nodiscard]] constexpr device_id device() const noexcept { return device_id{std::uint64_t{device_}}; }
  [[nodiscard]] constexpr stream_generation generation() const noexcept {
    return stream_generation{std::uint64_t{generation_}};
  }
  [[nodiscard]] constexpr std::uint64_t rendition_word() const noexcept { return rendition_; }

  [[nodiscard]] constexpr bool is_source() const noexcept { return rendition_ == rendition::source().word(); }

  // What is hashed: every word of the key.
  [[nodiscard]] constexpr std::array<std::uint64_t, 4> words() const noexcept {
    return {label_, device_, generation_, rendition_};
  }

 private:
  std::uint64_t label_ : 64;
  std::uint64_t device_ : 64;
  std::uint64_t generation_ : 64;
  std::uint64_t rendition_ : 64;
};

static_assert(sizeof(key) == 4 * sizeof(std::uint64_t));

}  // namespace core
}  // namespace v0
}  // namespace framecache

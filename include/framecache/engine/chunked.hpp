// SPDX-License-Identifier: Apache-2.0
//
// An array that grows without moving what is in it: chunk k holds 8 * 2^k elements. So growing never takes longer than making one
// chunk, whose pages the kernel brings when they are touched. Charged to a ledger before it is taken (I10), and credited at the end.
#pragma once

#include <framecache/base/fatal.hpp>
#include <framecache/memory/ledger.hpp>
#include <framecache/version.hpp>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <type_traits>

namespace framecache {
inline namespace v0 {
namespace engine {

template <class T>
class chunked final {
  static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>);

 public:
  explicit chunked(memory::ledger& account) noexcept : ledger_(account) {}
  chunked(chunked const&) = delete;
  chunked& operator=(chunked const&) = delete;
  ~chunked() {
    for (std::size_t k = 0; k != chunks_; ++k) std::free(at_[k]);
    ledger_.credit(bytes());
  }

  [[nodiscard]] std::size_t capacity() const noexcept { return first * ((std::size_t{1} << chunks_) - 1); }
  [[nodiscard]] std::uint64_t bytes() const noexcept { return capacity() * sizeof(T); }
  // Returns false, and changes nothing, when there is no memory for one more chunk.
  [[nodiscard]] bool grow() noexcept {
    if (chunks_ == most) return false;
    auto const size = (first << chunks_) * sizeof(T);
    if (!ledger_.try_charge(size)) return false;
    at_[chunks_] = static_cast<T*>(std::calloc(size, 1));  // all zero, and not touched yet where it is large
    if (at_[chunks_] == nullptr) {
      ledger_.credit(size);
      return false;
    }
    ++chunks_;
    return true;
  }

  // Requires: i < capacity().
  [[nodiscard]] T& operator[](std::size_t i) noexcept { return *address(i); }
  [[nodiscard]] T const& operator[](std::size_t i) const noexcept { return *address(i); }

 private:
  static constexpr std::size_t first = 8;
  static constexpr std::size_t most = 29;

  [[nodiscard]] T* address(std::size_t i) const noexcept {
    auto const k = static_cast<std::size_t>(std::bit_width(i / first + 1)) - 1;
    return at_[k] + (i - first * ((std::size_t{1} << k) - 1));
  }

  memory::ledger& ledger_;
  std::size_t chunks_ = 0;
  std::array<T*, most> at_{};
};

}  // namespace engine
}  // namespace v0
}  // namespace framecache

// SPDX-License-Identifier: Apache-2.0
//
// A small number for the calling thread that no other living thread has: where a thread's own line in a table lies. It is given
// back when the thread ends. It decides nothing about who may see what.
//
// A model checker replaces this header by include path.
#pragma once

#include <framecache/base/atomic.hpp>
#include <framecache/version.hpp>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace framecache {
inline namespace v0 {
namespace base {

inline constexpr std::size_t most_numbered_threads = 256;
// Of a thread that has none: there are more than that many, or it is about to end.
inline constexpr std::size_t no_thread_number = ~std::size_t{0};

namespace detail {

class thread_numbers final {
 public:
  [[nodiscard]] static std::size_t claim() noexcept {
    for (std::size_t i = 0; i != words; ++i) {
      auto taken = all()[i].load(std::memory_order_relaxed);
      while (taken != ~std::uint64_t{0}) {
        auto const bit = static_cast<unsigned>(std::countr_one(taken));
        // (15) acquire: pairs with release (16), so that the line's last owner is done with it
        if (all()[i].compare_exchange_weak(taken, taken | (std::uint64_t{1} << bit), std::memory_order_acquire)) {
          return i * 64 + bit;
        }
      }
    }
    return no_thread_number;
  }
  static void release(std::size_t number) noexcept {
    auto const bit = std::uint64_t{1} << (number % 64);
    all()[number / 64].fetch_and(~bit, std::memory_order_release);  // (16) release: pairs with acquire (15)
  }

 private:
  static constexpr std::size_t words = most_numbered_threads / 64;
  [[nodiscard]] static std::array<atomic<std::uint64_t>, words>& all() noexcept {
    static std::array<atomic<std::uint64_t>, words> taken{};
    return taken;
  }
};

// The number plus one; 0: not asked for yet. Trivial, so that reading it needs no guard.
inline constinit thread_local std::size_t number_of_this_thread = 0;

[[nodiscard]] inline std::size_t claim_thread_number() noexcept {
  struct owner final {
    owner() noexcept : number(thread_numbers::claim()) {}
    owner(owner const&) = delete;
    owner& operator=(owner const&) = delete;
    ~owner() {
      if (number != no_thread_number) thread_numbers::release(number);
      number_of_this_thread = no_thread_number;
    }
    std::size_t const number;
  };
  static thread_local owner const mine;
  number_of_this_thread = mine.number == no_thread_number ? no_thread_number : mine.number + 1;
  return mine.number;
}

}  // namespace detail

[[nodiscard]] inline std::size_t thread_number() noexcept {
  auto const known = detail::number_of_this_thread;
  if (known == 0) [[unlikely]]
    return detail::claim_thread_number();
  return known == no_thread_number ? no_thread_number : known - 1;
}

}  // namespace base
}  // namespace v0
}  // namespace framecache

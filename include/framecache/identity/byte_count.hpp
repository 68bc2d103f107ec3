// SPDX-License-Identifier: Apache-2.0
//
// Sizes. A byte_count takes unsigned numbers only and has no default, so that a size can be neither forgotten nor negative.
#pragma once

#include <framecache/version.hpp>

#include <compare>
#include <concepts>
#include <cstdint>
#include <limits>

namespace framecache {
inline namespace v0 {

class byte_count final {
 public:
  byte_count() = delete;

  template <std::unsigned_integral Unsigned>
    requires(!std::same_as<Unsigned, bool>)
  constexpr explicit byte_count(Unsigned bytes) noexcept : bytes_(bytes) {}

  [[nodiscard]] constexpr std::uint64_t value() const noexcept { return bytes_; }
  [[nodiscard]] friend constexpr bool operator==(byte_count, byte_count) noexcept = default;
  [[nodiscard]] friend constexpr std::strong_ordering operator<=>(byte_count, byte_count) noexcept = default;

 private:
  std::uint64_t bytes_;
};

namespace detail {

// Not constexpr: a constant expression that comes here does not compile, and its name says why.
inline void a_size_cannot_be_negative() noexcept {}
// Itself constexpr: clang 19 emits the consteval constructors that call it in builds without optimisation.
template <class Constant>
constexpr std::uint64_t positive(Constant count) noexcept {
  if (count < 0) a_size_cannot_be_negative();
  return static_cast<std::uint64_t>(count);
}

// A multiple that does not fit saturates: a bound of all memory there could be, never a small one by wrapping round.
constexpr byte_count scaled(std::uint64_t count, unsigned shift) noexcept {
  constexpr auto most = std::numeric_limits<std::uint64_t>::max();
  return byte_count{count > (most >> shift) ? most : count << shift};
}

}  // namespace detail

// fc::mebibytes{512} reads as what it is and converts to byte_count. A negative constant does not compile.
class kibibytes final {
 public:
  template <std::unsigned_integral Unsigned>
  constexpr explicit kibibytes(Unsigned count) noexcept : count_(count) {}
  template <std::signed_integral Constant>
  consteval explicit kibibytes(Constant count) noexcept : count_(detail::positive(count)) {}
  // NOLINTNEXTLINE(google-explicit-constructor): what the class is for
  [[nodiscard]] constexpr operator byte_count() const noexcept { return detail::scaled(count_, 10); }

 private:
  std::uint64_t count_;
};

class mebibytes final {
 public:
  template <std::unsigned_integral Unsigned>
  constexpr explicit mebibytes(Unsigned count) noexcept : count_(count) {}
  template <std::signed_integral Constant>
  consteval explicit mebibytes(Constant count) noexcept : count_(detail::positive(count)) {}
  // NOLINTNEXTLINE(google-explicit-constructor): what the class is for
  [[nodiscard]] constexpr operator byte_count() const noexcept { return detail::scaled(count_, 20); }

 private:
  std::uint64_t count_;
};

class gibibytes final {
 public:
  template <std::unsigned_integral Unsigned>
  constexpr explicit gibibytes(Unsigned count) noexcept : count_(count) {}
  template <std::signed_integral Constant>
  consteval explicit gibibytes(Constant count) noexcept : count_(detail::positive(count)) {}
  // NOLINTNEXTLINE(google-explicit-constructor): what the class is for
  [[nodiscard]] constexpr operator byte_count() const noexcept { return detail::scaled(count_, 30); }

 private:
  std::uint64_t count_;
};

}  // namespace v0
}  // namespace framecache

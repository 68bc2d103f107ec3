// SPDX-License-Identifier: Apache-2.0
//
// How old an answer may be. A word that every `latest` must be given: a still that nobody bounded is how stale ones get served.
#pragma once

#include <framecache/version.hpp>

#include <chrono>

namespace framecache {
inline namespace v0 {

class age_limit final {
 public:
  age_limit() = delete;

  [[nodiscard]] constexpr bool bounded() const noexcept { return bounded_; }
  // The oldest age that passes; meaningless unless bounded().
  [[nodiscard]] constexpr std::chrono::nanoseconds most() const noexcept { return most_; }
  [[nodiscard]] constexpr bool admits(std::chrono::nanoseconds age) const noexcept {
    return !bounded_ || (most_ >= std::chrono::nanoseconds::zero() && age <= most_);
  }

  [[nodiscard]] static constexpr age_limit none() noexcept {
    return age_limit{std::chrono::nanoseconds::zero(), false};
  }
  [[nodiscard]] static constexpr age_limit at_most(std::chrono::nanoseconds most) noexcept {
    return age_limit{most, true};
  }

 private:
  constexpr age_limit(std::chrono::nanoseconds most, bool bounded) noexcept : most_(most), bounded_(bounded) {}

  std::chrono::nanoseconds most_;
  bool bounded_;
};

// fc::no_older_than(2s). Age counts from commit on the steady clock. A bound that is negative or no number admits nothing; one too
// large for nanoseconds (292 years) is the largest there is, never wrapped round.
template <class Rep, class Period>
[[nodiscard]] constexpr age_limit no_older_than(std::chrono::duration<Rep, Period> most) noexcept {
  using std::chrono::nanoseconds;
  auto const seconds = std::chrono::duration<double>{most}.count();
  if (!(seconds >= 0)) return age_limit::at_most(nanoseconds{-1});
  if (seconds > 9.2e9) return age_limit::at_most(nanoseconds::max());
  return age_limit::at_most(std::chrono::floor<nanoseconds>(most));
}

// The current generation's newest frame, however old: for a caller that looks at age() itself.
inline constexpr age_limit any_age = age_limit::none();

}  // namespace v0
}  // namespace framecache

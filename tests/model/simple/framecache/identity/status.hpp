// SPDX-License-Identifier: Apache-2.0
//
// The typed reasons that the oracle gives, by the names that the product gives them: answers are compared as words of text, so
// that neither side's numbers matter.
#pragma once

#include <cstdint>
#include <string_view>

namespace simple_framecache {

enum class refusal : std::uint8_t { none, refused, suspended };
enum class lookup_status : std::uint8_t { hit, absent, superseded, too_old, suspended, refused };
enum class commit_status : std::uint8_t {
  committed,
  superseded,
  suspended,
  refused,
  no_room,
  too_long,
  empty,
  spent,
  retired
};
enum class name_status : std::uint8_t { ok, refused, suspended, no_room };
enum class begin_status : std::uint8_t { ok, refused, suspended, unknown, no_room };
enum class order_status : std::uint8_t { done, refused, unknown };

[[nodiscard]] constexpr std::string_view to_string(lookup_status s) noexcept {
  constexpr std::string_view names[] = {"hit", "absent", "superseded", "too_old", "suspended", "refused"};
  return names[static_cast<std::uint8_t>(s)];
}
[[nodiscard]] constexpr std::string_view to_string(commit_status s) noexcept {
  constexpr std::string_view names[] = {"committed", "superseded", "suspended", "refused", "no_room",
                                        "too_long",  "empty",      "spent",     "retired"};
  return names[static_cast<std::uint8_t>(s)];
}
[[nodiscard]] constexpr std::string_view to_string(name_status s) noexcept {
  constexpr std::string_view names[] = {"ok", "refused", "suspended", "no_room"};
  return names[static_cast<std::uint8_t>(s)];
}
[[nodiscard]] constexpr std::string_view to_string(begin_status s) noexcept {
  constexpr std::string_view names[] = {"ok", "refused", "suspended", "unknown", "no_room"};
  return names[static_cast<std::uint8_t>(s)];
}
[[nodiscard]] constexpr std::string_view to_string(order_status s) noexcept {
  constexpr std::string_view names[] = {"done", "refused", "unknown"};
  return names[static_cast<std::uint8_t>(s)];
}

}  // namespace simple_framecache

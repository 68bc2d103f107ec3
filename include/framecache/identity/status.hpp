// SPDX-License-Identifier: Apache-2.0
//
// The typed reasons. Everything fails closed (I12): no frame and one of these, never another frame.
#pragma once

#include <framecache/version.hpp>

#include <cstdint>
#include <string_view>

namespace framecache {
inline namespace v0 {

// Why a viewer, publisher, steward or admin is false.
enum class refusal : std::uint8_t {
  none,
  refused,    // credential not accepted, wrong role or audience, expired, revoked
  suspended,  // accepted, but switched off for now
  no_room,    // accepted, but the cache cannot hold one more tenant
};

// What a lookup found. `suspended` and `refused` speak of the viewer itself; a device that is foreign, unlisted or unknown is
// `absent`, like any that does not exist. The last three are answers of get_or_load and try_get_or_load only.
enum class lookup_status : std::uint8_t {
  hit,
  absent,
  superseded,
  too_old,
  suspended,
  refused,
  loading,    // somebody is loading it; this call was not to wait
  timed_out,  // nobody had loaded it by the caller's deadline
  failed,     // the caller's own loader gave up, or the tenant has no room to load with
};

// What became of a frame. Everything but `committed` left the cache as it was.
enum class commit_status : std::uint8_t {
  committed,
  superseded,  // a newer stream of this device has begun (I6)
  suspended,
  refused,       // the publisher has expired or was revoked, or never was one
  no_room,       // the bound is reached and nothing could be evicted
  too_long,      // more bytes than were staged (I3)
  empty,         // no byte was recorded; write draft.advance(n) or commit({.size = n})
  spent,         // this draft was committed or moved from before
  retired,       // the device was retired
  unscrubbable,  // adopt() under scrub<on_release>: foreign memory cannot be wiped
  cancelled,     // a ticket's load is over: its time was up, or the frame was published or erased meanwhile
};

// Why publisher.device(name) gave no id.
enum class name_status : std::uint8_t {
  ok,
  refused,
  suspended,
  unlisted,  // the credential lists devices and this is none of them
  empty,     // a name has at least one byte
  too_long,  // and at most 256
  full,      // the tenant has as many names as the registry allows
  no_room,   // the cache's capacity does not allow one more
};

// Why publisher.begin(device) gave no stream.
enum class begin_status : std::uint8_t {
  ok,
  refused,
  suspended,
  unlisted,
  unknown,   // no device of this tenant: never interned, or retired
  conflict,  // another principal is streaming as this device; reported to the tripwire
  no_room,
};

// What became of an order of a steward or an admin.
enum class order_status : std::uint8_t {
  done,
  refused,  // the role does not reach so far, or has expired or been revoked
  unknown,  // there is no such tenant, device or principal
  no_room,  // the registry remembers as many revoked principals of this tenant as it may; revoke the tenant
};

[[nodiscard]] constexpr std::string_view to_string(refusal r) noexcept {
  constexpr std::string_view names[] = {"none", "refused", "suspended", "no_room"};
  return names[static_cast<std::uint8_t>(r)];
}
[[nodiscard]] constexpr std::string_view to_string(lookup_status s) noexcept {
  constexpr std::string_view names[] = {"hit",     "absent",  "superseded", "too_old", "suspended",
                                        "refused", "loading", "timed_out",  "failed"};
  return names[static_cast<std::uint8_t>(s)];
}
[[nodiscard]] constexpr std::string_view to_string(commit_status s) noexcept {
  constexpr std::string_view names[] = {"committed", "superseded", "suspended", "refused",      "no_room",  "too_long",
                                        "empty",     "spent",      "retired",   "unscrubbable", "cancelled"};
  return names[static_cast<std::uint8_t>(s)];
}
[[nodiscard]] constexpr std::string_view to_string(name_status s) noexcept {
  constexpr std::string_view names[] = {"ok",    "refused",  "suspended", "unlisted",
                                        "empty", "too_long", "full",      "no_room"};
  return names[static_cast<std::uint8_t>(s)];
}
[[nodiscard]] constexpr std::string_view to_string(begin_status s) noexcept {
  constexpr std::string_view names[] = {"ok", "refused", "suspended", "unlisted", "unknown", "conflict", "no_room"};
  return names[static_cast<std::uint8_t>(s)];
}
[[nodiscard]] constexpr std::string_view to_string(order_status s) noexcept {
  constexpr std::string_view names[] = {"done", "refused", "unknown", "no_room"};
  return names[static_cast<std::uint8_t>(s)];
}

}  // namespace v0
}  // namespace framecache

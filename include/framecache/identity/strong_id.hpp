// SPDX-License-Identifier: Apache-2.0
//
// The names of things as 64-bit numbers that cannot be mixed up: tenant, principal, device, stream generation, frame sequence.
//
// Each is its own type, made explicitly from exactly std::uint64_t and from nothing else: no default (I2), no conversion in
// either direction, no arithmetic. An id is a name and no power: knowing one opens nothing.
//
// Not one template with tags: a template can be specialised by whoever declares it first, and a tenant_id whose value() lies
// would reach the core. So the classes are written out, by a macro that is gone at the end of this header.
#pragma once

#include <framecache/version.hpp>

#include <compare>
#include <cstdint>

namespace framecache {
inline namespace v0 {

// The constructor takes exactly std::uint64_t: an int, a wider or narrower word, or another id does not compile. value() is for
// logs and for storing; it is not part of any lookup.
#define FRAMECACHE_DETAIL_ID(name)                                                                           \
  class name final {                                                                                         \
   public:                                                                                                   \
    name() = delete;                                                                                         \
    constexpr explicit name(std::uint64_t value) noexcept : value_(value) {}                                 \
    template <class Other>                                                                                   \
    explicit name(Other) = delete;                                                                           \
    [[nodiscard]] constexpr std::uint64_t value() const noexcept { return value_; }                          \
    [[nodiscard]] friend constexpr bool operator==(name a, name b) noexcept { return a.value_ == b.value_; } \
    FRAMECACHE_DETAIL_ORDER(name)                                                                            \
   private:                                                                                                  \
    std::uint64_t value_ : 64;                                                                               \
  }

#define FRAMECACHE_DETAIL_ORDER(name)

// Whose frames no other tenant may see: a home, an account. Zero is refused at admission: it is what an unset column reads as.
FRAMECACHE_DETAIL_ID(tenant_id);

// Who acts for a tenant: the owner's phone, a guest, a partner's hub.
FRAMECACHE_DETAIL_ID(principal_id);

// A camera of a tenant. Made by interning its name; unique in the process, never used again for another camera.
FRAMECACHE_DETAIL_ID(device_id);

// Only what is counted in time has an order.
#undef FRAMECACHE_DETAIL_ORDER
#define FRAMECACHE_DETAIL_ORDER(name)                                                        \
  [[nodiscard]] friend constexpr std::strong_ordering operator<=>(name a, name b) noexcept { \
    return std::uint64_t{a.value_} <=> std::uint64_t{b.value_};                              \
  }

// A fencing token: each time a device begins to stream it gets the next, and all older ones are dead (I6).
FRAMECACHE_DETAIL_ID(stream_generation);

// The number of a committed frame: strictly increasing per device, across its generations.
FRAMECACHE_DETAIL_ID(frame_sequence);

#undef FRAMECACHE_DETAIL_ORDER
#undef FRAMECACHE_DETAIL_ID

static_assert(sizeof(device_id) == sizeof(std::uint64_t));

}  // namespace v0
}  // namespace framecache

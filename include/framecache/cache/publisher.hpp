// SPDX-License-Identifier: Apache-2.0
//
// The role that writes. It can name its own tenant's devices and begin streams; it cannot read a frame.
#pragma once

#include <framecache/engine/store.hpp>
#include <framecache/identity/status.hpp>
#include <framecache/identity/strong_id.hpp>
#include <framecache/policy/tags.hpp>
#include <framecache/stream/stream.hpp>
#include <framecache/version.hpp>

#include <memory>
#include <new>
#include <optional>
#include <string_view>

namespace framecache {
inline namespace v0 {

// What publisher.device(name) answers: a device, or why there is none.
class [[nodiscard]] interned final {
 public:
  constexpr interned(name_status why, std::optional<device_id> device) noexcept : device_(device), why_(why) {}

  [[nodiscard]] constexpr explicit operator bool() const noexcept { return device_.has_value(); }
  [[nodiscard]] constexpr name_status why() const noexcept { return why_; }
  // Zero when there is none: no device has that number.
  [[nodiscard]] constexpr device_id operator*() const noexcept {
    return device_ ? *device_ : device_id{std::uint64_t{0}};
  }

 private:
  std::optional<device_id> device_;
  name_status why_;
};

// Immovable; made by cache.publisher(credential). May be used from several threads at once. Must not outlive the cache.
class [[nodiscard]] publisher final {
 public:
  // Only a frame_cache has a store to give.
  publisher(engine::store& in, std::string_view credential)
      : store_(in), scope_(enter(in, credential)), why_(in.admit(scope_)) {}
  publisher(publisher const&) = delete;
  publisher(publisher&&) = delete;
  publisher& operator=(publisher const&) = delete;
  publisher& operator=(publisher&&) = delete;
  ~publisher() { delete std::addressof(scope_); }

  [[nodiscard]] explicit operator bool() const noexcept { return why() == refusal::none; }
  [[nodiscard]] refusal why() const noexcept {
    return why_ != refusal::none && why_ != refusal::suspended ? why_ : scope_.check(capability::publish);
  }

  // Returns the device of that name, making it if it is new: any bytes, 1 to 256 of them. Two names are two devices, always (I2).
  // Errors: see name_status. Locks: the tenant's names; may evict for the room a name takes.
  [[nodiscard]] interned device(std::string_view name) const noexcept {
    if (why_ == refusal::no_room) return interned{name_status::no_room, std::nullopt};
    auto const answer = store_.intern(scope_, name);
    return interned{answer.status, answer.device};
  }

  // Returns a stream under the device's next generation; everything older is fenced off when this returns.
  // Errors: stream.why(). Locks: the tenant's lane. Calls user code: the tripwire, when another principal is streaming already.
  [[nodiscard]] stream begin(interned const& named) const noexcept {
    if (named) return begin(*named);
    return stream{named.why() == name_status::suspended  ? begin_status::suspended
                  : named.why() == name_status::unlisted ? begin_status::unlisted
                  : named.why() == name_status::refused  ? begin_status::refused
                  : named.why() == name_status::no_room  ? begin_status::no_room
                                                         : begin_status::unknown};
  }
  [[nodiscard]] stream begin(device_id device) const noexcept {
    if (why_ == refusal::no_room) return stream{begin_status::no_room};
    auto const answer = store_.begin(scope_, device);
    if (answer.status != begin_status::ok) return stream{answer.status};
    std::unique_ptr<engine::seat> seat(::new (std::nothrow) engine::seat(scope_, store_, device, answer.generation));
    if (!seat) {
      store_.end(scope_, device, answer.generation);
      return stream{begin_status::no_room};
    }
    return stream{std::move(seat), answer.ahead};
  }
  template <class... Words>
  stream begin(Words const&...) const noexcept {
    static_assert(
        detail::never<Words...>,
        "framecache[P28]: begin() takes what device(name) gave; write camera.begin(camera.device(\"front door\"))");
    return stream{begin_status::refused};
  }

 private:
  static core::scope& enter(engine::store& in, std::string_view credential) {
    in.make_headroom();
    return *new core::scope(in.registry(), credential, role::publisher, anyone::audience, in.account());
  }

  engine::store& store_;
  core::scope& scope_;
  refusal const why_;
};

}  // namespace v0
}  // namespace framecache

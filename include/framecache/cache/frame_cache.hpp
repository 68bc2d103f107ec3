// SPDX-License-Identifier: Apache-2.0
//
// The cache as a relay sees it: a closed set of policies, one registry, and the roles that credentials open on it.
//
// What is not offered, and why: no find, no get, no key on the cache itself (whose frame would it be?); no iteration, no dump and
// no clear for viewers and publishers; no way to hand a tenant to any function that yields a frame.
#pragma once

#include <framecache/base/fatal.hpp>
#include <framecache/cache/admin.hpp>
#include <framecache/cache/handle.hpp>
#include <framecache/cache/plain.hpp>
#include <framecache/cache/publisher.hpp>
#include <framecache/cache/steward.hpp>
#include <framecache/cache/viewer.hpp>
#include <framecache/engine/store.hpp>
#include <framecache/policy/resolve.hpp>
#include <framecache/version.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string_view>
#include <type_traits>
#include <utility>

namespace framecache {
inline namespace v0 {

// Puts an immovable prvalue where a constructor is wanted: slot.emplace(fc::elide{[&] { return cache.viewer(token); }}).
template <class Make>
struct elide final {
  Make make;
  // NOLINTNEXTLINE(google-explicit-constructor): what the class is for
  operator std::invoke_result_t<Make&>() && { return make(); }
};
template <class Make>
elide(Make) -> elide<Make>;

// The audience of one closure: as its viewer's audience at run time, a type of its own at compile time.
template <class Closure, class Audience>
struct branded final {
  static constexpr std::string_view audience = Audience::audience;
};

namespace detail {

template <class Hash>
[[nodiscard]] constexpr engine::hash_function hash_of() noexcept {
  if constexpr (std::is_same_v<Hash, xxh3>) {
    return &engine::hash_with_xxh3;
  } else {
    return &Hash::hash;
  }
}

}  // namespace detail

// Policies: any of evict<>, isolate<>, hold<>, scrub<>, sealed<>, stale<>, audiences<>, threads<>, hash<>, in any order, all
// optional; see policy/tags.hpp for the choices and defaults. Unknown, repeated and unbuilt ones do not compile.
//
// Thread-safe, and so is everything it makes, unless threads<one> is chosen. Immovable. Must outlive every viewer, publisher,
// steward, admin, stream, draft, watch and handle; its registry must outlive it. A thread that waits in it must not be cancelled
// (pthread_cancel): that stops the process.
template <class... Policies>
class frame_cache final {
  using policies = policy::resolve<Policies...>;
  using audience_set = typename policies::audience_set;

 public:
  template <class Audience = anyone>
  using viewer_type = viewer<Audience>;
  template <class Audience = anyone>
  using handle_type = handle<Audience>;
  using admin_type = framecache::admin<audience_set>;
  using publisher_type = framecache::publisher;
  using steward_type = framecache::steward;

  // Errors: throws std::invalid_argument when the configuration cannot work, saying what to write instead.
  frame_cache(core::registry& who, config how)
      : store_(*new engine::store(who, std::move(how), policies::values(),
                                  detail::hash_of<typename policies::hash_function>())) {}
  frame_cache(core::registry&&, config) = delete;  // a temporary registry would be gone at the first credential
  frame_cache(frame_cache const&) = delete;
  frame_cache& operator=(frame_cache const&) = delete;

  // With handles or drafts still out, a debug build stops and says how many; a release build leaves the memory in place rather
  // than free it under a reader. Call close() first.
  ~frame_cache() {
#if !defined(NDEBUG)
    if (auto const out = store_.close(std::chrono::steady_clock::time_point{}); out != 0) {
      char message[128];
      std::snprintf(message, sizeof message,
                    "a cache was destroyed with %llu handles or drafts still out; call close() first",
                    static_cast<unsigned long long>(out));
      base::fatal(message);
    }
#endif
    delete std::addressof(store_);
  }

  // The roles. Each asks the authenticator once, without a lock; each is false, and does nothing, when it was refused.
  template <class Audience = anyone>
  [[nodiscard]] viewer<Audience> viewer(std::string_view credential) const {
    require_listed<Audience>();
    return framecache::viewer<Audience>(store_, credential);
  }
  [[nodiscard]] publisher_type publisher(std::string_view credential) const {
    return publisher_type(store_, credential);
  }
  [[nodiscard]] steward_type steward(std::string_view credential) const { return steward_type(store_, credential); }
  [[nodiscard]] admin_type admin(std::string_view credential) const { return admin_type(store_, credential); }

  // One request: calls `closure(guest)` with a viewer whose handles are of a type that no other closure has. Returns what the
  // closure returns, which must be a plain value. A refused guest is passed too: it is false and finds nothing.
  template <class Audience = anyone, class Closure>
  decltype(auto) with_viewer(std::string_view credential, Closure&& closure) const {
    require_listed<Audience>();
    using brand = branded<std::remove_cvref_t<Closure>, Audience>;
    using result = std::invoke_result_t<Closure&, framecache::viewer<brand>&>;
    static_assert(
        detail::plain<result>::value,
        "framecache[P27]: only plain values leave with_viewer: numbers, enums, ids, times, strings, and vectors and "
        "optionals of them; copy what you need out of the frame inside the closure");
    framecache::viewer<brand> guest(store_, credential);
    return std::forward<Closure>(closure)(guest);
  }

  // Locks: each tenant's lane in turn.
  [[nodiscard]] cache_stats stats() const noexcept { return store_.stats(); }
  // Walks everything and says the first invariant that does not hold. Slow; for tests and doubts.
  [[nodiscard]] audit_report audit() const noexcept { return store_.audit(); }
  // Waits until every handle and draft is back, or the deadline. Returns how many are still out.
  [[nodiscard]] std::uint64_t close(std::chrono::steady_clock::time_point deadline) const noexcept {
    return store_.close(deadline);
  }

  // Lookups that go to the cache itself.
  template <class... Words>
  void find(Words&&...) const {
    static_assert(detail::never<Words...>,
                  "framecache[P24]: a cache has no lookups, because a lookup needs to know who asks; write "
                  "cache.viewer(credential).find(...)");
  }
  template <class... Words>
  void get(Words&&...) const {
    static_assert(detail::never<Words...>,
                  "framecache[P24]: a cache has no lookups, because a lookup needs to know who asks; write "
                  "cache.viewer(credential).find(...)");
  }
  template <class... Words>
  void latest(Words&&...) const {
    static_assert(detail::never<Words...>,
                  "framecache[P24]: a cache has no lookups, because a lookup needs to know who asks; write "
                  "cache.viewer(credential).latest(...)");
  }

 private:
  template <class Audience>
  static constexpr void require_listed() noexcept {
    static_assert(audience_set::template lists<Audience>,
                  "framecache[P25]: this cache's policy does not list that audience; write fc::audiences<fc::anyone, "
                  "your_audience>");
  }

  engine::store& store_;
};

}  // namespace v0
}  // namespace framecache

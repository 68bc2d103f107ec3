// SPDX-License-Identifier: Apache-2.0
//
// What a contestant is: a class with these members. A request is what a user has in hand when he asks: for a peer the words of
// the key, for framecache the viewer that was opened, the camera and its generation.
#pragma once

#include <harness/blob.hpp>
#include <harness/work.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace bench {

enum class kind : std::uint8_t {
  ours,
  peer,  // a cache with eviction that a relay could link; Debian packages it, or it is a page of code around one that is
  reference,  // less than a cache: one thread only, or nothing is ever evicted
  floor,      // what the machine allows
  server,     // another process
};

// What a contestant is made for.
struct setting {
  shape homes;
  std::uint32_t holds;  // frames that fit, when bounded
  bool bounded;
  std::size_t blob;
  std::uint64_t capacity = 0;  // bytes, for who is bounded by them; 0: whatever `holds` frames seem to need
};

[[nodiscard]] inline setting setting_of(work const& what) {
  return {what.homes, what.bounded() ? what.holds : what.homes.keys(), what.bounded(), what.blob};
}
// Frames to make room for. A table in shards is uneven: where nothing is to be evicted, twice what comes.
[[nodiscard]] inline std::size_t room_for(setting const& how) {
  return how.bounded ? how.holds : std::size_t{2} * how.holds;
}

template <class A>
concept adapter =
    std::constructible_from<A, setting const&> && requires(A& a, typename A::request const& r, std::uint32_t camera) {
      { A::name } -> std::convertible_to<std::string_view>;
      { A::what } -> std::convertible_to<kind>;
      { A::version() } -> std::convertible_to<std::string>;
      { A::takes(std::declval<work const&>()) } -> std::same_as<bool>;
      { a.request_for(camera) } -> std::same_as<typename A::request>;
      { a.get(r) } -> std::same_as<bool>;  // touches the bytes, and holds nothing afterwards
    };

// Replaces what is there. One without it loads by itself what a get misses.
template <class A>
concept storing = adapter<A> && requires(A& a, typename A::request const& r, bytes b) {
  { a.put(r, b) } -> std::same_as<bool>;
};

// Has a batch of its own. Requests of one batch are of one tenant. Returns how many were hits.
template <class A>
concept batching = adapter<A> && requires(A& a, std::span<typename A::request const, batch_size> some) {
  { a.get_many(some) } -> std::same_as<std::size_t>;
};

template <class A>
concept opening = adapter<A> && requires(A& a, std::uint32_t tenant) {
  { a.open(tenant) } -> std::same_as<bool>;
};

template <class A>
[[nodiscard]] constexpr int most_threads() {
  if constexpr (requires { A::most_threads; }) return A::most_threads;
  return 1'024;
}

// Is bounded by bytes in all, and says how many frames that comes to.
template <class A>
concept bounded_by_bytes = adapter<A> && requires(A const& a) {
  { a.held() } -> std::same_as<std::uint64_t>;
  { a.capacity() } -> std::same_as<std::uint64_t>;
  { a.bytes_of_a_frame() } -> std::same_as<std::uint64_t>;
};

// Takes every work but opening a viewer, which only a cache with viewers can do.
[[nodiscard]] inline bool any_but_open(work const& what) { return what.what != operation::open; }
// The works that replace what is there: not for who has no put.
[[nodiscard]] inline bool replaces(work const& what) {
  return what.what == operation::half || what.what == operation::put || what.what == operation::tail_put;
}
// The works that look only and evict nothing.
[[nodiscard]] inline bool looks_only(work const& what) {
  return what.what == operation::get || what.what == operation::batch || what.what == operation::tail;
}

}  // namespace bench

// SPDX-License-Identifier: Apache-2.0
//
// From tags to settings, refusing what is unknown, repeated, contradictory or not built yet with
// `framecache[Pnn]: what is wrong; write ...`. Every refusal is a static_assert in a class of its own, so that the message is
// the first line of the compiler's answer. The README lists the messages; a test compares that list with this file.
#pragma once

#include <framecache/identity/audience.hpp>
#include <framecache/policy/hash_function.hpp>
#include <framecache/policy/settings.hpp>
#include <framecache/policy/tags.hpp>
#include <framecache/version.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace framecache {
inline namespace v0 {
namespace policy {

template <class A, class... Places>
consteval std::size_t times_listed() {
  return (std::size_t{0} + ... + std::size_t{std::is_same_v<A, Places>});
}

template <class... Places>
consteval bool names_differ() {
  constexpr std::size_t count = sizeof...(Places);
  constexpr std::string_view names[] = {Places::audience...};
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t j = i + 1; j < count; ++j) {
      if (names[i] == names[j]) return false;
    }
  }
  return true;
}

template <class T, class... Choices>
inline constexpr bool one_of = (std::is_same_v<T, Choices> || ...);

// Which slot a tag fills.
enum class slot : std::uint8_t { none, evict, isolate, hold, scrub, sealed, stale, audiences, threads, hash };

// A choice, seen through its tag: `known` and `built` are asserted by `checked` below.
template <class Tag>
struct traits {
  static constexpr slot fills = slot::none;
};
template <class X>
struct traits<evict<X>> {
  static constexpr slot fills = slot::evict;
  static_assert(one_of<X, lru, sieve, s3fifo>,
                "framecache[P03]: evict<> names no eviction order; write evict<fc::lru>, evict<fc::sieve> or "
                "evict<fc::s3fifo>");
};
template <class X>
struct traits<isolate<X>> {
  static constexpr slot fills = slot::isolate;
  static_assert(one_of<X, fair, strict, shared>, "framecache[P04]: isolate<> names no isolation; write "
                                                 "isolate<fc::fair>, isolate<fc::strict> or isolate<fc::shared>");
};
template <class X>
struct traits<hold<X>> {
  static constexpr slot fills = slot::hold;
  static_assert(one_of<X, still, gop>, "framecache[P05]: hold<> names no unit; write hold<fc::still>");
  static_assert(!one_of<X, gop>, "framecache[P15]: hold<gop> is not built yet; write hold<fc::still>");
};
template <class X>
struct traits<scrub<X>> {
  static constexpr slot fills = slot::scrub;
  static_assert(one_of<X, on_transfer, on_release>,
                "framecache[P06]: scrub<> names no moment; write scrub<fc::on_transfer> or scrub<fc::on_release>");
};
template <class X>
struct traits<sealed<X>> {
  static constexpr slot fills = slot::sealed;
  static_assert(one_of<X, off, aead>, "framecache[P07]: sealed<> names no seal; write sealed<fc::off>");
  static_assert(!one_of<X, aead>, "framecache[P16]: sealed<aead> is not built yet; write sealed<fc::off>");
};
template <class X>
struct traits<stale<X>> {
  static constexpr slot fills = slot::stale;
  static_assert(one_of<X, refuse, mark>,
                "framecache[P08]: stale<> names no answer; write stale<fc::refuse> or stale<fc::mark>");
};
template <class X>
struct traits<threads<X>> {
  static constexpr slot fills = slot::threads;
  static_assert(one_of<X, many, one>,
                "framecache[P09]: threads<> takes a word, not a number; write threads<fc::many> or threads<fc::one>");
};
template <class X>
struct traits<hash<X>> {
  static constexpr slot fills = slot::hash;
  static_assert(std::is_same_v<X, xxh3> || hash_function<X>,
                "framecache[P10]: hash<> needs a type that hashes a key; write struct h { static std::uint64_t "
                "hash(fc::hash_words const&, fc::hash_secret const&) noexcept; };");
};
template <class... As>
struct traits<audiences<As...>> {
  static constexpr slot fills = slot::audiences;
  static_assert(
      sizeof...(As) != 0,
      "framecache[P11]: audiences<> lists nobody, so no frame could go anywhere; write audiences<fc::anyone>");
  static_assert((named_audience<As> && ...), "framecache[P12]: an audience has no name; write struct nest_hub { static "
                                             "constexpr std::string_view audience = \"nest_hub\"; };");
  static_assert(((times_listed<As, As...>() == 1) && ...),
                "framecache[P13]: an audience is listed twice; write each audience once");
};

template <slot Slot, class... Tags>
inline constexpr std::size_t times_filled = (std::size_t{0} + ... + std::size_t{traits<Tags>::fills == Slot});

template <slot Slot, class Default, class... Tags>
struct pick {
  using type = Default;
};
template <slot Slot, class Default, class First, class... Rest>
struct pick<Slot, Default, First, Rest...> {
  using type = typename std::conditional_t<traits<First>::fills == Slot, std::type_identity<First>,
                                           pick<Slot, Default, Rest...>>::type;
};

template <class Tag>
struct choice;
template <template <class> class Tag, class X>
struct choice<Tag<X>> {
  using type = X;
};

template <slot Slot, class Default, class... Tags>
using chosen = typename choice<typename pick<Slot, Default, Tags...>::type>::type;

template <class List>
struct closed_set;
template <class... As>
struct closed_set<audiences<As...>> {
  static_assert(names_differ<As...>(),
                "framecache[P17]: two audiences have the same name, so one switch would turn both; give each its own");
  template <class A>
  static constexpr bool lists = times_listed<A, As...>() == 1;
};

// What a frame_cache<Tags...> is. Instantiating it is the validation.
template <class... Tags>
struct resolve final {
  static_assert(((traits<Tags>::fills != slot::none) && ...),
                "framecache[P01]: frame_cache<> was given something that is no policy; write tags such as "
                "fc::evict<fc::lru>, fc::isolate<fc::fair>, fc::audiences<fc::anyone>");
  static_assert(((traits<Tags>::fills == slot::none || times_filled<traits<Tags>::fills, Tags...> == 1) && ...),
                "framecache[P02]: a policy is given twice, and the second could contradict the first; write each once");

  using hash_function = chosen<slot::hash, hash<xxh3>, Tags...>;
  using audience_set = closed_set<typename pick<slot::audiences, audiences<anyone>, Tags...>::type>;

  static consteval settings values() {
    using sharing = chosen<slot::isolate, isolate<fair>, Tags...>;
    using order = chosen<slot::evict, evict<lru>, Tags...>;
    return settings{
        .evict = std::is_same_v<order, sieve>    ? eviction::sieve
                 : std::is_same_v<order, s3fifo> ? eviction::s3fifo
                                                 : eviction::lru,
        .isolate = std::is_same_v<sharing, strict>   ? isolation::strict
                   : std::is_same_v<sharing, shared> ? isolation::shared
                                                     : isolation::fair,
        .scrub_on_release = std::is_same_v<chosen<slot::scrub, scrub<on_transfer>, Tags...>, on_release>,
        .mark_stale = std::is_same_v<chosen<slot::stale, stale<refuse>, Tags...>, mark>,
        .one_thread = std::is_same_v<chosen<slot::threads, threads<many>, Tags...>, one>,
    };
  }
};

}  // namespace policy
}  // namespace v0
}  // namespace framecache

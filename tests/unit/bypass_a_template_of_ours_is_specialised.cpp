// SPDX-License-Identifier: Apache-2.0
//
// P3, tried at run time: a user specialises viewer, handle and members of theirs for an audience of its own, and gets
// what the library hands them: a store, a pin, a scope of its own credential. What stops it is that every function of
// the engine asks for a scope, that only a credential makes one, and the check at read.
#include <doctest/doctest.h>

#include "support/homes.hpp"

#include <memory>
#include <utility>

namespace {
struct intruder {
  static constexpr std::string_view audience = "intruder";
};
struct collector {
  static constexpr std::string_view audience = "collector";
};
struct meddler {
  static constexpr std::string_view audience = "meddler";
};
struct unlisted {
  static constexpr std::string_view audience = "unlisted";
};
using audiences = fc::audiences<fc::anyone, intruder, collector, meddler>;
using specialised_cache = fc::frame_cache<audiences>;
}  // namespace

// A whole viewer of the user's: it keeps the store that it is handed.
template <>
class fc::viewer<intruder> final {
 public:
  viewer(fc::engine::store& in, std::string_view) : loot(in) {}
  fc::engine::store& loot;
};

// A whole handle of the user's: it shows the pin that it is handed.
template <>
class fc::handle<collector> final {
 public:
  template <class Find>
  explicit handle(Find const& find) noexcept : loot(find(why)) {}
  [[nodiscard]] fc::engine::pin const& held() const noexcept { return loot; }
  fc::lookup_status why{};
  fc::engine::pin loot;
};

// A member of a viewer of ours: it is handed a handle and reads it as it likes.
namespace {
fc::engine::pin const* smuggled = nullptr;
}
template <>
inline fc::frame_view fc::viewer<meddler>::read(fc::handle<meddler> const& of) const noexcept {
  return fc::frame_view{scope_, smuggled != nullptr ? *smuggled : of.held()};
}

// A member template of the cache of ours: it opens viewers with a credential of its own choice.
template <>
template <>
inline fc::viewer<meddler> specialised_cache::viewer<meddler>(std::string_view credential) const {
  return fc::viewer<meddler>(store_, credential.empty() ? std::string_view{"let me in"} : credential);
}

// Predicates of ours, made to say yes.
template <>
inline constexpr bool fc::detail::never<fc::tenant_id, fc::device_id, fc::stream_generation> = true;
template <>
template <>
inline constexpr bool fc::policy::closed_set<audiences>::lists<unlisted> = true;
template <class Closure>
struct fc::detail::plain<fc::handle<fc::branded<Closure, fc::anyone>>> : std::true_type {};

namespace {
struct two_homes : testing::house<specialised_cache> {
  fc::publisher camera = cache.publisher(keys.publisher(1));
  fc::stream stream = camera.begin(camera.device("front door"));

  two_homes() { REQUIRE(testing::put(stream, "of home 1") == fc::commit_status::committed); }

  std::string key(std::uint64_t home, std::string_view audience) {
    auto one = testing::book::admission(fc::role::viewer, home, 33);
    one.audiences = fc::audience_list::named({"anyone", audience});
    return keys.issue(std::move(one));
  }
  auto find(fc::engine::store& in, fc::core::scope const& who) const {
    fc::lookup_status why{};
    return in.find(who, stream.device(), stream.generation(), fc::rendition::source(), why);
  }
};
}  // namespace

TEST_CASE("a specialised viewer has a store, and opens with it what its own credential opens (P1, P3)") {
  two_homes h;
  auto intruding = h.cache.viewer<intruder>("no credential at all");
  auto& store = intruding.loot;

  fc::core::scope const none{h.homes, "no credential at all", fc::role::viewer, "intruder"};
  CHECK(store.admit(none) == fc::refusal::refused);
  CHECK_FALSE(h.find(store, none));

  // An accepted credential is its own tenant's, whatever words it asks for.
  fc::core::scope const second{h.homes, h.key(2, "intruder"), fc::role::viewer, "intruder"};
  REQUIRE(store.admit(second) == fc::refusal::none);
  CHECK_FALSE(h.find(store, second));
  CHECK_FALSE(store.current(second, h.stream.device()).has_value());

  // Nor is it of an audience that its admission does not list, or of another role.
  auto const key = h.key(1, "intruder");
  CHECK_FALSE(fc::core::scope(h.homes, key, fc::role::viewer, "collector").opened());
  CHECK_FALSE(fc::core::scope(h.homes, key, fc::role::admin, "anyone").opened());

  // A registry of the user's own admits whomever it likes, and this cache none of them.
  fc::registry own{h.keys};
  fc::core::scope const same_number{own, key, fc::role::viewer, "intruder"};
  REQUIRE(same_number.opened());
  CHECK(store.admit(same_number) == fc::refusal::refused);
  CHECK_FALSE(h.find(store, same_number));
  CHECK(h.cache.stats().crossings_refused == 1);
  REQUIRE(h.crossings.size() == 1);
  CHECK(h.crossings[0].kind == fc::crossing_kind::foreign_registry);
  CHECK(h.homes.credentials_refused() == 3);
}

TEST_CASE("a specialised handle has a pin, and shows nothing of it without the scope that found it (P2)") {
  two_homes h;
  auto const key = h.key(1, "collector");
  auto finds = h.cache.viewer<collector>(key);
  auto const caught = finds.find(h.stream.device(), h.stream.generation());

  auto const stranger_key = h.key(2, "collector");
  fc::core::scope const stranger{h.homes, stranger_key, fc::role::viewer, "collector"};
  fc::core::scope const elsewhere{h.homes, key, fc::role::viewer, "anyone"};
  CHECK(fc::frame_view(stranger, caught.loot).why() == fc::lookup_status::refused);
  CHECK(fc::frame_view(elsewhere, caught.loot).why() == fc::lookup_status::refused);
  CHECK(testing::text_of(finds.read(caught)) == "of home 1");
  REQUIRE(h.crossings.size() == 2);
  CHECK(h.crossings[0].kind == fc::crossing_kind::foreign_frame);
  CHECK(h.crossings[0].tenant == testing::tenant(2));
  CHECK(h.crossings[1].kind == fc::crossing_kind::foreign_audience);
  CHECK(h.cache.stats().crossings_refused == 2);
}

TEST_CASE("what a specialised handle caught for one audience is no handle of another's (P2)") {
  two_homes h;
  auto const key = h.key(1, "collector");
  auto finds = h.cache.viewer<collector>(key);
  auto caught = finds.find(h.stream.device(), h.stream.generation());
  auto eye = h.cache.viewer(key);
  fc::handle<fc::anyone> const renamed{[&](fc::lookup_status& why) noexcept {
    why = fc::lookup_status::hit;
    return fc::engine::pin{std::move(caught.loot)};
  }};
  CHECK(eye.read(renamed).why() == fc::lookup_status::refused);
  CHECK(eye.read(renamed).bytes().empty());
  CHECK_FALSE(testing::holds(eye.share(renamed)));
  REQUIRE(h.crossings.size() == 3);
  CHECK(h.crossings[0].kind == fc::crossing_kind::foreign_audience);
}

TEST_CASE("a specialised member reads what its own viewer may read (P2)") {
  two_homes h;
  auto eye = h.cache.viewer(h.keys.viewer(1));
  auto const held = eye.find(h.stream.device(), h.stream.generation());
  REQUIRE(held);
  auto meddling = h.cache.viewer<meddler>(h.key(2, "meddler"));
  REQUIRE(meddling);
  smuggled = &held.held();
  fc::handle<meddler> const anything;
  CHECK(meddling.read(anything).why() == fc::lookup_status::refused);
  smuggled = nullptr;
  REQUIRE(h.crossings.size() == 1);
  CHECK(h.crossings[0].kind == fc::crossing_kind::foreign_frame);
  CHECK(h.crossings[0].tenant == testing::tenant(2));
  CHECK(testing::text_of(eye.read(held)) == "of home 1");
}

TEST_CASE("a specialised member of the cache opens nothing without an accepted credential (P3)") {
  two_homes h;
  auto meddling = h.cache.viewer<meddler>("");
  CHECK_FALSE(meddling);
  CHECK(meddling.why() == fc::refusal::refused);
  CHECK(meddling.find(h.stream.device(), h.stream.generation()).why() == fc::lookup_status::refused);
  CHECK(h.homes.credentials_refused() == 1);
}

TEST_CASE("a catch-all that is made to compile answers with nothing (P1)") {
  two_homes h;
  auto eye = h.cache.viewer(h.keys.viewer(2));
  fc::handle<fc::anyone> const nothing = eye.find(testing::tenant(1), h.stream.device(), h.stream.generation());
  CHECK_FALSE(testing::holds(nothing));
  CHECK(h.cache.stats().hits == 0);
}

TEST_CASE("a handle that is made to leave its closure is read by nobody else (P2)") {
  two_homes h;
  auto const serve = [&](auto& guest) { return guest.find(h.stream.device(), h.stream.generation()); };
  auto const escaped = h.cache.with_viewer(h.keys.viewer(1), serve);
  REQUIRE(testing::holds(escaped));
  using brand = typename std::remove_cvref_t<decltype(escaped)>::audience_type;
  fc::core::scope const stranger{h.homes, h.keys.viewer(2), fc::role::viewer, brand::audience};
  CHECK(fc::frame_view(stranger, escaped.held()).why() == fc::lookup_status::refused);
  CHECK(h.cache.stats().crossings_refused == 1);
}

TEST_CASE(
    "an audience that is made to be listed is opened by an admission that lists it, and has no other's handles (P2)") {
  two_homes h;
  CHECK_FALSE(testing::holds(h.cache.viewer<unlisted>(h.keys.viewer(1))));  // an admission for anyone
  auto const key = h.key(1, "unlisted");
  auto eye = h.cache.viewer<unlisted>(key);
  REQUIRE(testing::holds(eye));
  auto const held = h.cache.viewer(key).find(h.stream.device(), h.stream.generation());
  fc::core::scope const who{h.homes, key, fc::role::viewer, "unlisted"};
  CHECK(fc::frame_view(who, held.held()).why() == fc::lookup_status::refused);
  REQUIRE(h.crossings.size() == 1);
  CHECK(h.crossings[0].kind == fc::crossing_kind::foreign_audience);
}

// SPDX-License-Identifier: Apache-2.0
//
// P3, tried at run time: g++ 12, clang 14 and clang 19 let a lambda in the arguments of an explicit specialisation
// read and write private members, and the standard lets an explicit instantiation name private functions. What is got
// that way are integers and answers; what is written that way does not bear the seal.
#include <doctest/doctest.h>

#include "support/homes.hpp"

#include <cstdint>

namespace {
using fc::core::scope;
using fc::engine::pin;

// How a lambda that ignores access gets out of the arguments that it stands in: its instantiation defines a friend.
struct read_grant {};
struct write_grant {};
struct write_all {};
struct read_vault {};
struct write_audience {};
std::uint64_t taken(read_grant, scope const& from);
void taken(write_grant, scope& to, scope const& from);
void taken(write_all, scope& to, scope const& from);
std::uint64_t taken(read_vault, fc::registry const& from);
void taken(write_audience, pin& to, std::uint64_t audience);

template <class Tag, auto Act>
struct loot {
  friend std::uint64_t taken(read_grant, scope const& from) { return Act(from); }
};
template <auto Act>
struct loot<write_grant, Act> {
  friend void taken(write_grant, scope& to, scope const& from) { Act(to, from); }
};
template <auto Act>
struct loot<write_all, Act> {
  friend void taken(write_all, scope& to, scope const& from) { Act(to, from); }
};
template <auto Act>
struct loot<read_vault, Act> {
  friend std::uint64_t taken(read_vault, fc::registry const& from) { return Act(from); }
};
template <auto Act>
struct loot<write_audience, Act> {
  friend void taken(write_audience, pin& to, std::uint64_t audience) { Act(to, audience); }
};

template <class>
struct carrier;
template <>
struct carrier<decltype(loot<read_grant, +[](scope const& from) { return std::uint64_t{from.grant_}; }>{})> {};
template <>
struct carrier<
    decltype(loot<write_grant, +[](scope& to, scope const& from) { to.grant_ = std::uint64_t{from.grant_}; }>{})> {};
template <>
struct carrier<decltype(loot<write_all, +[](scope& to, scope const& from) {
  to.grant_ = std::uint64_t{from.grant_};
  to.vault_ = std::uint64_t{from.vault_};
  to.seal_ = std::uint64_t{from.seal_};
  to.why_ = std::uint64_t{from.why_};
}>{})> {};
template <>
struct carrier<decltype(loot<read_vault, +[](fc::registry const& from) { return std::uint64_t{from.vault_}; }>{})> {};
template <>
struct carrier<decltype(loot<write_audience, +[](pin& to, std::uint64_t audience) { to.facts_ = audience << 1; }>{})> {
};

// What the standard allows: private functions by explicit instantiation.
bool judged(fc::admission const& accepted, fc::role wanted, std::string_view audience);
template <bool (*Stolen)(fc::admission const&, fc::role, std::string_view) noexcept>
struct robbery {
  friend bool judged(fc::admission const& accepted, fc::role wanted, std::string_view audience) {
    return Stolen(accepted, wanted, audience);
  }
};
template struct robbery<&scope::acceptable>;

fc::engine::pin& held_by(fc::handle<fc::anyone>& one);
template <pin fc::handle<fc::anyone>::* Stolen>
struct handle_robbery {
  friend pin& held_by(fc::handle<fc::anyone>& one) { return one.*Stolen; }
};
template struct handle_robbery<&fc::handle<fc::anyone>::held_>;

struct robbed_homes : testing::house<> {
  fc::publisher camera = cache.publisher(keys.publisher(1));
  fc::stream stream = camera.begin(camera.device("front door"));

  robbed_homes() { REQUIRE(testing::put(stream, "of home 1") == fc::commit_status::committed); }
};

// Puts a scope's own words back, so that it ends as it began.
struct keeps_its_words {
  keeps_its_words(scope& of, scope const& spare_of) : own(of), spare(spare_of) {}
  keeps_its_words(keeps_its_words const&) = delete;
  keeps_its_words& operator=(keeps_its_words const&) = delete;
  ~keeps_its_words() { taken(write_grant{}, own, spare); }
  scope& own;
  scope const& spare;
};

void check_opens_nothing(fc::registry& homes, scope const& forged) {
  CHECK_FALSE(forged.is(fc::role::viewer));
  CHECK_FALSE(forged.of(homes));
  CHECK(forged.label() == 0);
  CHECK_FALSE(forged.tenant().has_value());
  CHECK_FALSE(homes.device(forged, "front door").has_value());
  scope const shared{forged, fc::core::same_authority};
  CHECK_FALSE(shared.opened());
}
}  // namespace

TEST_CASE("a grant's word that is written into another tenant's scope breaks its seal (P3)") {
  robbed_homes h;
  scope const victim{h.homes, h.keys.viewer(1), fc::role::viewer, "anyone"};
  scope thief{h.homes, h.keys.viewer(2), fc::role::viewer, "anyone"};
  scope const spare{thief, fc::core::same_authority};
  auto eye = h.cache.viewer(h.keys.viewer(1));
  auto const held = eye.find(h.stream.device(), h.stream.generation());
  REQUIRE(taken(read_grant{}, victim) != taken(read_grant{}, thief));
  {
    keeps_its_words const afterwards{thief, spare};
    taken(write_grant{}, thief, victim);
    REQUIRE(taken(read_grant{}, thief) == taken(read_grant{}, victim));
    check_opens_nothing(h.homes, thief);
    CHECK(fc::frame_view(thief, held.held()).why() == fc::lookup_status::refused);
  }
  CHECK(thief.is(fc::role::viewer));
  CHECK(thief.tenant() == testing::tenant(2));
}

TEST_CASE("all of a scope's words, seal included, open nothing at another address (P3)") {
  robbed_homes h;
  scope const victim{h.homes, h.keys.viewer(1), fc::role::viewer, "anyone"};
  scope forged{h.homes, "refused", fc::role::viewer, "anyone"};
  REQUIRE_FALSE(forged.opened());
  taken(write_all{}, forged, victim);
  CHECK(forged.opened());
  CHECK(forged.check(fc::role::viewer, fc::capability::view) == fc::refusal::refused);
  check_opens_nothing(h.homes, forged);
  // Nor is the authority that it does not have given up when it ends.
  CHECK(victim.check(fc::role::viewer, fc::capability::view) == fc::refusal::none);
}

TEST_CASE("a pin whose audience was rewritten is refused by its seal for the audience that it now names (P2)") {
  robbed_homes h;
  auto admission = testing::book::admission(fc::role::viewer, 1, 7);
  admission.audiences = fc::audience_list::named({"anyone", "wall_panel"});
  auto const key = h.keys.issue(admission);
  auto eye = h.cache.viewer(key);
  scope const who{h.homes, key, fc::role::viewer, "anyone"};
  scope const panel{h.homes, key, fc::role::viewer, "wall_panel"};
  auto held = eye.find(h.stream.device(), h.stream.generation());
  REQUIRE(testing::holds(eye.read(held)));
  taken(write_audience{}, held_by(held), panel.audience_number());
  CHECK(fc::frame_view(panel, held.held()).why() == fc::lookup_status::refused);
  CHECK(eye.read(held).why() == fc::lookup_status::refused);
  CHECK_FALSE(testing::holds(eye.share(held)));
  // The seal is asked first, so that nothing is believed of a pin that does not bear it: not even whose it was.
  CHECK(h.crossings.empty());
  taken(write_audience{}, held_by(held), who.audience_number());
  CHECK(testing::holds(eye.read(held)));
}

TEST_CASE("private functions that can be called answer questions and have no power (P3)") {
  robbed_homes h;
  auto const made_up = testing::book::admission(fc::role::admin, 1, 1);
  CHECK(judged(made_up, fc::role::admin, "anyone"));
  CHECK_FALSE(scope(h.homes, "admin", fc::role::admin, "anyone").opened());
  // The address of everything that the registry remembers, as a number.
  CHECK(taken(read_vault{}, h.homes) != 0);
}

// SPDX-License-Identifier: Apache-2.0
//
// Incident 6 (Klarna 2021, 31 minutes; Loom 2023, 5,326 owners with a time to live of one second; Steam 2015, about
// 34,000): a change of configuration made private responses cacheable for all. Here what may be shared is decided by
// types: whatever is set or switched at run time, no key and no audience becomes wider. A viewer of an audience that
// the policy does not list does not compile: tests/compile_fail/incidents.inc.
#include <doctest/doctest.h>

#include "support/homes.hpp"

#include <array>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

using namespace std::chrono_literals;

namespace {

// An edge cache. `private` responses pass through it unless it is told otherwise.
struct edge_settings {
  bool honour_private;
  int seconds_to_live;
};
class edge_cache final {
 public:
  explicit edge_cache(edge_settings how) : how_(how) {}
  std::string get(std::string const& url, std::string const& response_for_me, int now) {
    if (how_.honour_private) return response_for_me;
    auto& kept = kept_[url];
    if (kept.first.empty() || now >= kept.second) kept = {response_for_me, now + how_.seconds_to_live};
    return kept.first;
  }

 private:
  edge_settings how_;
  std::map<std::string, std::pair<std::string, int>> kept_;
};

struct turned_hub {
  static constexpr std::string_view audience = "nest_hub";
};
struct colliding final {
  static std::uint64_t hash(fc::hash_words const&, fc::hash_secret const&) noexcept { return 42; }
};

struct turned_tally {
  int questions = 0;
  int own = 0;        // answered with the asker's own frame
  int strangers = 0;  // or with another home's
  int crossings = 0;  // handles of one home that were held out to another that is live
};

template <class Cache>
class turned_homes final {
 public:
  turned_homes(fc::config how, turned_tally& found) : h_(std::move(how)), found_(found) {
    for (auto* const cameras : {&first_, &second_}) {
      auto const& by = cameras == &first_ ? first_camera_ : second_camera_;
      for (auto const* const name : {"front door", "kitchen"}) cameras->push_back(by.begin(by.device(name)));
    }
    put_all();
  }

  // Every order that somebody can give while the cache runs, one after the other; what was switched stays so.
  void turn_everything() {
    ask_everything();
    auto const first = testing::tenant(1);
    auto const second = testing::tenant(2);
    fc::budget const small{.cap = fc::kibibytes{16}, .device_cap = fc::kibibytes{8}};
    for (std::function<void()> const& order : std::vector<std::function<void()>>{
             [&] { static_cast<void>(ops_.set_budget(first, small)); },
             [&] { static_cast<void>(ops_.set_budget(second, {.floor = fc::kibibytes{64}})); },
             [&] { static_cast<void>(ops_.set_budget(second, small)); },
             [&] { static_cast<void>(ops_.set_budget(first, {})); },
             [&] { static_cast<void>(ops_.template suspend<turned_hub>()); },
             [&] { static_cast<void>(ops_.template resume<turned_hub>(fc::capability::view)); },
             [&] { static_cast<void>(ops_.template resume<turned_hub>()); },
             [&] { static_cast<void>(ops_.suspend(fc::capability::view)); },
             [&] { static_cast<void>(ops_.resume(fc::capability::view)); },
             [&] { static_cast<void>(ops_.suspend(fc::capability::live)); },
             [&] { static_cast<void>(ops_.suspend(first)); },
             [&] { static_cast<void>(ops_.resume(fc::capability::live)); },
             [&] { static_cast<void>(ops_.resume(first)); },
             [&] { static_cast<void>(ops_.resume(second)); },  // it was never off
             [&] { static_cast<void>(ops_.revoke(second, testing::principal(99))); },
             [&] { static_cast<void>(ops_.reinstate(second, testing::principal(99))); },
             [&] { fc::base::advance_clocks(900ms); },
             [&] { fc::base::advance_clocks(200ms); },
             [&] { put_all(); },
         }) {
      order();
      ask_everything();
    }
    CHECK(h_.crossings.size() == static_cast<std::size_t>(found_.crossings - before_));
    CHECK(h_.cache.stats().crossings_refused == h_.crossings.size());
  }

 private:
  template <class Audience>
  using viewer = typename Cache::template viewer_type<Audience>;

  std::string for_both(std::uint64_t home, std::uint64_t who, fc::device_list devices) {
    auto admission = testing::book::admission(fc::role::viewer, home, who);
    admission.audiences = fc::audience_list::of<fc::anyone, turned_hub>();
    admission.devices = std::move(devices);
    return h_.keys.issue(admission);
  }
  void put_all() {
    for (auto const& stream : first_) static_cast<void>(testing::put(stream, "home 1"));
    for (auto const& stream : second_) static_cast<void>(testing::put(stream, "home 2"));
  }

  void look(fc::frame_view const& seen, std::string const& own) {
    if (!seen) return;
    ++(testing::text_of(seen) == own ? found_.own : found_.strangers);
  }
  // All the ways there are to reach a frame of this stream.
  template <class Audience>
  void ask(viewer<Audience> const& eye, fc::stream const& about, std::string const& own) {
    auto const device = about.device();
    auto const generation = about.generation();
    auto const answers = eye.find_many(std::array{fc::place{device, generation}});
    auto const any = eye.latest(device, fc::any_age);
    auto const fresh = eye.latest(device, fc::no_older_than(1s));
    auto const exact = eye.find(device, generation);
    auto const next = eye.wait_newer(device, fc::frame_sequence{std::uint64_t{0}}, std::chrono::steady_clock::now());
    for (auto const* const each : {&answers[0], &any, &fresh, &exact, &next}) look(eye.read(*each), own);
    static_cast<void>(eye.peek(device, generation, [&](fc::frame_view const& seen) { look(seen, own); }));
    found_.questions += 6;
  }
  // A handle of one home, held out to another: as a mapping that has gone wrong would.
  template <class Audience>
  void hold_out(viewer<Audience> const& eye, viewer<Audience> const& to) {
    auto const held = eye.latest(first_.front().device(), fc::any_age);
    if (!held) return;
    found_.crossings += to ? 2 : 0;
    look(to.read(held), "home 2");
    auto const shared = to.share(held);
    found_.strangers += shared ? 1 : 0;
    found_.questions += 2;
  }
  template <class Audience>
  void ask_for(viewer<Audience> const& one, viewer<Audience> const& two, viewer<Audience> const& guest) {
    for (auto const& stream : first_) {
      ask<Audience>(one, stream, "home 1");
      ask<Audience>(two, stream, "home 2");
    }
    for (auto const& stream : second_) ask<Audience>(two, stream, "home 2");
    hold_out<Audience>(one, two);
    // The guest may see the kitchen: of the front door it sees nothing, and its handle is a crossing like a stranger's.
    ask<Audience>(guest, first_.front(), "nothing");
    hold_out<Audience>(one, guest);
  }
  void ask_everything() {
    ask_for<fc::anyone>(one_, two_, guest_);
    ask_for<turned_hub>(hub_of_one_, hub_of_two_, hub_of_guest_);
  }

  testing::house<Cache> h_;
  turned_tally& found_;
  int const before_ = found_.crossings;
  fc::publisher first_camera_ = h_.cache.publisher(h_.keys.publisher(1));
  fc::publisher second_camera_ = h_.cache.publisher(h_.keys.publisher(2));
  std::vector<fc::stream> first_;
  std::vector<fc::stream> second_;
  fc::device_list const all_ = fc::device_list::all();
  fc::device_list const kitchen_ = fc::device_list::only({"kitchen"});
  viewer<fc::anyone> one_ = h_.cache.template viewer<fc::anyone>(for_both(1, 21, all_));
  viewer<fc::anyone> two_ = h_.cache.template viewer<fc::anyone>(for_both(2, 22, all_));
  viewer<fc::anyone> guest_ = h_.cache.template viewer<fc::anyone>(for_both(1, 23, kitchen_));
  viewer<turned_hub> hub_of_one_ = h_.cache.template viewer<turned_hub>(for_both(1, 21, all_));
  viewer<turned_hub> hub_of_two_ = h_.cache.template viewer<turned_hub>(for_both(2, 22, all_));
  viewer<turned_hub> hub_of_guest_ = h_.cache.template viewer<turned_hub>(for_both(1, 23, kitchen_));
  typename Cache::admin_type ops_ = h_.cache.admin(h_.keys.admin());
};

// Every member of the configuration set to something else, one at a time and all at once.
std::vector<fc::config> configurations(fc::policy::isolation isolate) {
  fc::config plain{.capacity = fc::mebibytes{2}};
  bool const strict = isolate == fc::policy::isolation::strict;
  if (strict) plain.tenant_partition = fc::kibibytes{256};
  std::vector<fc::config> all{plain};
  auto const with = [&](auto const& set) { set(all.emplace_back(plain)); };
  with([&](fc::config& c) { c.capacity = strict ? fc::kibibytes{900} : fc::kibibytes{256}; });
  with([](fc::config& c) { c.tenant_cap = fc::kibibytes{16}; });
  with([](fc::config& c) { c.device_cap = fc::kibibytes{4}; });
  with([](fc::config& c) { c.generation_floor = fc::stream_generation{std::uint64_t{1} << 62}; });
  with([](fc::config& c) { c.audit_each_operation = true; });
  if (isolate == fc::policy::isolation::fair) {
    with([](fc::config& c) { c.tenant_floor = fc::byte_count{0U}; });
    with([](fc::config& c) { c.tenant_floor = fc::kibibytes{512}; });
  }
  with([&](fc::config& c) {
    c.tenant_cap = fc::kibibytes{128};
    c.device_cap = fc::kibibytes{64};
    c.generation_floor = fc::stream_generation{std::uint64_t{7}};
    c.audit_each_operation = true;
  });
  return all;
}

template <class... Policies>
void sweep(turned_tally& found) {
  using cache = fc::frame_cache<fc::audiences<fc::anyone, turned_hub>, Policies...>;
  for (auto const& how : configurations(fc::policy::resolve<Policies...>::values().isolate)) {
    testing::clock_keeper const keeper;
    auto const before = found;
    turned_homes<cache>{how, found}.turn_everything();
    CHECK(found.own > before.own);
    CHECK(found.crossings > before.crossings);
  }
}

}  // namespace

TEST_CASE(
    "incident 6, the natural code: one setting makes every private page everybody's, for a second or for an hour") {
  int leaking = 0;
  for (bool const honour_private : {true, false}) {
    for (int const seconds : {1, 60, 3600}) {
      edge_cache edge{{honour_private, seconds}};
      int strangers = 0;
      for (int request = 0; request != 100; ++request) {
        auto const mine = "account of user " + std::to_string(request);
        if (edge.get("/account", mine, request / 10) != mine) ++strangers;  // ten users a second
      }
      CHECK((strangers == 0) == honour_private);
      if (!honour_private) CHECK(strangers >= 90);
      leaking += strangers > 0 ? 1 : 0;
    }
  }
  CHECK(leaking == 3);
}

TEST_CASE(
    "incident 6, framecache: every setting, switch, budget and policy turned, no home sees another's frame and no "
    "guest more than its list (P1, P2)") {
  turned_tally found;
  sweep<>(found);
  sweep<fc::isolate<fc::shared>>(found);
  sweep<fc::isolate<fc::strict>>(found);
  sweep<fc::stale<fc::mark>, fc::scrub<fc::on_release>>(found);
  sweep<fc::threads<fc::one>>(found);
  sweep<fc::hash<colliding>, fc::isolate<fc::shared>, fc::stale<fc::mark>>(found);
  CHECK(found.strangers == 0);
  MESSAGE("incident 6: " << found.questions << " questions, " << found.own << " answered with the asker's own frame, "
                         << found.crossings << " crossings refused, " << found.strangers << " strangers");
}

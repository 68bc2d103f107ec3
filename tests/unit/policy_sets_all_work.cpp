// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "support/homes.hpp"

#include <type_traits>

using namespace std::chrono_literals;

namespace {
struct door_panel {
  static constexpr std::string_view audience = "door_panel";
};

fc::config config_for(bool strict) {
  fc::config how{.capacity = fc::mebibytes{4}, .audit_each_operation = true};
  if (strict) how.tenant_partition = fc::kibibytes{512};
  return how;
}

template <class Cache>
void two_homes_work(Cache& cache, testing::book& keys) {
  auto camera = cache.publisher(keys.publisher(1));
  auto neighbour = cache.publisher(keys.publisher(2));
  auto const mine = camera.begin(camera.device("front door"));
  auto const theirs = neighbour.begin(neighbour.device("front door"));
  REQUIRE(testing::put(mine, "mine") == fc::commit_status::committed);
  REQUIRE(testing::put(theirs, "theirs") == fc::commit_status::committed);
  auto eye = cache.viewer(keys.viewer(1));
  auto stranger = cache.viewer(keys.viewer(2));
  auto const frame = eye.latest(mine.device(), fc::no_older_than(10s));
  REQUIRE(frame);
  CHECK(testing::text_of(eye.read(frame)) == "mine");
  CHECK(stranger.read(frame).why() == fc::lookup_status::refused);
  CHECK(stranger.latest(mine.device(), fc::any_age).why() == fc::lookup_status::absent);
  CHECK(eye.wait_newer(mine.device(), fc::frame_sequence{std::uint64_t{0}}, std::chrono::steady_clock::now()));
  CHECK(cache.audit().ok);
}

template <class Cache>
void preset_works(bool strict) {
  testing::book keys;
  fc::registry homes{keys};
  Cache cache{homes, config_for(strict)};
  two_homes_work(cache, keys);
}
}  // namespace

TEST_CASE("every preset is a cache in which two homes work") {
  preset_works<fc::presets::cloud_relay>(false);
  preset_works<fc::presets::sealed_rooms>(true);
  preset_works<fc::presets::one_budget>(false);
  preset_works<fc::presets::per_reactor>(false);
}

TEST_CASE("policies are given in any order, and what is not given has its default") {
  preset_works<fc::frame_cache<>>(false);
  preset_works<fc::frame_cache<fc::threads<fc::one>, fc::stale<fc::mark>, fc::scrub<fc::on_release>,
                               fc::isolate<fc::strict>, fc::evict<fc::lru>>>(true);
  preset_works<fc::frame_cache<fc::isolate<fc::strict>, fc::evict<fc::lru>, fc::scrub<fc::on_release>,
                               fc::threads<fc::one>, fc::stale<fc::mark>>>(true);
  preset_works<fc::frame_cache<fc::audiences<door_panel, fc::anyone>, fc::sealed<fc::off>, fc::hold<fc::still>,
                               fc::hash<fc::xxh3>, fc::isolate<fc::shared>>>(false);

  using in_one_order = fc::policy::resolve<fc::stale<fc::mark>, fc::isolate<fc::shared>, fc::threads<fc::one>>;
  using in_another = fc::policy::resolve<fc::threads<fc::one>, fc::stale<fc::mark>, fc::isolate<fc::shared>>;
  static_assert(in_one_order::values().mark_stale && in_another::values().mark_stale);
  static_assert(in_one_order::values().one_thread && in_another::values().one_thread);
  static_assert(in_another::values().isolate == fc::policy::isolation::shared);
  static_assert(!in_another::values().scrub_on_release);
  constexpr auto defaults = fc::policy::resolve<>::values();
  CHECK(defaults.isolate == fc::policy::isolation::fair);
  CHECK_FALSE(defaults.scrub_on_release);
  CHECK_FALSE(defaults.mark_stale);
  CHECK_FALSE(defaults.one_thread);
  static_assert(std::is_same_v<fc::policy::resolve<>::hash_function, fc::xxh3>);
}

TEST_CASE("a configuration that contradicts the policies is refused with what to write instead") {
  testing::book keys;
  fc::registry homes{keys};
  using strict_cache = fc::frame_cache<fc::isolate<fc::strict>>;
  using shared_cache = fc::frame_cache<fc::isolate<fc::shared>>;
  fc::config with_partition{.capacity = fc::mebibytes{4}, .tenant_partition = fc::mebibytes{1}};
  fc::config with_floor{.capacity = fc::mebibytes{4}, .tenant_floor = fc::mebibytes{1}};
  CHECK_THROWS_AS((fc::frame_cache<>{homes, {.capacity = fc::kibibytes{255}}}), std::invalid_argument);
  CHECK_THROWS_AS((strict_cache{homes, {.capacity = fc::mebibytes{4}}}), std::invalid_argument);
  CHECK_THROWS_AS((strict_cache{homes, {.capacity = fc::mebibytes{4}, .tenant_partition = fc::kibibytes{127}}}),
                  std::invalid_argument);
  CHECK_THROWS_AS((fc::frame_cache<>{homes, with_partition}), std::invalid_argument);
  CHECK_THROWS_AS((shared_cache{homes, with_floor}), std::invalid_argument);
  CHECK_NOTHROW((strict_cache{homes, with_partition}));
  CHECK_NOTHROW((fc::frame_cache<>{homes, with_floor}));
}

// SPDX-License-Identifier: Apache-2.0
//
// Thousands of scripts of a hundred steps each that nobody chose, played against the reference in tests/model. With RapidCheck a
// script that fails is made as small as it goes before it is shown; without it the scripts come from a fixed seed.
#include <doctest/doctest.h>

#include "model/random_day.hpp"

#if defined(FRAMECACHE_TESTS_HAVE_RAPIDCHECK)
#include <rapidcheck.h>
#else
#include <random>
#endif

namespace {

constexpr int scripts = 700;  // for each isolation

template <class Play>
void every_script(char const* what, Play const& play) {
#if defined(FRAMECACHE_TESTS_HAVE_RAPIDCHECK)
  rc::detail::TestParams params;
  params.maxSuccess = scripts;
  rc::detail::TestMetadata metadata;
  metadata.id = metadata.description = what;
  auto const step = rc::gen::resize(rc::kNominalSize, rc::gen::inRange<std::uint64_t>(0, std::uint64_t{1} << 40));
  auto const property = [&] {
    auto const one = *rc::gen::container<testing::script>(100, step);
    auto const wrong = play(one);
    if (!wrong.empty()) RC_FAIL(wrong);
  };
  auto const result = rc::detail::checkTestable(property, metadata, params);
  if (!result.template is<rc::detail::SuccessResult>()) rc::detail::printResultMessage(result, std::cerr);
  CHECK_MESSAGE(result.template is<rc::detail::SuccessResult>(), what);
#else
  std::mt19937_64 random{20'231'103};
  for (int i = 0; i != scripts; ++i) {
    testing::script one(100);
    for (auto& each : one) each = random() >> 24;
    auto const wrong = play(one);
    REQUIRE_MESSAGE(wrong.empty(), what << ", script " << i << ", " << wrong);
  }
#endif
}

template <class Cache>
void check_coverage() {
  auto const seen = testing::random_day<Cache>::seen();
  CHECK(seen.hits > 1000);
  CHECK(seen.evictions > 1000);
  CHECK(seen.too_old > 10);
  CHECK(seen.superseded > 20);
  CHECK(seen.refused > 10);
}

}  // namespace

TEST_CASE(
    "fair: every answer is the reference's, and who leaves is the tenant's own least recently used (I1, I4, I6, I10)") {
  using cache = fc::frame_cache<>;
  every_script("fair", [](testing::script const& one) {
    testing::random_day<cache> day{{.capacity = fc::kibibytes{320}}, false, true};
    return day.play(one);
  });
  check_coverage<cache>();
}

TEST_CASE("strict: every answer is the reference's, and who leaves is the tenant's own least recently used (I1, I4, "
          "I6, I11)") {
  using cache = fc::frame_cache<fc::isolate<fc::strict>>;
  every_script("strict", [](testing::script const& one) {
    testing::random_day<cache> day{
        {.capacity = fc::kibibytes{640}, .tenant_partition = fc::kibibytes{128}}, false, true};
    return day.play(one);
  });
  check_coverage<cache>();
}

TEST_CASE(
    "shared: every answer is the reference's, and who leaves is the least recently used of all (I1, I4, I6, I10)") {
  using cache = fc::frame_cache<fc::isolate<fc::shared>>;
  every_script("shared", [](testing::script const& one) {
    testing::random_day<cache> day{{.capacity = fc::kibibytes{320}}, true, false};
    return day.play(one);
  });
  check_coverage<cache>();
}

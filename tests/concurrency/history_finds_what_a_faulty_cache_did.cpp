// SPDX-License-Identifier: Apache-2.0
//
// The checker against little caches with a defect that threads really use, and against ThreadSanitizer: a stale answer behind locks
// and atomics in all the right places is found by the checker alone, a race that never shows in a value by ThreadSanitizer alone.
#include <doctest/doctest.h>

#include "model/child.hpp"
#include "model/history_little_cache.hpp"
#include "support/under_tsan.hpp"

#include <string>

namespace {

using namespace testing::history;

#if defined(NDEBUG)
constexpr std::size_t events = 400'000;
#else
constexpr std::size_t events = 100'000;
#endif
constexpr int attempts = 10;  // two threads have to meet

testing::child_end in_child(defect what) {
  return testing::run_in_child([what] { return history_of(what, events / 8).wrong() == 0 ? 0 : 1; });
}
bool thread_sanitizer_spoke(testing::child_end const& end) {
  return end.said.find("WARNING: ThreadSanitizer") != std::string::npos;
}

}  // namespace

TEST_CASE("a little cache without a defect has the history of registers") {
  verdict found;
  for (int i = 0; i != attempts && found.overlapping == 0; ++i) {
    found = history_of(defect::none, events);
    CHECK_MESSAGE(found.wrong() == 0, found.first);
  }
  CHECK(found.overlapping > 0);
}

TEST_CASE("each defect of a little cache is found in what its threads saw") {
  for (auto const what : seeded_defects) {
    verdict found;
    for (int i = 0; i != attempts && found.wrong() == 0; ++i) found = history_of(what, events);
    MESSAGE(std::string{to_string(what)}, ": ", found.wrong(), " found in ", found.events, "; ", found.first);
    CHECK_MESSAGE(found.wrong() > 0, std::string{to_string(what)});
  }
}

TEST_CASE("a stale answer behind correct atomics: the checker finds it, ThreadSanitizer has nothing to say") {
  auto const end = in_child(defect::stale);
  CHECK(end.exit_code == 1);
  CHECK_MESSAGE(!thread_sanitizer_spoke(end), end.said);
}

// A race is undefined: run only where it is looked for.
TEST_CASE("a race that shows in no value: ThreadSanitizer finds it, the checker has nothing to say" *
          doctest::skip(!testing::under_tsan)) {
  auto const end = in_child(defect::racing);
  CHECK(end.exit_code == 0);
  CHECK(thread_sanitizer_spoke(end));
}

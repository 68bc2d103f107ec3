// SPDX-License-Identifier: Apache-2.0
//
// The history checker against a search through all orders, on tiny histories drawn blindly: what one accepts the other accepts,
// and where the windows of a history end makes no difference.
#include <doctest/doctest.h>

#include "model/history_checker.hpp"
#include "model/history_oracle.hpp"
#include "model/history_random.hpp"
#include "model/stamped.hpp"

#include <string>
#include <vector>

namespace {

using namespace testing::history;

#if defined(NDEBUG)
constexpr int histories_tried = 200'000;
#else
constexpr int histories_tried = 10'000;
#endif

struct tally_of_verdicts final {
  int accepted = 0;
  int rejected = 0;
  std::array<int, faults> by{};
};

constexpr shape one_register{1, 1};

std::string text(std::vector<event> const& all) {
  constexpr char const* names[] = {"read",  "miss",  "torn",   "held",    "write",
                                   "erase", "begin", "revoke", "suspend", "resume"};
  std::string out;
  for (auto const& e : all) {
    out += std::string{"\n  "} + names[static_cast<int>(e.what)] + " " + std::to_string(e.began) + ".." +
           std::to_string(e.returned) + " value " + std::to_string(e.value & 0xff'ffff) + " stream " +
           std::to_string(e.stream) + " epoch " + std::to_string(e.epoch);
  }
  return out;
}

void judge(std::vector<std::vector<event>> const& windows, misses rule, tally_of_verdicts& sum) {
  std::vector<event> whole;
  checker by_windows{1, one_register, rule};
  for (auto const& each : windows) {
    by_windows.window(each);
    whole.insert(whole.end(), each.begin(), each.end());
  }
  checker at_once{1, one_register, rule};
  at_once.window(whole);
  bool const right = oracle{whole, rule}.allows();
  ++(right ? sum.accepted : sum.rejected);
  for (std::size_t i = 0; i != faults; ++i) sum.by[i] += at_once.found().count[i] != 0 ? 1 : 0;
  REQUIRE_MESSAGE((at_once.found().wrong() == 0) == right, "the search says ", right, ", the checker ",
                  at_once.found().first, text(whole));
  REQUIRE_MESSAGE((by_windows.found().wrong() == 0) == right, "the search says ", right, ", windows say ",
                  by_windows.found().first, text(whole));
}

tally_of_verdicts judge_many(int stretches, unsigned calls, misses rule) {
  testing::numbers random{static_cast<std::uint64_t>(stretches)};
  tally_of_verdicts sum;
  for (int i = 0; i != histories_tried; ++i) {
    tiny_history one{random};
    std::vector<std::vector<event>> windows;
    for (int w = 0; w != stretches; ++w)
      one.append(windows.emplace_back(), 2 + static_cast<unsigned>(random.below(calls)));
    judge(windows, rule, sum);
  }
  return sum;
}

void check_that_all_were_tried(tally_of_verdicts const& sum, misses rule) {
  MESSAGE(sum.accepted, " accepted, ", sum.rejected, " rejected");
  CHECK(sum.accepted > histories_tried / 20);
  CHECK(sum.rejected > histories_tried / 20);
  // One register of one tenant, whose values are all whole and written once.
  for (auto const what :
       {fault::other_epoch, fault::suspended, fault::fenced, fault::generation, fault::before_written, fault::stale}) {
    CHECK_MESSAGE(sum.by[static_cast<std::size_t>(what)] > histories_tried / 1000, to_string(what));
  }
  if (rule == misses::mean_that_it_is_gone)
    CHECK(sum.by[static_cast<std::size_t>(fault::lost)] > histories_tried / 1000);
}

}  // namespace

TEST_CASE("the checker accepts a tiny history exactly if some order of its calls is a register's") {
  check_that_all_were_tried(judge_many(1, 6, misses::always_allowed), misses::always_allowed);
}
TEST_CASE("the same where a frame that was missed must not come back") {
  check_that_all_were_tried(judge_many(1, 6, misses::mean_that_it_is_gone), misses::mean_that_it_is_gone);
}
TEST_CASE("the same in two windows as in one") {
  check_that_all_were_tried(judge_many(2, 3, misses::always_allowed), misses::always_allowed);
}
TEST_CASE("the same in three windows, where a frame that was missed must not come back") {
  check_that_all_were_tried(judge_many(3, 2, misses::mean_that_it_is_gone), misses::mean_that_it_is_gone);
}

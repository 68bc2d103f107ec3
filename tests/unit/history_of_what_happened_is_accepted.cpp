// SPDX-License-Identifier: Apache-2.0
//
// Histories that did happen, of four registers with overlapping calls, evictions, newer streams, erases, revocations and suspensions:
// the checker accepts them, in windows and as a whole. Each of them with one thing put wrong: it does not, and says what it is.
#include <doctest/doctest.h>

#include "model/history_checker.hpp"
#include "model/history_valid.hpp"
#include "model/stamped.hpp"

#if defined(FRAMECACHE_TESTS_HAVE_RAPIDCHECK)
#include <rapidcheck.h>

#include <iostream>
#endif

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace {

using namespace testing::history;

#if defined(NDEBUG)
constexpr int histories = 400;
#else
constexpr int histories = 100;
#endif
constexpr unsigned calls = 300;

// Numbers that a script holds, so that a history that fails can be made shorter.
class scripted final {
 public:
  explicit scripted(std::vector<std::uint64_t> script) : script_(std::move(script)) {}
  std::uint64_t below(std::uint64_t n) { return script_.empty() ? 0 : script_[at_++ % script_.size()] % n; }

 private:
  std::vector<std::uint64_t> script_;
  std::size_t at_ = 0;
};

using windows = std::vector<std::vector<event>>;
using whole = std::vector<event>;

whole join(windows const& parts) {
  whole all;
  for (auto const& each : parts) all.insert(all.end(), each.begin(), each.end());
  return all;
}
constexpr unsigned tenant = valid_history<testing::numbers>::tenant;
constexpr shape form = valid_history<testing::numbers>::form;

verdict judge(windows const& parts) {
  checker of{tenant, form, misses::mean_that_it_is_gone};
  for (auto const& each : parts) of.window(each);
  return of.found();
}

template <class Numbers>
std::string what_is_wrong(Numbers& random) {
  auto const parts = valid_history<Numbers>{random}.windows(calls);
  return judge(parts).first + judge({join(parts)}).first;
}

// --- one thing put wrong -----------------------------------------------------------------------------------------------------

// Changes a history so that it is wrong for certain, and says whether there was an occasion to.
using mistake = std::function<bool(whole&, testing::numbers&)>;

// The pairs of events for which `fits` is true, one of them at random.
template <class Fits>
bool some_pair(whole& all, testing::numbers& random, Fits const& fits) {
  auto const from = random.below(all.size());
  for (std::size_t i = 0; i != all.size(); ++i) {
    for (std::size_t j = 0; j != all.size(); ++j) {
      if (fits(all[(i + from) % all.size()], all[j])) return true;
    }
  }
  return false;
}
bool is_found(event const& e) { return e.what == op::read; }
// A read of what `w` wrote, in no time at all after `e` had returned.
event found_after(event const& w, event const& e) {
  return {e.returned + 1, e.returned + 1, w.value, 0, w.epoch, w.slot, op::read};
}

bool tear(whole& all, testing::numbers& random) {
  return some_pair(all, random, [](event& e, event&) {
    if (is_found(e)) e.what = op::torn;
    return e.what == op::torn;
  });
}
bool find_another_slots(whole& all, testing::numbers& random) {
  return some_pair(all, random, [](event& a, event const& b) {
    bool const fits = is_found(a) && is_found(b) && a.slot != b.slot;
    if (fits) a.value = b.value;
    return fits;
  });
}
bool find_another_tenants(whole& all, testing::numbers& random) {
  return some_pair(all, random, [](event& e, event&) {
    if (is_found(e)) e.value ^= std::uint64_t{1} << 60;
    return is_found(e);
  });
}
bool find_what_nobody_wrote(whole& all, testing::numbers& random) {
  return some_pair(all, random, [](event& e, event&) {
    if (is_found(e)) e.value ^= std::uint64_t{1} << 20;
    return is_found(e);
  });
}
bool find_under_another_stream(whole& all, testing::numbers& random) {
  return some_pair(all, random, [](event& a, event const& b) {
    bool const fits = is_found(a) && b.what == op::begin && b.stream < words::of(a.value).stream;
    if (fits) a.stream = b.stream;
    return fits;
  });
}
bool find_before_it_was_written(whole& all, testing::numbers& random) {
  whole more;
  bool const fits = some_pair(all, random, [&](event const& w, event const& b) {
    if (w.what != op::write || b.what != op::begin || b.stream != w.stream || b.returned + 1 >= w.began) return false;
    more.push_back(found_after(w, b));
    return true;
  });
  all.insert(all.end(), more.begin(), more.end());
  return fits;
}
// What `w` wrote is found again after `e`, which `ends` it.
template <class Ends>
bool find_after(whole& all, testing::numbers& random, Ends const& ends) {
  whole more;
  bool const fits = some_pair(all, random, [&](event const& w, event const& e) {
    if (w.what != op::write || w.returned >= e.began || w.epoch != e.epoch || !ends(w, e)) return false;
    more.push_back(found_after(w, e));
    return true;
  });
  all.insert(all.end(), more.begin(), more.end());
  return fits;
}
bool find_a_stale_one(whole& all, testing::numbers& random) {
  return find_after(all, random, [](event const& w, event const& e) {
    return e.what == op::write && e.slot == w.slot && e.stream == w.stream;
  });
}
bool find_an_erased_one(whole& all, testing::numbers& random) {
  return find_after(all, random,
                    [](event const& w, event const& e) { return e.what == op::erase && e.stream == w.stream; });
}
bool find_a_fenced_one(whole& all, testing::numbers& random) {
  return find_after(all, random, [](event const& w, event const& e) {
    return e.what == op::begin && form.camera_of(e.slot) == form.camera_of(w.slot);
  });
}
bool find_a_revoked_one(whole& all, testing::numbers& random) {
  return find_after(all, random, [](event const&, event const& e) { return e.what == op::revoke; });
}
bool find_a_suspended_one(whole& all, testing::numbers& random) {
  return find_after(all, random, [](event const&, event const& e) { return e.what == op::suspend; });
}
bool hold_a_revoked_one(whole& all, testing::numbers& random) {
  bool const fits = find_a_revoked_one(all, random);
  if (fits) all.back().what = op::held;
  return fits;
}
bool publish_when_fenced(whole& all, testing::numbers& random) {
  bool const fits = find_a_fenced_one(all, random);
  if (!fits) return false;
  auto name = words::of(all.back().value);
  name.serial += 1U << 20;
  all.back().what = op::write;
  all.back().value = name.value();
  all.back().stream = name.stream;
  return true;
}
bool write_twice(whole& all, testing::numbers& random) {
  return some_pair(all, random, [](event& a, event const& b) {
    bool const fits =
        a.what == op::write && b.what == op::write && a.slot == b.slot && a.stream == b.stream && a.value != b.value;
    if (fits) a.value = b.value;
    return fits;
  });
}
bool begin_without_a_newer_generation(whole& all, testing::numbers& random) {
  return some_pair(all, random, [](event& a, event const& b) {
    bool const fits = a.what == op::begin && b.what == op::begin && b.returned < a.began && a.epoch == b.epoch &&
                      form.camera_of(a.slot) == form.camera_of(b.slot);
    if (fits) a.value = b.value;
    return fits;
  });
}
// Two that were found one after the other, in whose writes there was an order too.
bool swap_two_reads(whole& all, testing::numbers& random) {
  return some_pair(all, random, [&](event& a, event& b) {
    if (!is_found(a) || !is_found(b) || a.slot != b.slot || a.epoch != b.epoch || a.returned >= b.began) return false;
    event const* first = nullptr;
    event const* second = nullptr;
    for (auto const& e : all) {
      if (e.what == op::write && e.value == a.value) first = &e;
      if (e.what == op::write && e.value == b.value) second = &e;
    }
    if (first == nullptr || second == nullptr || first->returned >= second->began || first->stream != second->stream)
      return false;
    std::swap(a.value, b.value);
    return true;
  });
}
bool lose_and_find_again(whole& all, testing::numbers& random) {
  whole more;
  bool const fits = some_pair(all, random, [&](event const& w, event const& r) {
    if (w.what != op::write || !is_found(r) || r.value != w.value || w.returned + 2 >= r.began) return false;
    more.push_back({w.returned + 1, w.returned + 1, 0, 0, w.epoch, w.slot, op::miss});
    return true;
  });
  all.insert(all.end(), more.begin(), more.end());
  return fits;
}

struct seeded final {
  std::string name;
  mistake make;
  fault says;  // unless something that holds for all registers at once is in its way as well
};
std::vector<seeded> const mistakes{
    {"torn", tear, fault::torn},
    {"another slot's", find_another_slots, fault::foreign},
    {"another tenant's", find_another_tenants, fault::foreign},
    {"what nobody wrote", find_what_nobody_wrote, fault::unwritten},
    {"under another stream's generation", find_under_another_stream, fault::other_stream},
    {"before it was written", find_before_it_was_written, fault::before_written},
    {"stale", find_a_stale_one, fault::stale},
    {"erased", find_an_erased_one, fault::stale},
    {"of a stream that was fenced off", find_a_fenced_one, fault::fenced},
    {"revoked", find_a_revoked_one, fault::other_epoch},
    {"suspended", find_a_suspended_one, fault::suspended},
    {"revoked, by a handle", hold_a_revoked_one, fault::other_epoch},
    {"published by a stream that was fenced off", publish_when_fenced, fault::fenced},
    {"written twice", write_twice, fault::written_twice},
    {"a generation that is not newer", begin_without_a_newer_generation, fault::generation},
    {"two reads swapped", swap_two_reads, fault::stale},
    {"missed and found again", lose_and_find_again, fault::lost},
};

}  // namespace

TEST_CASE("a history that happened is accepted, in windows and as a whole") {
#if defined(FRAMECACHE_TESTS_HAVE_RAPIDCHECK)
  rc::detail::TestParams params;
  params.maxSuccess = histories;
  rc::detail::TestMetadata metadata;
  metadata.id = metadata.description = "a history that happened is accepted";
  auto const number = rc::gen::resize(rc::kNominalSize, rc::gen::inRange<std::uint64_t>(0, std::uint64_t{1} << 40));
  auto const property = [&] {
    scripted random{*rc::gen::container<std::vector<std::uint64_t>>(251, number)};
    auto const wrong = what_is_wrong(random);
    if (!wrong.empty()) RC_FAIL(wrong);
  };
  auto const result = rc::detail::checkTestable(property, metadata, params);
  if (!result.template is<rc::detail::SuccessResult>()) rc::detail::printResultMessage(result, std::cerr);
  CHECK(result.template is<rc::detail::SuccessResult>());
#endif
  for (int i = 0; i != histories; ++i) {
    testing::numbers random{static_cast<std::uint64_t>(i) + 1};
    auto const wrong = what_is_wrong(random);
    REQUIRE_MESSAGE(wrong.empty(), i, ": ", wrong);
  }
}

TEST_CASE("a history with one thing put wrong is rejected, whatever the thing") {
  for (auto const& each : mistakes) {
    int made = 0;
    int named = 0;
    for (int i = 0; i != histories; ++i) {
      testing::numbers random{static_cast<std::uint64_t>(i) + 1};
      auto all = join(valid_history<testing::numbers>{random}.windows(calls));
      if (!each.make(all, random)) continue;
      ++made;
      auto const found = judge({all});
      REQUIRE_MESSAGE(found.wrong() > 0, each.name, ", history ", i);
      if (found.of(each.says) > 0) ++named;
    }
    CHECK_MESSAGE(named > made / 3, each.name, ": ", named, " of ", made);
    CHECK_MESSAGE(made > histories / 2, each.name, ": ", made);
  }
}

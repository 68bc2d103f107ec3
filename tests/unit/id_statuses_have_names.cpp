// SPDX-License-Identifier: Apache-2.0
//
// A log says the word that the code says. The last value of each enumeration is named too, so that none was added without.
#include <doctest/doctest.h>

#include <framecache/framecache.hpp>

#include <cstdint>
#include <set>
#include <string_view>

namespace fc = framecache;

namespace {

template <class Status>
bool all_named(Status last, std::size_t count) {
  std::set<std::string_view> names;
  for (unsigned i = 0; i <= static_cast<unsigned>(last); ++i) names.insert(fc::to_string(static_cast<Status>(i)));
  return names.size() == count && !names.contains("");
}

}  // namespace

TEST_CASE("every status has a name of its own, the word its code has") {
  CHECK(all_named(fc::refusal::no_room, 4));
  CHECK(all_named(fc::lookup_status::failed, 9));
  CHECK(all_named(fc::commit_status::cancelled, 11));
  CHECK(all_named(fc::name_status::no_room, 8));
  CHECK(all_named(fc::begin_status::no_room, 7));
  CHECK(all_named(fc::order_status::unknown, 3));

  CHECK(fc::to_string(fc::refusal::none) == "none");
  CHECK(fc::to_string(fc::refusal::no_room) == "no_room");
  CHECK(fc::to_string(fc::lookup_status::hit) == "hit");
  CHECK(fc::to_string(fc::lookup_status::superseded) == "superseded");
  CHECK(fc::to_string(fc::lookup_status::too_old) == "too_old");
  CHECK(fc::to_string(fc::lookup_status::refused) == "refused");
  CHECK(fc::to_string(fc::lookup_status::loading) == "loading");
  CHECK(fc::to_string(fc::lookup_status::failed) == "failed");
  CHECK(fc::to_string(fc::commit_status::committed) == "committed");
  CHECK(fc::to_string(fc::commit_status::no_room) == "no_room");
  CHECK(fc::to_string(fc::commit_status::spent) == "spent");
  CHECK(fc::to_string(fc::commit_status::unscrubbable) == "unscrubbable");
  CHECK(fc::to_string(fc::commit_status::cancelled) == "cancelled");
  CHECK(fc::to_string(fc::name_status::unlisted) == "unlisted");
  CHECK(fc::to_string(fc::name_status::full) == "full");
  CHECK(fc::to_string(fc::begin_status::unknown) == "unknown");
  CHECK(fc::to_string(fc::begin_status::conflict) == "conflict");
  CHECK(fc::to_string(fc::order_status::done) == "done");
  CHECK(fc::to_string(fc::order_status::unknown) == "unknown");
}

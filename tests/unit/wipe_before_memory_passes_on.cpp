// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "model/raw_source.hpp"
#include "support/homes.hpp"

namespace {

constexpr std::string_view passed_secret = "the inside of somebody's home, at night";

std::string picture() {
  std::string text;
  while (text.size() < 2500) text += passed_secret;
  return text;
}

struct passing_relay {
  testing::book book;
  fc::registry homes{book};
  testing::raw_source memory;
  fc::frame_cache<> cache{homes, {.capacity = fc::mebibytes{2}, .source = &memory, .audit_each_operation = true}};

  // A frame of that home's camera, and nothing in use any more: its block is free, its bytes are still in it.
  void leave_a_free_block(std::uint64_t home) {
    auto camera = cache.publisher(book.publisher(home));
    auto stream = camera.begin(camera.device("front door"));
    REQUIRE(testing::put(stream, picture()) == fc::commit_status::committed);
    stream = camera.begin(camera.device("front door"));  // supersedes it
    REQUIRE(memory.contains(passed_secret));
    memory.have_no_more();  // whoever is given memory now is given that block
  }
};

bool shows(fc::draft& draft) {
  auto const all = draft.bytes();
  return std::string_view{reinterpret_cast<char const*>(all.data()), all.size()}.find(passed_secret) !=
         std::string_view::npos;
}
bool is_zero(fc::draft& draft) {
  for (auto const each : draft.bytes()) {
    if (each != std::byte{0}) return false;
  }
  return true;
}
fc::byte_count same_size() { return fc::byte_count{std::uint64_t{2500}}; }

}  // namespace

TEST_CASE("a draft of another device finds zeros where the first one's frame was (I5)") {
  passing_relay r;
  r.leave_a_free_block(1);
  auto camera = r.cache.publisher(r.book.publisher(1));
  auto stream = camera.begin(camera.device("garden"));
  auto draft = stream.stage(same_size());
  REQUIRE(draft);
  CHECK_FALSE(shows(draft));
  CHECK(is_zero(draft));
  CHECK_FALSE(r.memory.contains(passed_secret));
}

TEST_CASE("a draft of another tenant finds zeros where a neighbour's frame was (I5)") {
  passing_relay r;
  r.leave_a_free_block(1);
  auto camera = r.cache.publisher(r.book.publisher(2));
  auto stream = camera.begin(camera.device("front door"));
  auto draft = stream.stage(same_size());
  REQUIRE(draft);
  CHECK(is_zero(draft));
  CHECK_FALSE(r.memory.contains(passed_secret));
}

TEST_CASE("a draft of a new epoch of the same tenant finds zeros (I5, I7)") {
  passing_relay r;
  r.leave_a_free_block(1);
  auto ops = r.cache.admin(r.book.admin());
  CHECK(ops.revoke(testing::tenant(1)).wiped >= picture().size());
  CHECK_FALSE(r.memory.contains(passed_secret));
  auto camera = r.cache.publisher(r.book.publisher(1));
  auto stream = camera.begin(camera.device("front door"));
  auto draft = stream.stage(same_size());
  REQUIRE(draft);
  CHECK(is_zero(draft));
}

TEST_CASE("a draft of the same device may find what that device left there: the steady state zeroes nothing (I5)") {
  passing_relay r;
  r.leave_a_free_block(1);
  auto camera = r.cache.publisher(r.book.publisher(1));
  auto stream = camera.begin(camera.device("front door"));
  auto draft = stream.stage(same_size());
  REQUIRE(draft);
  CHECK(shows(draft));
}

TEST_CASE("memory fresh from a source is zero in a draft, whatever the source left in it (I5)") {
  passing_relay r;
  auto camera = r.cache.publisher(r.book.publisher(1));
  auto stream = camera.begin(camera.device("front door"));
  for (std::uint64_t size : {1U, 4000U, 50'000U}) {
    auto draft = stream.stage(fc::byte_count{size});
    REQUIRE(draft);
    CHECK(is_zero(draft));
  }
}

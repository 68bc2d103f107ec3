// SPDX-License-Identifier: Apache-2.0
//
// Incident 7 (GitHub, Mar 2021; openai-agents-go #90): one mutable object was used for two requests, and what the
// second wrote went out with the first. I4: a frame is immutable once committed, and its memory is nobody else's while
// somebody holds it. That a writer keeps writing after its commit does not compile: tests/compile_fail/incidents.inc.
#include <doctest/doctest.h>

#include "support/homes.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

TEST_CASE("incident 7, the natural code: a worker's picture is filled for the next request while the last one is still "
          "being sent") {
  // One for each worker, so that a request costs no allocation.
  auto const picture = std::make_shared<std::string>();
  auto const fill = [&](std::string const& home) {
    *picture = "the hall of " + home;
    return picture;
  };
  auto const sending_to_one = fill("home one");  // to a slow phone, so that it takes a while
  auto const sending_to_two = fill("home two");
  CHECK(*sending_to_two == "the hall of home two");
  CHECK(*sending_to_one == "the hall of home two");
}

TEST_CASE("incident 7, framecache: a draft is spent by its commit, and writes to nothing afterwards (I4)") {
  testing::house<> h;
  auto const camera = h.cache.publisher(h.keys.publisher(1));
  auto const stream = camera.begin(camera.device("hall"));
  auto const eye = h.cache.viewer(h.keys.viewer(1));
  auto draft = stream.stage(fc::byte_count{16U});
  std::memcpy(draft.bytes().data(), "the hall, once..", 16);
  REQUIRE(std::move(draft).commit({.size = fc::byte_count{16U}}) == fc::commit_status::committed);

  CHECK_FALSE(draft);
  CHECK(draft.bytes().empty());
  CHECK_FALSE(draft.advance(fc::byte_count{1U}));
  CHECK(std::move(draft).commit({.size = fc::byte_count{16U}}) == fc::commit_status::spent);
  // The next frame is staged elsewhere while the last one is being sent.
  auto const sending = eye.latest(stream.device(), fc::any_age);
  auto next = stream.stage(fc::byte_count{16U});
  CHECK(static_cast<void const*>(next.bytes().data()) != static_cast<void const*>(eye.read(sending).bytes().data()));
  std::memcpy(next.bytes().data(), "the hall, twice.", 16);
  CHECK(testing::text_of(eye.read(sending)) == "the hall, once..");
  REQUIRE(std::move(next).commit({.size = fc::byte_count{16U}}) == fc::commit_status::committed);
  CHECK(testing::text_of(eye.read(sending)) == "the hall, once..");
}

TEST_CASE("incident 7, framecache: memory is not recycled under a held handle, however short memory is (I4, I5)") {
  testing::house<> h{{.capacity = fc::kibibytes{256}}};
  auto const one = h.cache.publisher(h.keys.publisher(1));
  auto const mine = one.begin(one.device("hall"));
  std::string const hall(9'000, '1');
  REQUIRE(testing::put(mine, hall) == fc::commit_status::committed);
  auto const eye = h.cache.viewer(h.keys.viewer(1));
  auto sending = eye.latest(mine.device(), fc::any_age);
  auto const view_of_it = eye.read(sending).bytes();

  // Home two takes all the memory there is, several times over, and home one's camera goes on.
  auto const two = h.cache.publisher(h.keys.publisher(2));
  std::vector<fc::stream> theirs;
  for (int i = 0; i != 12; ++i) theirs.push_back(two.begin(two.device("camera " + std::to_string(i))));
  int committed = 0;
  std::uint16_t wide = 0;  // every frame is of another size, so that none takes another's place
  for (int round = 0; round != 20; ++round) {
    for (auto const& stream : theirs) {
      auto draft = stream.stage(fc::byte_count{9'000U}, {++wide, 1, fc::rotation::none});
      if (!draft) continue;
      auto const room = draft.bytes();
      auto const* const begin = room.data();
      auto const* const end = begin + room.size();
      CHECK((end <= view_of_it.data() || begin >= view_of_it.data() + view_of_it.size()));
      std::fill(room.begin(), room.end(), std::byte{'2'});
      committed += std::move(draft).commit({.size = fc::byte_count{9'000U}}) == fc::commit_status::committed ? 1 : 0;
    }
    static_cast<void>(testing::put(mine, std::string(9'000, 'x')));
    CHECK(testing::text_of(eye.read(sending)) == hall);
  }
  CHECK(committed > 100);
  CHECK(h.cache.stats().evictions > 50);
  sending = {};
  CHECK(h.cache.stats().pinned == 0);
  CHECK(h.cache.audit().ok);
}

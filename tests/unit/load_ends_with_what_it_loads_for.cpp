// SPDX-License-Identifier: Apache-2.0
//
// A load that was begun for a generation or a device ends with it: whoever waited is told at once, and the next load is nobody's
// to follow.
#include <doctest/doctest.h>

#include "support/homes.hpp"

#include <vector>

using namespace std::chrono_literals;

namespace {

struct loading_home_of_two {
  explicit loading_home_of_two(std::size_t loads = 64)
      : cache{homes, {.capacity = fc::mebibytes{1}, .audit_each_operation = true, .loads_per_tenant = loads}} {}

  // Asks for the source; whoever leads keeps the ticket. Returns whether this caller leads.
  bool lead(fc::device_id of, fc::stream_generation live) {
    auto const before = tickets.size();
    static_cast<void>(eye.try_get_or_load(of, live, fc::rendition::source(), fc::any_age,
                                          std::chrono::steady_clock::now() + 1h,
                                          [&](fc::ticket t) { tickets.push_back(std::move(t)); }));
    return tickets.size() != before;
  }

  testing::book book;
  fc::registry homes{book};
  fc::frame_cache<> cache;
  fc::publisher camera = cache.publisher(book.publisher(1));
  fc::frame_cache<>::viewer_type<> eye = cache.viewer(book.viewer(1));
  std::vector<fc::ticket> tickets;
};

}  // namespace

TEST_CASE("a newer stream tells whoever waits for a load of the old one, and its own loads are led anew (I8, I6)") {
  loading_home_of_two h;
  auto const old = h.camera.begin(h.camera.device("porch"));
  REQUIRE(h.lead(old.device(), old.generation()));
  REQUIRE_FALSE(h.lead(old.device(), old.generation()));
  int told = 0;
  auto const waiting = h.eye.notify_loaded(old.device(), old.generation(), fc::rendition::source(), [&] { ++told; });
  REQUIRE(told == 0);
  auto const next = h.camera.begin(old.device());
  CHECK(told == 1);
  CHECK(h.lead(next.device(), next.generation()));
  CHECK(std::move(h.tickets.front()).stage(fc::byte_count{1U}).why() == fc::commit_status::superseded);
}

TEST_CASE("retiring a device tells whoever waits for a load of it, and counts the load no more (I8)") {
  loading_home_of_two h{1};
  auto const porch = h.camera.begin(h.camera.device("porch"));
  auto const hall = h.camera.begin(h.camera.device("hall"));
  REQUIRE(h.lead(porch.device(), porch.generation()));
  REQUIRE_FALSE(h.lead(hall.device(), hall.generation()));  // one at a time
  int told = 0;
  auto const waiting =
      h.eye.notify_loaded(porch.device(), porch.generation(), fc::rendition::source(), [&] { ++told; });
  REQUIRE(told == 0);
  REQUIRE(h.cache.steward(h.book.steward(1)).retire(porch.device()).status == fc::order_status::done);
  CHECK(told == 1);
  CHECK(h.lead(hall.device(), hall.generation()));
}

TEST_CASE("revoking a tenant tells whoever waits for a load of it, and counts the load no more (I8, I7)") {
  loading_home_of_two h{1};
  auto const porch = h.camera.begin(h.camera.device("porch"));
  REQUIRE(h.lead(porch.device(), porch.generation()));
  int told = 0;
  auto const waiting =
      h.eye.notify_loaded(porch.device(), porch.generation(), fc::rendition::source(), [&] { ++told; });
  REQUIRE(told == 0);
  REQUIRE(h.cache.admin(h.book.admin()).revoke(testing::tenant(1)).status == fc::order_status::done);
  CHECK(told == 1);
  auto camera = h.cache.publisher(h.book.publisher(1));
  auto const again = camera.begin(camera.device("porch"));
  auto eye = h.cache.viewer(h.book.viewer(1));
  bool led = false;
  static_cast<void>(eye.try_get_or_load(again.device(), again.generation(), fc::rendition::source(), fc::any_age,
                                        std::chrono::steady_clock::now() + 1h, [&](fc::ticket) { led = true; }));
  CHECK(led);
}

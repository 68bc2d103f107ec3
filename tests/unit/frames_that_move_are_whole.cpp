// SPDX-License-Identifier: Apache-2.0
//
// When memory is wanted, frames are moved out of nearly empty chunks, so that those can go back. One thread, so that each time the same
// frames move; several at once: concurrency/frames_are_read_while_they_move.
#include <doctest/doctest.h>

#include "model/stamped.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace {

constexpr std::uint64_t the_home = 1;

// A home of cameras of which two in three have had their frames erased, in a cache that may not grow: frames of another size need chunks
// that others give back.
struct thinned_home {
  thinned_home(fc::byte_count capacity, std::size_t cameras, std::uint64_t bytes)
      : cache{registry, {.capacity = capacity}} {
    for (std::size_t n = 0; n != cameras; ++n) {
      streams.push_back(publisher.begin(publisher.device(std::to_string(n))));
      REQUIRE(testing::put_stamped(streams.back(), the_home, n, bytes) == fc::commit_status::committed);
    }
    for (std::size_t n = 0; n != cameras; ++n) {
      if (n % 3 != 0) REQUIRE(streams[n].erase().status == fc::order_status::done);
    }
    REQUIRE(take_away(0));
    for (auto const& each : kept()) before.push_back(address_of(*each));
  }
  [[nodiscard]] std::vector<fc::stream const*> kept() const {
    std::vector<fc::stream const*> all;
    for (std::size_t n = 0; n < streams.size(); n += 3) all.push_back(&streams[n]);
    return all;
  }
  // Where a camera's frame lies, or nullptr.
  [[nodiscard]] std::byte const* address_of(fc::stream const& stream) const {
    std::byte const* at = nullptr;
    static_cast<void>(
        eye.peek(stream.device(), stream.generation(), [&](fc::frame_view const& view) { at = view.bytes().data(); }));
    return at;
  }
  // Lowers the capacity to what is there, and by that much more.
  [[nodiscard]] bool take_away(std::uint64_t bytes) {
    auto const there = cache.stats().resident;
    return cache.admin(keys.admin()).resize(fc::byte_count{std::uint64_t{there - bytes}}) == fc::order_status::done;
  }
  // Frames of the cameras that had none.
  void put_others(std::size_t count, std::uint64_t bytes) {
    for (std::size_t n = 1; n < 3 * count; n += 3)
      CHECK(testing::put_stamped(streams[n], the_home, n, bytes) == fc::commit_status::committed);
  }
  // Looks at every frame that was kept; counts those that lie elsewhere now, and those that had to leave.
  void look_at_all() {
    std::size_t n = 0;
    for (auto const& each : kept()) {
      auto const held = eye.find(each->device(), each->generation());
      auto const view = eye.read(held);
      if (!view) {
        ++gone;
      } else {
        found.look_once(view, the_home, each->device().value());
        CHECK(view.sequence() == fc::frame_sequence{std::uint64_t{1}});
        if (view.bytes().data() != before[n]) ++moved;
      }
      ++n;
    }
    CHECK(found.torn == 0);
    CHECK(found.foreign == 0);
    auto const report = cache.audit();
    CHECK_MESSAGE(report.ok, report.broken);
  }

  testing::book keys;
  fc::registry registry{keys};
  fc::frame_cache<> cache;
  fc::publisher publisher = cache.publisher(keys.publisher(the_home));
  fc::frame_cache<>::viewer_type<> eye = cache.viewer(keys.viewer(the_home));
  std::vector<fc::stream> streams;
  std::vector<std::byte const*> before;
  testing::faults found;
  std::size_t moved = 0;
  std::size_t gone = 0;
};

constexpr std::size_t cameras = 1020;
constexpr std::uint64_t small = 100;
constexpr std::uint64_t larger = 400;

}  // namespace

TEST_CASE("a frame that moves takes its bytes and its facts along (I3, I4)") {
  thinned_home h(fc::mebibytes{2}, cameras, small);
  h.put_others(100, larger);
  h.look_at_all();
  CHECK(h.moved > 50);
  CHECK(h.gone < 10);
}

TEST_CASE("a frame that moves away from under a peek stays as it was for who peeks (I4)") {
  std::size_t moved = 0;
  for (std::size_t n = 99; n != 693; n += 99) {
    thinned_home h(fc::mebibytes{2}, cameras, small);
    auto const& stream = h.streams[n];
    auto const why = h.eye.peek(stream.device(), stream.generation(), [&](fc::frame_view const& view) {
      h.put_others(300, larger);
      h.found.look_once(view, the_home, stream.device().value());
      auto const held = h.eye.find(stream.device(), stream.generation());
      auto const now = h.eye.read(held).bytes().data();
      if (now != nullptr && now != view.bytes().data()) ++moved;
    });
    CHECK(why == fc::lookup_status::hit);
    h.look_at_all();
  }
  CHECK(moved > 0);
}

TEST_CASE("memory that lies apart has one owner while its header would move from under a peek (I4)") {
  constexpr std::uint64_t apart = 3000;
  constexpr std::uint64_t step = 4096;
  thinned_home h(fc::mebibytes{4}, 600, apart);
  auto const& stream = h.streams[300];
  auto const why = h.eye.peek(stream.device(), stream.generation(), [&](fc::frame_view const& view) {
    // All that is free goes, nearly empty chunks of headers with it; then frames.
    auto const evicted = h.cache.stats().evictions;
    while (h.cache.stats().evictions == evicted) REQUIRE(h.take_away(step));
    h.found.look_once(view, the_home, stream.device().value());
  });
  CHECK(why == fc::lookup_status::hit);
  h.put_others(150, apart);
  h.look_at_all();
  CHECK(h.moved == 0);  // of what lies apart only headers do
  CHECK(h.gone < 190);
}

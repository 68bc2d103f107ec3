// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "model/stamped.hpp"

#include <atomic>

// A room's small table goes back to the slab when the room outgrows it, and the slab's link lay where a late reader reads the tags: one
// was written as plain bytes, the other read as an atomic. Seen by ThreadSanitizer.
TEST_CASE("a small table goes back to the slab while somebody still reads it (I1)") {
  constexpr std::uint64_t rooms = 200;
  testing::book book;
  fc::registry homes{book, {}};
  fc::frame_cache<> cache{homes, {.capacity = fc::mebibytes{16}}};
  testing::faults found;
  for (std::uint64_t home = 1; home <= rooms; ++home) {
    auto const camera = cache.publisher(book.publisher(home));
    auto const stream = camera.begin(camera.device("porch"));
    auto const picture = [](std::uint16_t width) { return fc::rendition{width, 180, fc::rotation::none}; };
    std::atomic<bool> done{false};
    testing::in_threads(2, [&](unsigned i) {
      if (i == 0) {
        for (std::uint16_t width = 1; width <= 80; ++width) {
          if (testing::put_stamped(stream, home, width, 100, picture(width)) != fc::commit_status::committed)
            found.note("not put");
        }
        done = true;
        return;
      }
      auto const eye = cache.viewer(book.viewer(home));
      for (std::uint16_t width = 1; !done; width = static_cast<std::uint16_t>(width % 80 + 1)) {
        auto const held = eye.find(stream.device(), stream.generation(), picture(width));
        if (held) found.look(eye.read(held), home, stream.device().value());
      }
    });
  }
  CHECK(found.foreign == 0);
  CHECK(found.torn == 0);
  CHECK_MESSAGE(found.other == 0, std::string(found.first_other.load()));
}

// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "support/homes.hpp"

using namespace std::chrono_literals;

TEST_CASE("waiting for a device that the credential does not list returns at once, as for any absent device") {
  testing::book book;
  fc::registry homes{book};
  fc::frame_cache<> cache{homes, {.capacity = fc::mebibytes{1}}};
  auto camera = cache.publisher(book.publisher(1));
  auto stream = camera.begin(camera.device("bedroom"));
  auto guest = testing::book::admission(fc::role::viewer, 1, 7);
  guest.devices = fc::device_list::only({"porch"});
  auto eye = cache.viewer(book.issue(guest));
  CHECK_FALSE(
      eye.wait_newer(stream.device(), fc::frame_sequence{std::uint64_t{0}}, std::chrono::steady_clock::now() + 100ms));
  CHECK(cache.stats().absent <= 3);  // otherwise it looked, and looked, and looked
}

TEST_CASE(
    "waiting for a frame in a cache that has no room to remember the wait does not burn a core until the deadline") {
  testing::book book;
  fc::registry homes{book};
  fc::frame_cache<> cache{homes, {.capacity = fc::kibibytes{512}}};
  auto camera = cache.publisher(book.publisher(1));
  auto eye = cache.viewer(book.viewer(1));
  auto stream = camera.begin(camera.device("porch"));
  auto const silent = camera.device("never streamed");
  std::vector<fc::draft> drafts;
  for (std::uint64_t size : {100'000U, 10'000U, 100U}) {
    for (;;) {
      auto draft = stream.stage(fc::byte_count{size});
      if (!draft) break;
      drafts.push_back(std::move(draft));
    }
  }
  // Fill the last bytes with the charges of names.
  for (int i = 0;; ++i) {
    auto name = std::to_string(i);
    name.push_back('n');
    if (!camera.device(name)) break;
  }
  CHECK_FALSE(eye.wait_newer(*silent, fc::frame_sequence{std::uint64_t{0}}, std::chrono::steady_clock::now() + 100ms));
  CHECK(cache.stats().absent <= 3);
}

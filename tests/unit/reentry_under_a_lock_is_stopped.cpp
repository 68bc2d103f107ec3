// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "model/child.hpp"
#include "support/homes.hpp"

namespace {

// The one piece of user code that runs under a lock is a hash, which has no business in the cache. This one goes there.
struct intruding_hash {
  static inline std::function<void()> intrude = nullptr;
  static std::uint64_t hash(fc::hash_words const& words, fc::hash_secret const&) noexcept {
    if (intrude) intrude();
    return words[1];
  }
};

// A derived picture: of the source a device has one, which is found without a hash.
void put_derived(fc::stream const& stream) {
  auto draft = stream.stage(fc::byte_count{4U}, fc::rendition{16, 9, fc::rotation::none});
  static_cast<void>(std::move(draft).commit({.size = fc::byte_count{4U}}));
}

}  // namespace

TEST_CASE("a debug build stops re-entry with a message instead of hanging for ever") {
  if (!testing::debug_build) return;
  auto const end = testing::run_in_child([] {
    testing::book book;
    fc::registry homes{book};
    fc::frame_cache<fc::hash<intruding_hash>> cache{homes, {.capacity = fc::mebibytes{1}}};
    auto camera = cache.publisher(book.publisher(1));
    auto stream = camera.begin(camera.device("porch"));
    intruding_hash::intrude = [&] { static_cast<void>(cache.stats()); };
    put_derived(stream);
    return 0;
  });
  CHECK(end.aborted);
  CHECK(end.said.find("framecache: re-entry") != std::string::npos);
  CHECK(end.said.find("leave the callback") != std::string::npos);
}

TEST_CASE("with threads<one>, where there is no lock to hang on, a debug build stops re-entry all the same") {
  if (!testing::debug_build) return;
  auto const end = testing::run_in_child([] {
    testing::book book;
    fc::registry homes{book};
    fc::frame_cache<fc::threads<fc::one>, fc::hash<intruding_hash>> cache{homes, {.capacity = fc::mebibytes{1}}};
    auto camera = cache.publisher(book.publisher(1));
    auto stream = camera.begin(camera.device("porch"));
    intruding_hash::intrude = [&] { static_cast<void>(cache.stats()); };
    put_derived(stream);
    return 0;
  });
  CHECK(end.aborted);
  CHECK(end.said.find("framecache: re-entry") != std::string::npos);
}

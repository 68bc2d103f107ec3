// SPDX-License-Identifier: Apache-2.0
//
// Incident 14 (ristretto #30, pingora #406, openvino.genai #3722): the hash stood for the key. I1: the whole key is compared.
#include <doctest/doctest.h>

#include "support/homes.hpp"

#include <functional>
#include <map>
#include <string>

namespace {

struct all_colliding final {
  static std::uint64_t hash(fc::hash_words const&, fc::hash_secret const&) noexcept { return 42; }
};

}  // namespace

TEST_CASE("incident 14, the natural code: a cache keyed by a hash shows a stranger's picture when two hashes meet") {
  auto const narrow = [](std::string const& key) { return std::hash<std::string>{}(key) % 64; };
  std::map<std::size_t, std::string> cache;
  int strangers = 0;
  for (int home = 0; home != 200; ++home) {
    auto const key = "home " + std::to_string(home);
    cache.try_emplace(narrow(key), key);
  }
  for (int home = 0; home != 200; ++home) {
    auto const key = "home " + std::to_string(home);
    if (cache.at(narrow(key)) != key) ++strangers;
  }
  CHECK(strangers > 0);
}

TEST_CASE("incident 14, framecache: with a hash under which all keys collide, everybody still sees their own") {
  testing::book book;
  fc::registry homes{book};
  fc::frame_cache<fc::hash<all_colliding>> cache{homes, {.capacity = fc::mebibytes{16}}};
  constexpr std::uint64_t home_count = 20;
  for (std::uint64_t home = 1; home <= home_count; ++home) {
    auto camera = cache.publisher(book.publisher(home));
    for (auto const* const name : {"front door", "kitchen", "garden"}) {
      auto stream = camera.begin(camera.device(name));
      REQUIRE(testing::put(stream, std::to_string(home) + name) == fc::commit_status::committed);
    }
  }
  int foreign = 0;
  for (std::uint64_t home = 1; home <= home_count; ++home) {
    auto eye = cache.viewer(book.viewer(home));
    for (auto const* const name : {"front door", "kitchen", "garden"}) {
      auto const found = eye.latest(*eye.device(name), fc::any_age);
      if (testing::text_of(eye.read(found)) != std::to_string(home) + name) ++foreign;
    }
  }
  CHECK(foreign == 0);
  CHECK(cache.audit().ok);
}

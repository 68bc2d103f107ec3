// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "model/child.hpp"
#include "model/raw_source.hpp"
#include "support/homes.hpp"

#include <thread>

using namespace std::chrono_literals;

TEST_CASE("close() counts handles, shared handles, drafts and running peeks, over all tenants") {
  testing::book book;
  fc::registry homes{book};
  fc::frame_cache<> cache{homes, {.capacity = fc::mebibytes{1}}};
  auto camera = cache.publisher(book.publisher(1));
  auto eye = cache.viewer(book.viewer(1));
  auto stream = camera.begin(camera.device("porch"));
  CHECK(cache.close({}) == 0);
  REQUIRE(testing::put(stream, "text") == fc::commit_status::committed);
  auto first = eye.latest(stream.device(), fc::any_age);
  auto second = eye.share(first);
  auto draft = stream.stage(fc::byte_count{std::uint64_t{10}});
  auto other = cache.publisher(book.publisher(2));
  auto other_stream = other.begin(other.device("porch"));
  auto other_draft = other_stream.stage(fc::byte_count{std::uint64_t{10}});
  CHECK(cache.close({}) == 4);
  CHECK(cache.stats().handles == 4);
  auto const looked =
      eye.peek(stream.device(), stream.generation(), [&](fc::frame_view const&) { CHECK(cache.close({}) == 5); });
  CHECK(looked == fc::lookup_status::hit);
  first = {};
  {
    auto const dropped = std::move(draft);
  }
  CHECK(cache.close({}) == 2);
  CHECK(std::move(other_draft).commit({.size = fc::byte_count{std::uint64_t{1}}}) == fc::commit_status::committed);
  second = {};
  CHECK(cache.close({}) == 0);
}

TEST_CASE("close() waits until the last handle is back, and no longer") {
  testing::book book;
  fc::registry homes{book};
  fc::frame_cache<> cache{homes, {.capacity = fc::mebibytes{1}}};
  auto camera = cache.publisher(book.publisher(1));
  auto eye = cache.viewer(book.viewer(1));
  auto stream = camera.begin(camera.device("porch"));
  REQUIRE(testing::put(stream, "text") == fc::commit_status::committed);
  auto held = eye.latest(stream.device(), fc::any_age);
  std::atomic<bool> let_go{false};
  std::thread reader([&] {
    let_go = true;
    held = {};
  });
  CHECK(cache.close(std::chrono::steady_clock::now() + 30s) == 0);
  CHECK(let_go);
  reader.join();
}

TEST_CASE("a debug build stops when a cache is destroyed with handles out, and says how many") {
  if (!testing::debug_build) return;
  auto const end = testing::run_in_child([] {
    testing::book book;
    fc::registry homes{book};
    std::vector<fc::frame_cache<>::handle_type<>> held;
    {
      fc::frame_cache<> cache{homes, {.capacity = fc::mebibytes{1}}};
      auto camera = cache.publisher(book.publisher(1));
      auto eye = cache.viewer(book.viewer(1));
      auto stream = camera.begin(camera.device("porch"));
      if (testing::put(stream, "text") != fc::commit_status::committed) return 1;
      for (int i = 0; i != 3; ++i) held.push_back(eye.latest(stream.device(), fc::any_age));
    }
    return 0;
  });
  CHECK(end.aborted);
  CHECK(end.said.find("destroyed with 3 handles or drafts still out") != std::string::npos);
  CHECK(end.said.find("call close() first") != std::string::npos);
}

TEST_CASE("a release build leaves the memory in place instead, and letting go later is safe") {
  if (testing::debug_build) return;
  auto const end = testing::run_in_child([] {
    testing::book book;
    fc::registry homes{book};
    testing::raw_source memory;
    std::optional<fc::frame_cache<>> second;
    {
      std::vector<fc::frame_cache<>::handle_type<>> held;
      std::byte const* seen = nullptr;
      {
        fc::frame_cache<> cache{homes, {.capacity = fc::mebibytes{1}, .source = &memory}};
        auto camera = cache.publisher(book.publisher(1));
        auto eye = cache.viewer(book.viewer(1));
        auto stream = camera.begin(camera.device("porch"));
        if (testing::put(stream, "text") != fc::commit_status::committed) return 1;
        for (int i = 0; i != 3; ++i) held.push_back(eye.latest(stream.device(), fc::any_age));
        seen = eye.read(held[0]).bytes().data();
      }
      if (memory.out() == 0) return 2;
      if (std::memcmp(seen, "text", 4) != 0) return 3;
    }
    // The registry has forgotten that cache: another one on it works, names and all.
    second.emplace(homes, fc::config{.capacity = fc::mebibytes{1}});
    auto camera = second->publisher(book.publisher(1));
    auto stream = camera.begin(camera.device("hall"));
    return testing::put(stream, "text") == fc::commit_status::committed ? 0 : 4;
  });
  CHECK(end.exit_code == 0);
  CHECK(end.signal == 0);
  CHECK(end.said.empty());
}

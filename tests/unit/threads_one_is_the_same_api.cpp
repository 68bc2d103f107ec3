// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "model/owned_bytes.hpp"
#include "support/homes.hpp"

#include <sstream>

using namespace std::chrono_literals;

namespace {

// A bit of everything; every answer as text.
template <class Cache>
std::string a_day() {
  testing::book book;
  fc::registry homes{book};
  Cache cache{homes, {.capacity = fc::mebibytes{1}, .device_cap = fc::kibibytes{64}, .audit_each_operation = true}};
  std::ostringstream said;
  auto camera = cache.publisher(book.publisher(1));
  auto eye = cache.viewer(book.viewer(1));
  auto boss = cache.steward(book.steward(1));
  auto ops = cache.admin(book.admin());
  auto stream = camera.begin(camera.device("porch"));
  int woken = 0;
  auto const watch = eye.notify_newer(stream.device(), fc::frame_sequence{std::uint64_t{0}}, [&] { ++woken; });
  for (int i = 0; i != 30; ++i) said << fc::to_string(testing::put(stream, std::string(9000, 'x'))) << ' ';
  said << woken << ' ';
  auto held = eye.latest(stream.device(), fc::any_age);
  auto const other = eye.share(held);
  said << eye.read(other).size().value() << ' ' << eye.read(held).sequence().value() << ' ';
  stream = camera.begin(camera.device("porch"));
  said << fc::to_string(eye.latest(stream.device(), fc::any_age).why()) << ' ';
  said << fc::to_string(stream.adopt(testing::owned_bytes{{"a ", "packet"}}, {})) << ' ';
  // Nobody else could commit: returns at once, whatever the deadline.
  said << fc::to_string(eye.wait_newer(stream.device(), fc::frame_sequence{std::uint64_t{99}},
                                       std::chrono::steady_clock::now() + (woken == 1 ? 0s : 1h))
                            .why())
       << ' ';
  said << static_cast<bool>(boss.drain(std::chrono::steady_clock::now())) << ' ';
  said << ops.revoke(testing::tenant(1)).pinned << ' ' << fc::to_string(eye.read(held).why()) << ' ';
  said << ops.drain(testing::tenant(1), std::chrono::steady_clock::now()) << ' ' << cache.close({}) << ' ';
  auto const now = cache.stats();
  said << now.commits << ' ' << now.evictions << ' ' << now.hits << ' ' << now.absent;
  CHECK(cache.audit().ok);
  return said.str();
}

}  // namespace

TEST_CASE("threads<one> is the same API with the same answers") {
  auto const many = a_day<fc::frame_cache<>>();
  CHECK(many.find("committed") != std::string::npos);
  CHECK(a_day<fc::frame_cache<fc::threads<fc::one>>>() == many);
}

TEST_CASE("threads<one>: waiting for a frame that nobody could commit, or for a drain, returns at once") {
  testing::book book;
  fc::registry homes{book};
  fc::frame_cache<fc::threads<fc::one>> cache{homes, {.capacity = fc::mebibytes{1}}};
  auto camera = cache.publisher(book.publisher(1));
  auto eye = cache.viewer(book.viewer(1));
  auto ops = cache.admin(book.admin());
  auto stream = camera.begin(camera.device("porch"));
  REQUIRE(testing::put(stream, "text") == fc::commit_status::committed);
  auto const held = eye.latest(stream.device(), fc::any_age);
  auto const begun = std::chrono::steady_clock::now();
  CHECK_FALSE(eye.wait_newer(stream.device(), fc::frame_sequence{std::uint64_t{1}}, begun + 1h));
  CHECK(cache.close(begun + 1h) == 1);
  REQUIRE(ops.revoke(testing::tenant(1)).status == fc::order_status::done);
  CHECK_FALSE(ops.drain(testing::tenant(1), begun + 1h));
  CHECK(std::chrono::steady_clock::now() - begun < 1min);
}

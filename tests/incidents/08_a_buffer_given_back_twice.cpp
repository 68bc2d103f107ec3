// SPDX-License-Identifier: Apache-2.0
//
// Incident 8 (Jetty CVE-2019-17638, go-resty #745): a buffer was given back to its pool twice, and then had two owners.
// I4: a frame is freed once. Handles and drafts are given back by their end alone; doing it by hand has no spelling
// (tests/compile_fail/incidents.inc), and one that was moved, or copied by its bytes, gives nothing back.
#include <doctest/doctest.h>

#include "support/homes.hpp"

#include <array>
#include <cstddef>
#include <cstring>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace {

// An ordinary pool of buffers.
class ordinary_pool final {
 public:
  std::string* take() {
    if (free_.empty()) return all_.emplace_back(std::make_unique<std::string>()).get();
    auto* const buffer = free_.back();
    free_.pop_back();
    return buffer;
  }
  void give(std::string* buffer) { free_.push_back(buffer); }

 private:
  std::vector<std::unique_ptr<std::string>> all_;
  std::vector<std::string*> free_;
};

using handle = fc::frame_cache<>::handle_type<>;

// Home one's hall, committed and looked at; and a check that memory which two homes are given now is nobody else's.
struct relay : testing::house<> {
  fc::publisher one = cache.publisher(keys.publisher(1));
  fc::publisher two = cache.publisher(keys.publisher(2));
  fc::stream mine = one.begin(one.device("hall"));
  fc::stream theirs = two.begin(two.device("hall"));
  fc::frame_cache<>::viewer_type<> eye = cache.viewer(keys.viewer(1));

  handle look() {
    REQUIRE(testing::put(mine, "the hall of home one") == fc::commit_status::committed);
    return eye.latest(mine.device(), fc::any_age);
  }
  void every_buffer_has_one_owner() {
    auto first = mine.stage(fc::byte_count{20U});
    auto second = theirs.stage(fc::byte_count{20U});
    REQUIRE(first);
    REQUIRE(second);
    CHECK(first.bytes().data() != second.bytes().data());
    std::memcpy(first.bytes().data(), "one, written first. ", 20);
    std::memcpy(second.bytes().data(), "two, written second.", 20);
    CHECK(std::memcmp(first.bytes().data(), "one, written first. ", 20) == 0);
    CHECK(cache.audit().ok);
  }
};

}  // namespace

TEST_CASE(
    "incident 8, the natural code: an error path gives a buffer back a second time, and two homes write into it") {
  ordinary_pool pool;
  auto* const buffer = pool.take();
  pool.give(buffer);  // the response is too large: an exception is thrown, and its handler gives the buffer back
  pool.give(buffer);  // and so does the destructor
  auto* const of_one = pool.take();
  auto* const of_two = pool.take();
  *of_one = "the hall of home one";
  *of_two = "the hall of home two";
  CHECK(*of_one == "the hall of home two");
}

TEST_CASE("incident 8, framecache: a handle that was moved from, emptied or ended gives its frame back once (I4)") {
  relay r;
  auto held = r.look();
  auto moved = std::move(held);
  held = {};  // of what was moved from: nothing
  held = {};
  CHECK(r.cache.stats().handles == 1);
  CHECK(testing::text_of(r.eye.read(moved)) == "the hall of home one");
  CHECK(r.eye.read(held).why() == fc::lookup_status::absent);
  moved = {};
  moved = {};
  CHECK(r.cache.stats().handles == 0);
  CHECK(r.cache.stats().pinned == 0);
  r.every_buffer_has_one_owner();
}

TEST_CASE("incident 8, framecache: a draft that was committed, dropped or moved from gives its memory back once (I4)") {
  relay r;
  auto committed = r.mine.stage(fc::byte_count{20U});
  std::memcpy(committed.bytes().data(), "the hall of home one", 20);
  REQUIRE(std::move(committed).commit({.size = fc::byte_count{20U}}) == fc::commit_status::committed);
  committed = fc::draft{fc::commit_status::refused};  // given back once more: nothing
  auto first = r.mine.stage(fc::byte_count{20U});
  auto second = std::move(first);
  first = fc::draft{fc::commit_status::refused};
  CHECK(r.cache.stats().handles == 1);
  second = fc::draft{fc::commit_status::refused};
  second = fc::draft{fc::commit_status::refused};
  CHECK(r.cache.stats().handles == 0);
  CHECK(r.cache.stats().pinned == 0);
  r.every_buffer_has_one_owner();
  auto const still = r.eye.latest(r.mine.device(), fc::any_age);
  CHECK(testing::text_of(r.eye.read(still)) == "the hall of home one");
}

TEST_CASE("incident 8, framecache: what was copied by its bytes shows nothing and gives nothing back (P3)") {
  relay r;
  std::optional held{r.look()};
  alignas(handle) std::array<std::byte, sizeof(handle)> bytes;
  std::memcpy(bytes.data(), static_cast<void const*>(std::addressof(*held)), sizeof(handle));
  auto* const copy = std::launder(reinterpret_cast<handle*>(bytes.data()));
  CHECK(r.eye.read(*copy).why() == fc::lookup_status::refused);
  CHECK(r.eye.read(*copy).bytes().empty());
  CHECK_FALSE(r.eye.share(*copy));
  {
    auto const taken_from_it = std::move(*copy);
    CHECK_FALSE(taken_from_it);
  }
  std::memcpy(bytes.data(), static_cast<void const*>(std::addressof(*held)), sizeof(handle));
  copy->~handle();
  CHECK(r.cache.stats().handles == 1);

  // Its frame is superseded by the next, so that only the true handle keeps it.
  REQUIRE(testing::put(r.mine, "the hall, later on..") == fc::commit_status::committed);
  r.every_buffer_has_one_owner();
  CHECK(testing::text_of(r.eye.read(*held)) == "the hall of home one");
  held.reset();
  CHECK(r.cache.stats().handles == 0);
  r.every_buffer_has_one_owner();
}

// SPDX-License-Identifier: Apache-2.0
//
// A commit may have to make room for its place in the index, and user code runs while it does: what was true before is asked
// again inside the lock that publishes.
#include <doctest/doctest.h>

#include "model/owned_bytes.hpp"
#include "model/raw_source.hpp"
#include "support/homes.hpp"

#include <vector>

namespace {

// A relay whose memory is full but for less than a table takes, with one free block that will be given back for it.
struct full_relay {
  explicit full_relay(std::uint64_t spare)
      : cache{homes, {.capacity = fc::byte_count{256 * 1024 + spare}, .source = &memory}} {}

  void fill() {
    while (auto draft = old.stage(fc::byte_count{1U})) drafts.push_back(std::move(draft));
    drafts.pop_back();
  }

  testing::book book;
  std::string boss_key = book.steward(1);
  fc::registry homes{book};
  testing::raw_source memory;
  testing::owned_bytes packet{{"a packet"}};
  fc::frame_cache<> cache;
  fc::publisher camera = cache.publisher(book.publisher(1));
  fc::stream old = camera.begin(camera.device("porch"));
  std::vector<fc::draft> drafts;
};

// Calls `publish(relay)` where a newer stream begins while it makes room, and `look(relay)` afterwards. Returns how often that
// happened: how much is left over depends on sizes that are nobody's business, and one of these leaves too little.
template <class Publish, class Look>
int overtaken(Publish const& publish, Look const& look) {
  int times = 0;
  for (std::uint64_t spare = 0; spare != 4096; spare += 128) {
    full_relay r{spare};
    r.fill();
    bool begun = false;
    std::optional<fc::stream> next;
    r.memory.when_asked = [&] {
      if (!std::exchange(begun, true)) next.emplace(r.camera.begin(r.old.device()));
    };
    auto const answer = publish(r);
    r.memory.when_asked = nullptr;
    if (!begun || answer == fc::commit_status::no_room) continue;
    ++times;
    CHECK(*next);
    CHECK(answer == fc::commit_status::superseded);
    auto eye = r.cache.viewer(r.book.viewer(1));
    CHECK(eye.latest(next->device(), fc::any_age).why() == fc::lookup_status::absent);
    CHECK(r.cache.stats().commits == 0);
    look(r);
  }
  return times;
}

}  // namespace

TEST_CASE("a stream that is superseded while its commit makes room publishes nothing (I6)") {
  auto const commit = [](full_relay& r) { return std::move(r.drafts.front()).commit({.size = fc::byte_count{1U}}); };
  CHECK(overtaken(commit, [](full_relay&) {}) > 0);
}

TEST_CASE("memory that was offered by a stream superseded meanwhile goes back to its owner (I6, I12)") {
  auto const adopt = [](full_relay& r) { return r.old.adopt(std::move(r.packet), {}); };
  auto const charged = [](full_relay const& r) { return r.cache.steward(r.boss_key).counts().charged; };
  CHECK(overtaken(adopt, [&](full_relay const& r) {
          CHECK_FALSE(r.packet.moved_from());
          CHECK(charged(r) == r.drafts.size() * 4096);
        }) > 0);
}

// SPDX-License-Identifier: Apache-2.0
//
// Incident 15 (guava #1881, open since 2014; caffeine #193; moka #155): a load that was begun before an invalidation publishes
// what it read after it, and the cache serves the invalidated value until it is invalidated again.
// I8: what completes a load is its ticket, which a new epoch, a newer stream and an erase end.
#include <doctest/doctest.h>

#include "model/loading_home.hpp"

#include <functional>
#include <map>
#include <string>

namespace {

// Loads outside the lock and publishes afterwards, as loading caches do; one thread here, so that the order is plain to see.
class loading_map final {
 public:
  std::string get(std::string const& key, std::function<std::string()> const& load) {
    if (auto const found = values_.find(key); found != values_.end()) return found->second;
    return values_[key] = load();
  }
  void invalidate(std::string const& key) { values_.erase(key); }

 private:
  std::map<std::string, std::string> values_;
};

}  // namespace

TEST_CASE("incident 15, the natural code: a load begun before the invalidation is served after it") {
  loading_map cache;
  std::string store = "the former owner's hall";
  CHECK(cache.get("hall", [&] {
    auto read = store;
    // Sold while the load is under way: the store is emptied, the cache invalidated.
    store = "nothing";
    cache.invalidate("hall");
    return read;
  }) == "the former owner's hall");
  CHECK(cache.get("hall", [&] { return store; }) == "the former owner's hall");
}

TEST_CASE("incident 15, framecache: what is loaded for a tenant that is revoked meanwhile reaches nobody (I8, I7)") {
  testing::loading_home h;
  auto const held = h.eye.get_or_load(h.device, h.generation, h.soon(), [&](fc::ticket t) {
    auto draft = std::move(t).stage(fc::byte_count{23U});
    std::memcpy(draft.bytes().data(), "the former owner's hall", 23);
    CHECK(h.ops.revoke(testing::tenant(1)).status == fc::order_status::done);
    CHECK(std::move(draft).commit({.size = fc::byte_count{23U}}) == fc::commit_status::refused);
  });
  CHECK(held.why() == fc::lookup_status::refused);
  CHECK(h.ops.drain(testing::tenant(1), {}));
  CHECK(h.cache.stats().frames == 0);

  // The new owner, under the same account number and the same camera name, loads its own.
  auto const camera = h.cache.publisher(h.keys.publisher(1, 70));
  auto const stream = camera.begin(camera.device("front door"));
  auto const eye = h.cache.viewer(h.keys.viewer(1, 71));
  auto const own = eye.get_or_load(stream.device(), stream.generation(), h.soon(), [](fc::ticket t) {
    CHECK(testing::answer(std::move(t), "the new owner's hall") == fc::commit_status::committed);
  });
  CHECK(testing::text_of(eye.read(own)) == "the new owner's hall");
}

TEST_CASE("incident 15, framecache: an erase and a newer stream end a load that is under way (I8, I6)") {
  testing::loading_home h;
  std::vector<fc::ticket> kept;
  REQUIRE(h.ask(h.eye, h.small, kept).why() == fc::lookup_status::loading);
  REQUIRE(h.stream.erase().status == fc::order_status::done);
  CHECK(testing::answer(std::move(kept[0]), "from before the erase") == fc::commit_status::cancelled);
  REQUIRE(h.ask(h.eye, h.large, kept).why() == fc::lookup_status::loading);
  h.stream = h.camera.begin(h.device);
  CHECK(testing::answer(std::move(kept[1]), "from before the reconnect") == fc::commit_status::superseded);
  CHECK(h.cache.stats().frames == 0);
}

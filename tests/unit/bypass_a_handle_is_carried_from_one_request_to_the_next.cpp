// SPDX-License-Identifier: Apache-2.0
//
// P2, tried at run time: one lambda serves two requests, so both have the same types, and something that outlives the
// first keeps its handle for the second. What stops it is the check at read.
#include <doctest/doctest.h>

#include "support/homes.hpp"

#include <any>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace {
struct carried_between : testing::house<> {
  fc::publisher camera = cache.publisher(keys.publisher(1));
  fc::stream stream = camera.begin(camera.device("front door"));
  fc::publisher neighbour = cache.publisher(keys.publisher(2));
  fc::stream other = neighbour.begin(neighbour.device("front door"));
  std::string first = keys.viewer(1);
  std::string second = keys.viewer(2, 33);

  carried_between() {
    REQUIRE(testing::put(stream, "of home 1") == fc::commit_status::committed);
    REQUIRE(testing::put(other, "of home 2") == fc::commit_status::committed);
  }

  // Serves a request of each home with the same closure. Each answers what it could read.
  template <class Closure>
  std::vector<std::string> serve_both(Closure closure) {
    return {cache.with_viewer(first, closure), cache.with_viewer(second, closure)};
  }
  void check_refused(std::vector<std::string> const& read) {
    CHECK(read == std::vector<std::string>{"of home 1", ""});
    CHECK(cache.stats().crossings_refused == 1);
    REQUIRE(crossings.size() == 1);
    CHECK(crossings[0].kind == fc::crossing_kind::foreign_frame);
    CHECK(crossings[0].tenant == testing::tenant(2));
    CHECK(crossings[0].principal == testing::principal(33));
  }
};
}  // namespace

TEST_CASE("a static that one request fills is not read by the next (P2)") {
  carried_between h;
  h.check_refused(h.serve_both([&](auto& guest) {
    static std::optional<typename std::remove_cvref_t<decltype(guest)>::handle_type> kept;
    bool const ours = kept.has_value();
    if (!ours) kept = guest.find(h.stream.device(), h.stream.generation());
    auto const text = testing::text_of(guest.read(*kept));
    if (ours) kept.reset();
    return text;
  }));
}

TEST_CASE("a shared_ptr<void> that carries a handle to the next request carries nothing that is read (P2)") {
  carried_between h;
  std::shared_ptr<void> kept;
  h.check_refused(h.serve_both([&](auto& guest) {
    using handle = typename std::remove_cvref_t<decltype(guest)>::handle_type;
    if (!kept) kept = std::make_shared<handle>(guest.find(h.stream.device(), h.stream.generation()));
    return testing::text_of(guest.read(*static_cast<handle*>(kept.get())));
  }));
}

TEST_CASE("a std::any that holds a shared handle holds nothing that the next request reads (P2)") {
  carried_between h;
  std::any kept;
  h.check_refused(h.serve_both([&](auto& guest) {
    using shared = std::shared_ptr<typename std::remove_cvref_t<decltype(guest)>::handle_type>;
    if (!kept.has_value()) {
      kept = std::make_shared<typename shared::element_type>(guest.find(h.stream.device(), h.stream.generation()));
    }
    return testing::text_of(guest.read(*std::any_cast<shared>(kept)));
  }));
}

TEST_CASE("a lambda that was used for one tenant finds nothing of it when it is used for another (P1)") {
  carried_between h;
  auto const read = h.serve_both([&](auto& guest) {
    // The words are the first home's both times.
    auto const held = guest.find(h.stream.device(), h.stream.generation());
    return testing::text_of(guest.read(held));
  });
  CHECK(read == std::vector<std::string>{"of home 1", ""});
  // It never had anything to cross with.
  CHECK(h.cache.stats().crossings_refused == 0);
  CHECK(h.cache.stats().absent == 1);
}

TEST_CASE("a handle that is shared on behalf of the next request is a crossing too (P2)") {
  carried_between h;
  std::shared_ptr<void> kept;
  h.check_refused(h.serve_both([&](auto& guest) {
    using handle = typename std::remove_cvref_t<decltype(guest)>::handle_type;
    if (!kept) kept = std::make_shared<handle>(guest.find(h.stream.device(), h.stream.generation()));
    auto const second = guest.share(*static_cast<handle*>(kept.get()));
    return testing::text_of(guest.read(second));
  }));
}

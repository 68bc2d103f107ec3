// SPDX-License-Identifier: Apache-2.0
//
// Incident 5 (GitLab, Apr 2018): an argument that had become optional took the repository's identity out of the path
// under which its archive was cached, so that one project's archive was served as another's. I2: no word of a key is
// optional or has a default. The calls without it do not compile: tests/compile_fail/incidents.inc.
#include <doctest/doctest.h>

#include "support/homes.hpp"

#include <map>
#include <optional>
#include <string>
#include <type_traits>

namespace {

// The identity came first and was always given. Then somebody needed the name of the file alone.
std::string archive_path(std::string const& reference, std::optional<int> repository = std::nullopt) {
  return (repository ? "project-" + std::to_string(*repository) + "/" : std::string{}) + reference + ".tar.gz";
}

// Each beside its twin, so that none of them is true for another reason.
static_assert(std::is_constructible_v<fc::place, fc::device_id, fc::stream_generation>);
static_assert(!std::is_constructible_v<fc::place, fc::device_id> && !std::is_default_constructible_v<fc::place>);
static_assert(std::is_constructible_v<fc::device_id, std::uint64_t> && !std::is_default_constructible_v<fc::device_id>);
static_assert(std::is_copy_constructible_v<fc::admission> && !std::is_default_constructible_v<fc::admission>);

}  // namespace

TEST_CASE("incident 5, the natural code: one caller leaves the optional identity out, and gets the archive of whoever "
          "did so before") {
  std::map<std::string, std::string> archives;
  auto const fetch = [&](int project, std::string const& path) {
    return archives.try_emplace(path, "the files of project " + std::to_string(project)).first->second;
  };
  CHECK(fetch(1, archive_path("master", 1)) == "the files of project 1");
  CHECK(fetch(2, archive_path("master", 2)) == "the files of project 2");
  // The new caller. Everything compiles, and the tests with one project pass.
  CHECK(fetch(1, archive_path("master")) == "the files of project 1");
  CHECK(fetch(2, archive_path("master")) == "the files of project 1");
}

TEST_CASE(
    "incident 5, framecache: a helper that fetches by name alone cannot be called without a viewer, and gets that "
    "viewer's frame (I2)") {
  testing::house<> h;
  for (std::uint64_t home = 1; home <= 2; ++home) {
    auto const camera = h.cache.publisher(h.keys.publisher(home));
    auto const stream = camera.begin(camera.device("master bedroom"));
    REQUIRE(testing::put(stream, "bedroom of home " + std::to_string(home)) == fc::commit_status::committed);
  }
  auto const fetch = [](fc::frame_cache<>::viewer_type<> const& eye, std::string_view name) {
    auto const device = eye.device(name);
    auto const generation = device ? eye.current(*device) : std::nullopt;
    if (!generation) return std::string{};
    auto const frame = eye.find(*device, *generation);
    return testing::text_of(eye.read(frame));
  };
  auto const one = h.cache.viewer(h.keys.viewer(1));
  auto const two = h.cache.viewer(h.keys.viewer(2));
  CHECK(fetch(one, "master bedroom") == "bedroom of home 1");
  CHECK(fetch(two, "master bedroom") == "bedroom of home 2");
  CHECK(fetch(one, "master bedroom") == "bedroom of home 1");
  // An identity that is there but empty is none: it is refused, and is nobody's.
  auto const nobody = h.cache.viewer(h.keys.viewer(0));
  CHECK_FALSE(nobody);
  CHECK(fetch(nobody, "master bedroom").empty());
}

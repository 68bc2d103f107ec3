// SPDX-License-Identifier: Apache-2.0
//
// Incident 3 (Wyze, 8 Sep 2023): for about 30 minutes the web viewer showed other people's cameras. No more than "a web
// caching issue" was published; a response cache whose key is the URL is one way in which that can happen. Here who
// asks is in every key, because it is in the object that is asked.
#include <doctest/doctest.h>

#include "model/stamped.hpp"

#include <array>
#include <map>
#include <string>
#include <utility>
#include <vector>

using namespace std::chrono_literals;

namespace {

constexpr std::uint64_t url_homes = 20;
constexpr std::array<char const*, 3> camera_names{"front door", "kitchen", "garden"};

std::string url_of(std::string const& camera) { return "/api/cameras/" + camera + "/thumbnail"; }
std::string camera_in(std::string const& url) {
  auto const at = std::string{"/api/cameras/"}.size();
  return url.substr(at, url.rfind('/') - at);
}
std::string thumbnail_of(std::uint64_t home, std::string const& camera) {
  return camera + " of home " + std::to_string(home);
}

// Who asks for what: every user of the web viewer opens the same page.
std::vector<std::pair<std::uint64_t, std::string>> half_an_hour() {
  testing::numbers random{3};
  std::vector<std::pair<std::uint64_t, std::string>> all;
  for (int i = 0; i != 400; ++i) {
    all.emplace_back(1 + random.below(url_homes), url_of(camera_names[random.below(camera_names.size())]));
  }
  return all;
}

}  // namespace

TEST_CASE("incident 3, the natural code: a response cache keyed by URL shows each page's first visitor to everybody") {
  std::map<std::string, std::string> responses;
  int strangers = 0;
  for (auto const& [home, url] : half_an_hour()) {
    // The back end knows who asks, and answers right; it is asked once for each URL.
    auto const [response, made] = responses.try_emplace(url);
    if (made) response->second = thumbnail_of(home, camera_in(url));
    if (response->second != thumbnail_of(home, camera_in(url))) ++strangers;
  }
  CHECK(strangers > 300);
}

TEST_CASE(
    "incident 3, framecache: the same URLs are answered by the viewer of whoever asks, and with that home's frames") {
  testing::house<> h;
  std::map<std::uint64_t, std::string> cookies;
  for (std::uint64_t home = 1; home <= url_homes; ++home) {
    cookies[home] = h.keys.viewer(home);
    auto const camera = h.cache.publisher(h.keys.publisher(home));
    for (auto const* const name : camera_names) {
      auto const stream = camera.begin(camera.device(name));
      REQUIRE(testing::put(stream, thumbnail_of(home, name)) == fc::commit_status::committed);
    }
  }
  // A request is its cookie and its URL. Without a cookie that is accepted there is no viewer and no answer.
  auto const respond = [&](std::string const& cookie, std::string const& url) {
    return h.cache.with_viewer(cookie, [&](auto& guest) {
      auto const device = guest.device(camera_in(url));
      if (!device) return std::string{};
      auto const frame = guest.latest(*device, fc::no_older_than(1h));
      return testing::text_of(guest.read(frame));
    });
  };
  int strangers = 0;
  for (auto const& [home, url] : half_an_hour()) {
    if (respond(cookies[home], url) != thumbnail_of(home, camera_in(url))) ++strangers;
  }
  CHECK(strangers == 0);
  CHECK(respond("", url_of("kitchen")).empty());
  CHECK(respond("no cookie of ours", url_of("kitchen")).empty());
  CHECK(respond(cookies[1], url_of("cellar")).empty());
  CHECK(h.crossings.empty());
}

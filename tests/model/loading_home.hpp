// SPDX-License-Identifier: Apache-2.0
//
// A home whose pictures are loaded on demand: one camera that streams, one viewer that asks, and short ways to ask and to answer.
#pragma once

#include "support/homes.hpp"

#include <chrono>
#include <cstring>
#include <string_view>
#include <utility>
#include <vector>

namespace testing {

// Completes a load with `text`.
inline fc::commit_status answer(fc::ticket ticket, std::string_view text) {
  auto draft = std::move(ticket).stage(fc::byte_count{text.size()});
  if (!draft) return draft.why();
  std::memcpy(draft.bytes().data(), text.data(), text.size());
  return std::move(draft).commit({.size = fc::byte_count{text.size()}});
}

struct loading_home : house<> {
  using house<>::house;

  fc::publisher camera = cache.publisher(keys.publisher(1));
  fc::stream stream = camera.begin(camera.device("front door"));
  fc::frame_cache<>::viewer_type<fc::anyone> eye = cache.viewer(keys.viewer(1));
  fc::frame_cache<>::admin_type ops = cache.admin(keys.admin());
  fc::device_id device = stream.device();
  fc::stream_generation generation = stream.generation();
  fc::rendition small{320, 180, fc::rotation::none};
  fc::rendition large{1280, 720, fc::rotation::none};

  // Later than any test takes, on the clock that tests can move.
  static std::chrono::steady_clock::time_point soon() { return fc::base::steady_now() + std::chrono::seconds{60}; }

  // Asks without waiting.
  template <class Loader>
  static auto ask(fc::frame_cache<>::viewer_type<fc::anyone> const& who, fc::device_id of, fc::stream_generation live,
                  fc::rendition which, Loader&& loader) {
    return who.try_get_or_load(of, live, which, fc::any_age, soon(), std::forward<Loader>(loader));
  }
  // The same for this home's camera, with a loader that keeps its ticket.
  auto ask(fc::frame_cache<>::viewer_type<fc::anyone> const& who, fc::rendition which,
           std::vector<fc::ticket>& kept) const {
    return ask(who, device, generation, which, [&](fc::ticket t) { kept.push_back(std::move(t)); });
  }
};

}  // namespace testing

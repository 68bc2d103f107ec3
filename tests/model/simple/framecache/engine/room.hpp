// SPDX-License-Identifier: Apache-2.0
//
// A tenant's room: its frames, its devices, its counters. A lookup can reach only the room of its own scope's tenant. The index
// is a list in which every whole key is compared, one by one.
#pragma once

#include "model/simple/framecache/engine/frame.hpp"
#include "model/simple_room_order.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace simple_framecache {
namespace engine {

struct device_state final {
  core::word id = 0;
  core::word generation = 0;  // the live one; 0: none yet
  core::word sequence = 0;    // of the last commit
  frame* newest = nullptr;    // the source rendition of the live generation
  frame* before = nullptr;    // with stale marked: the last of the generation before, until the live one has its first
};

struct room_counters final {
  core::word hits = 0;
  core::word absent = 0;
  core::word superseded = 0;
  core::word too_old = 0;
  core::word commits = 0;
  core::word commits_refused = 0;
  core::word evictions = 0;
  core::word generations = 0;
};

struct room final {
  room(core::word whose, core::word epoch, std::unique_ptr<testing::simple_room_order> leaves_by)
      : tenant(whose), label(epoch), order(std::move(leaves_by)) {}
  room(room const&) = delete;
  room& operator=(room const&) = delete;
  ~room() = default;

  core::word const tenant;
  core::word label;
  core::word tick = 0;
  core::word handles = 0;  // pins that are out, of any epoch
  std::vector<frame*> index;
  std::vector<std::unique_ptr<frame>> frames;  // everything that is linked or pinned
  std::vector<std::unique_ptr<device_state>> devices;
  room_counters counters;
  std::unique_ptr<testing::simple_room_order> order;  // null: by last use
  std::vector<core::key> named;  // every key that the order was ever told of: numbers are places here

  [[nodiscard]] frame* find(core::key const& k) const noexcept {
    auto const at = std::find_if(index.begin(), index.end(), [&](frame const* f) { return f->key.same_as(k); });
    return at == index.end() ? nullptr : *at;
  }
  [[nodiscard]] frame* numbered(core::word number) const noexcept {
    auto const at = std::find_if(index.begin(), index.end(), [&](frame const* f) { return f->number == number; });
    return at == index.end() ? nullptr : *at;
  }
  [[nodiscard]] core::word number_of(core::key const& k) {
    auto const at = std::find_if(named.begin(), named.end(), [&](core::key const& each) { return each.same_as(k); });
    auto const number = static_cast<core::word>(at - named.begin());
    if (at == named.end()) named.push_back(k);
    return number;
  }
  [[nodiscard]] device_state* device(core::word id) const noexcept {
    auto const at = std::find_if(devices.begin(), devices.end(), [&](auto const& d) { return d->id == id; });
    return at == devices.end() ? nullptr : at->get();
  }
};

}  // namespace engine
}  // namespace simple_framecache

// SPDX-License-Identifier: Apache-2.0
//
// What a cache should answer, written as plainly as it can be: frames in a list in order of use, keys compared by looking at each.
// It does not know how many bytes bookkeeping takes, so it is told how many frames of a tenant had to leave; it says which.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <string>

namespace testing {

struct reference_frame final {
  std::uint64_t tenant;
  std::uint64_t device;  // the cache's own number, so that a device that comes back under its name is another one
  std::uint64_t generation;
  std::uint64_t rendition;  // 0: the source
  std::string content;
  std::uint64_t sequence;
  std::uint64_t committed_at;  // seconds on the test's own clock
  int pins = 0;
  bool linked = true;
};

class reference_cache final {
 public:
  using frames = std::list<reference_frame>;
  using frame = frames::iterator;

  explicit reference_cache(bool one_order_for_all) : one_order_(one_order_for_all) {}

  // The linked frame of exactly these words, or null.
  [[nodiscard]] reference_frame* find(std::uint64_t tenant, std::uint64_t device, std::uint64_t generation,
                                      std::uint64_t rendition) {
    for (auto& f : all_) {
      if (f.linked && f.tenant == tenant && f.device == device && f.generation == generation &&
          f.rendition == rendition) {
        return &f;
      }
    }
    return nullptr;
  }
  // It was used: of those that stay, it leaves last.
  void touch(reference_frame const& f) { all_.splice(all_.end(), all_, place_of(f)); }

  reference_frame& put(reference_frame fresh) {
    if (auto* const there = find(fresh.tenant, fresh.device, fresh.generation, fresh.rendition)) unlink(*there);
    fresh.sequence = ++sequences_[fresh.device];
    all_.push_back(std::move(fresh));
    return all_.back();
  }
  // One frame has to leave, of this tenant (with one order for all: of anybody). Returns whose it was; 0: there was none.
  std::uint64_t evict(std::uint64_t tenant) {
    for (std::size_t left = all_.size(); left != 0; --left) {
      auto const oldest = first(tenant);
      if (oldest == all_.end()) return 0;
      if (oldest->pins != 0) {
        all_.splice(all_.end(), all_, oldest);  // in use now
        continue;
      }
      auto const whose = oldest->tenant;
      unlink(*oldest);
      return whose;
    }
    return 0;
  }
  // A newer stream, a retirement, a revocation.
  void drop_device(std::uint64_t device) {
    drop_if([&](reference_frame const& f) { return f.device == device; });
  }
  void drop_tenant(std::uint64_t tenant) {
    drop_if([&](reference_frame const& f) { return f.tenant == tenant; });
  }

  void release(reference_frame& f) {
    if (--f.pins == 0 && !f.linked) all_.erase(place_of(f));
  }
  [[nodiscard]] std::uint64_t linked(std::uint64_t tenant) const {
    std::uint64_t count = 0;
    for (auto const& f : all_) count += f.linked && f.tenant == tenant ? 1 : 0;
    return count;
  }
  [[nodiscard]] frames& all() { return all_; }

 private:
  frame place_of(reference_frame const& f) {
    auto at = all_.begin();
    while (&*at != &f) ++at;
    return at;
  }
  frame first(std::uint64_t tenant) {
    auto at = all_.begin();
    while (at != all_.end() && (!at->linked || (!one_order_ && at->tenant != tenant))) ++at;
    return at;
  }
  void unlink(reference_frame& f) {
    f.linked = false;
    if (f.pins == 0) all_.erase(place_of(f));
  }
  template <class Of>
  void drop_if(Of const& of) {
    for (auto at = all_.begin(); at != all_.end();) {
      auto& f = *at++;
      if (f.linked && of(f)) unlink(f);
    }
  }

  frames all_;  // oldest use first; unlinked ones stay while they are held
  std::map<std::uint64_t, std::uint64_t> sequences_;
  bool one_order_;
};

}  // namespace testing

// SPDX-License-Identifier: Apache-2.0
//
// A flight is one load of one whole key that somebody leads and others wait for (I8). It hangs on its device, so that whatever
// ends the device's generation or epoch finds it. Who leads is a number that is never used twice: a completion that bears
// another is refused. A negative is the remembered answer that there is nothing to load.
//
// Guarded by the lane of the device's room. Flights leave the lock in a list of their own and are fired outside it (I9).
#pragma once

#include <framecache/base/clock.hpp>
#include <framecache/engine/waiter.hpp>
#include <framecache/identity/key.hpp>
#include <framecache/version.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace framecache {
inline namespace v0 {
namespace engine {

struct flight final {
  std::uint64_t rendition = 0;  // the word of the key that the device and its generation do not say
  std::uint64_t lead = 0;       // of the ticket that may complete it
  base::steady_time until{};    // from then on somebody else may lead
  std::uint64_t woken = 0;      // the last round of waking that came by
  waiter_list waiters;
  std::unique_ptr<flight> next;
};

// Bytes to charge for one flight. Whoever waits is not charged, as with watches.
inline constexpr std::uint64_t flight_charge = sizeof(flight) + 32;

class flight_list final {
 public:
  flight_list() = default;
  flight_list(flight_list const&) = delete;
  flight_list& operator=(flight_list const&) = delete;
  // One by one: a chain of owners would be destroyed recursively.
  ~flight_list() {
    while (first_) first_ = std::move(first_->next);
  }

  void add(std::unique_ptr<flight> f) noexcept {
    f->next = std::move(first_);
    first_ = std::move(f);
  }
  [[nodiscard]] flight* first() const noexcept { return first_.get(); }
  [[nodiscard]] flight* of(std::uint64_t rendition) const noexcept {
    flight* f = first_.get();
    while (f != nullptr && f->rendition != rendition) f = f->next.get();
    return f;
  }
  // Takes out the flight of that rendition, if there is one.
  [[nodiscard]] std::unique_ptr<flight> take(std::uint64_t rendition) noexcept {
    auto* link = &first_;
    while (*link && (*link)->rendition != rendition) link = &(*link)->next;
    auto taken = std::move(*link);
    if (taken) *link = std::move(taken->next);
    return taken;
  }
  // Moves every flight of `other` over here.
  void take_all(flight_list& other) noexcept {
    while (auto f = std::move(other.first_)) {
      other.first_ = std::move(f->next);
      add(std::move(f));
    }
  }

 private:
  std::unique_ptr<flight> first_;
};

// What loaders found not to be there, for a while. A ring: the oldest makes way.
class negatives final {
 public:
  struct entry final {
    core::key key;
    base::steady_time until;
  };

  // Bytes to charge for a ring of `most` entries.
  [[nodiscard]] static std::uint64_t charge(std::size_t most) noexcept { return most * sizeof(entry) + 32; }

  [[nodiscard]] bool reserved() const noexcept { return ring_.capacity() != 0; }
  // May throw std::bad_alloc.
  void reserve(std::size_t most) { ring_.reserve(most); }

  // Requires: reserved().
  void add(core::key const& k, base::steady_time until, std::size_t most) noexcept {
    remove(k);
    if (ring_.size() < most) {
      ring_.push_back({k, until});
      return;
    }
    ring_[oldest_ % ring_.size()] = {k, until};
    ++oldest_;
  }
  [[nodiscard]] bool holds(core::key const& k, base::steady_time now) const noexcept {
    return std::any_of(ring_.begin(), ring_.end(), [&](entry const& e) { return e.key.same_as(k) && now < e.until; });
  }
  // Something was published after all.
  void remove(core::key const& k) noexcept {
    for (auto& e : ring_) {
      if (e.key.same_as(k)) e.until = base::steady_time::min();
    }
  }

 private:
  std::vector<entry> ring_;
  std::size_t oldest_ = 0;
};

}  // namespace engine
}  // namespace v0
}  // namespace framecache

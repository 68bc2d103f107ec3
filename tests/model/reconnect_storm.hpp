// SPDX-License-Identifier: Apache-2.0
//
// A cold start of a whole fleet: every camera of every home reconnects at once, and everybody's app asks for stills
// meanwhile. The relay's own plumbing makes three mistakes, at stated shares of the requests:
//
//   wrong map    the service that says which device a user may see answers with another home's: half of the time only
//                the device, half of the time the connection too, so that the cache is asked in the other home's name
//   out of order the channel matches replies to requests by their order, and two replies came in the other order
//   cancelled    the user hangs up, and its slot goes to the next user while the reply is still on its way
//
// What the cache makes of that is the relay's kind to say: this same traffic runs over an ordinary cache and over
// framecache.
//
// A Relay has: reply (owns a frame while it waits, or is false), look (bytes() and generation() of a reply's frame, or
// false), device(home, camera), reconnect(home, camera, number), next_frame(home, camera, number), ask(as_home, device)
// -> reply, and read(home, reply) -> look. Homes and cameras count from 0; all of it is called by many threads at once.
#pragma once

#include "model/stamped.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <ostream>
#include <thread>
#include <utility>
#include <vector>

namespace testing {

struct storm_size final {
  std::uint64_t homes;
  std::uint64_t cameras;  // of each home
  std::uint64_t outages;
  std::uint64_t requests;  // over all outages and threads
  unsigned threads;
};

// Optimised builds without assertions carry the stated volume; sanitizers, valgrind and debug builds show the same on
// less.
#if defined(NDEBUG)
inline constexpr bool full_volume = true;
#else
inline constexpr bool full_volume = false;
#endif

inline constexpr storm_size storm_of(std::uint64_t requests, unsigned threads) {
  return full_volume ? storm_size{4000, 3, 40, requests, threads} : storm_size{300, 3, 3, requests / 100, threads};
}

enum class mix_up : std::uint8_t { none, wrong_map, out_of_order, cancelled };

struct storm_counts final {
  // What was done.
  std::uint64_t requests = 0;
  std::uint64_t reconnects = 0;
  std::uint64_t frames = 0;
  std::uint64_t refused_frames = 0;
  std::uint64_t foreign_devices = 0;  // asked for in the user's own name
  // What became of the requests: absent + handed over.
  std::uint64_t absent = 0;
  std::uint64_t handed_over = 0;
  // Of what was handed over: shown to its owner, shown to a stranger, refused to a stranger, refused to its owner.
  std::uint64_t delivered = 0;
  std::uint64_t strangers = 0;
  std::uint64_t refused = 0;
  std::uint64_t denied = 0;
  // Crossings that the traffic made, by cause, and the sum of the recipients' tenants.
  std::array<std::uint64_t, 4> crossings{};
  std::uint64_t crossing_tenants = 0;
  // Of what was shown: other frames than were asked for, bytes that are no whole frame, bytes that changed while they
  // were held.
  std::uint64_t other_device = 0;
  std::uint64_t torn = 0;
  std::uint64_t changed = 0;

  [[nodiscard]] std::uint64_t all_crossings() const {
    return crossings[0] + crossings[1] + crossings[2] + crossings[3];
  }
  [[nodiscard]] std::uint64_t crossings_by(mix_up why) const { return crossings[static_cast<std::size_t>(why)]; }

  storm_counts& operator+=(storm_counts const& more) {
    for (auto const member :
         {&storm_counts::requests, &storm_counts::reconnects, &storm_counts::frames, &storm_counts::refused_frames,
          &storm_counts::foreign_devices, &storm_counts::absent, &storm_counts::handed_over, &storm_counts::delivered,
          &storm_counts::strangers, &storm_counts::refused, &storm_counts::denied, &storm_counts::crossing_tenants,
          &storm_counts::other_device, &storm_counts::torn, &storm_counts::changed}) {
      this->*member += more.*member;
    }
    for (std::size_t i = 0; i != crossings.size(); ++i) crossings[i] += more.crossings[i];
    return *this;
  }
  friend std::ostream& operator<<(std::ostream& to, storm_counts const& c) {
    return to << c.reconnects << " reconnects, " << c.requests << " requests, " << c.handed_over
              << " replies: " << c.delivered << " to their owners, " << c.strangers << " to strangers, " << c.refused
              << " refused; crossings made " << c.all_crossings() << " (wrong map " << c.crossings_by(mix_up::wrong_map)
              << ", out of order " << c.crossings_by(mix_up::out_of_order) << ", after cancellation "
              << c.crossings_by(mix_up::cancelled) << "); foreign devices asked for " << c.foreign_devices
              << ", absent " << c.absent << ", torn or changed " << c.torn + c.changed;
  }
};

template <class Relay>
class reconnect_storm final {
 public:
  reconnect_storm(Relay& relay, storm_size size) : relay_(relay), size_(size), users_(size.threads * slots_each) {
    for (unsigned i = 0; i != size.threads; ++i) workers_.push_back(std::make_unique<worker>(i));
  }

  storm_counts run() {
    for (std::uint64_t outage = 0; outage != size_.outages; ++outage) {
      back_ = 0;
      in_threads(size_.threads, [this](unsigned i) { storm(*workers_[i]); });
    }
    storm_counts all;
    for (auto const& each : workers_) all += each->counts;
    return all;
  }

 private:
  static constexpr std::size_t slots_each = 4096;
  static constexpr std::size_t batch_size = 32;

  // Where a user waits for its reply.
  struct slot final {
    std::atomic<std::uint64_t> home{0};
    std::atomic<std::uint32_t> in_flight{0};
  };
  // A reply on its way.
  struct pending final {
    typename Relay::reply reply;
    std::size_t to;
    std::uint64_t owner;  // the home whose frame it is
    std::uint64_t device;
    mix_up why;
  };
  using batch = std::vector<pending>;
  struct worker final {
    explicit worker(unsigned i) : number(i), random(i + 1), next_slot(i * slots_each) {}
    unsigned number;
    numbers random;
    std::size_t next_slot;
    std::vector<std::uint64_t> cameras;  // that this thread brought back in this outage
    storm_counts counts;
  };

  void storm(worker& me) {
    me.cameras.clear();
    auto const share = me.counts.requests + size_.requests / size_.outages / size_.threads;
    while (me.counts.requests < share) {
      reconnect_some(me);
      deliver(me, exchange(me, ask_some(me)));
    }
    while (reconnect_some(me)) {
    }
    for (auto rest = take(me, 0); !rest.empty(); rest = take(me, 0)) deliver(me, std::move(rest));
  }

  // As many cameras as come back while a batch of requests is served; once all are back, two send their next frame.
  bool reconnect_some(worker& me) {
    auto const all = size_.homes * size_.cameras;
    bool came = false;
    for (int i = 0; i != 16; ++i) {
      auto const at = back_.fetch_add(1);
      if (at >= all) break;
      came = true;
      // Scattered over the homes, so that neighbours in the order are not neighbours in the cache.
      auto const camera = at * 7919 % all;
      me.cameras.push_back(camera);
      ++me.counts.reconnects;
      count_frame(me, relay_.reconnect(camera / size_.cameras, camera % size_.cameras, me.counts.frames));
    }
    if (!came && !me.cameras.empty()) {
      for (int i = 0; i != 2; ++i) {
        auto const camera = me.cameras[static_cast<std::size_t>(me.random.below(me.cameras.size()))];
        count_frame(me, relay_.next_frame(camera / size_.cameras, camera % size_.cameras, me.counts.frames));
      }
    }
    return came;
  }
  static void count_frame(worker& me, bool committed) { ++(committed ? me.counts.frames : me.counts.refused_frames); }

  batch ask_some(worker& me) {
    batch asked;
    asked.reserve(2 * batch_size);
    for (std::size_t i = 0; i != batch_size; ++i) {
      auto const to = free_slot(me);
      ask(me, to, mix_up::none, asked);
      // Hangs up: the next user gets the slot, and asks for something too.
      if (me.random.below(100) < 2) {
        if (!asked.empty() && asked.back().to == to && asked.back().why == mix_up::none) {
          asked.back().why = mix_up::cancelled;
        }
        ask(me, to, mix_up::none, asked);
      }
    }
    for (std::size_t i = 0; i + 1 < asked.size(); ++i) {
      if (me.random.below(100) >= 1) continue;
      std::swap(asked[i].to, asked[i + 1].to);
      for (auto* const each : {&asked[i], &asked[i + 1]}) {
        if (each->why == mix_up::none) each->why = mix_up::out_of_order;
      }
    }
    for (std::size_t i = asked.size(); i > 1; --i) {
      std::swap(asked[i - 1], asked[static_cast<std::size_t>(me.random.below(i))]);
    }
    return asked;
  }

  void ask(worker& me, std::size_t to, mix_up why, batch& asked) {
    auto const home = me.random.below(size_.homes);
    users_[to].home.store(home, std::memory_order_relaxed);
    ++me.counts.requests;
    auto owner = home;
    auto in_the_name_of = home;
    if (me.random.below(100) < 5) {
      owner = (home + 1 + me.random.below(size_.homes - 1)) % size_.homes;
      if (me.random.below(2) == 0) {
        in_the_name_of = owner;
      } else {
        ++me.counts.foreign_devices;
      }
      why = mix_up::wrong_map;
    }
    auto const device = relay_.device(owner, me.random.below(size_.cameras));
    auto reply = relay_.ask(in_the_name_of, device);
    if (!reply) {
      ++me.counts.absent;
      return;
    }
    users_[to].in_flight.fetch_add(1, std::memory_order_relaxed);
    asked.push_back({std::move(reply), to, owner, device, why});
  }

  // A slot of this thread's to which nothing is on its way.
  std::size_t free_slot(worker& me) {
    for (;;) {
      for (std::size_t tried = 0; tried != slots_each; ++tried) {
        me.next_slot = me.number * slots_each + (me.next_slot + 1) % slots_each;
        if (users_[me.next_slot].in_flight.load(std::memory_order_relaxed) == 0) return me.next_slot;
      }
      deliver(me, take(me, 0));
    }
  }

  // Leaves one batch on its way and takes another up, of whichever thread.
  batch exchange(worker& me, batch mine) {
    {
      std::lock_guard const lock(mutex_);
      on_the_way_.push_back(std::move(mine));
    }
    return take(me, 4 * size_.threads);
  }
  batch take(worker& me, std::size_t keep) {
    std::lock_guard const lock(mutex_);
    if (on_the_way_.size() <= keep) return {};
    auto const which = static_cast<std::size_t>(me.random.below(on_the_way_.size()));
    std::swap(on_the_way_[which], on_the_way_.back());
    auto taken = std::move(on_the_way_.back());
    on_the_way_.pop_back();
    return taken;
  }

  // Hands each reply to whoever is in its slot by now, looks at what that user sees, lets others run, and looks again.
  void deliver(worker& me, batch replies) {
    std::array<std::optional<typename Relay::look>, 2 * batch_size> seen;
    std::array<stamp, 2 * batch_size> first;
    for (std::size_t i = 0; i != replies.size(); ++i) {
      auto const& each = replies[i];
      auto const home = users_[each.to].home.load(std::memory_order_relaxed);
      seen[i].emplace(fc::elide{[&] { return relay_.read(home, each.reply); }});
      first[i] = judge(me.counts, each, home, *seen[i]);
    }
    std::this_thread::yield();
    for (std::size_t i = 0; i != replies.size(); ++i) {
      if (*seen[i]) {
        stamped_ends const again{seen[i]->bytes()};
        if (!again.whole() || std::memcmp(&again.first, &first[i], sizeof(stamp)) != 0) ++me.counts.changed;
      }
      users_[replies[i].to].in_flight.fetch_sub(1, std::memory_order_relaxed);
    }
  }
  static stamp judge(storm_counts& counts, pending const& reply, std::uint64_t home, typename Relay::look const& seen) {
    ++counts.handed_over;
    bool const foreign = reply.owner != home;
    if (foreign) {
      ++counts.crossings[static_cast<std::size_t>(reply.why)];
      counts.crossing_tenants += home + 1;
    }
    if (!seen) {
      ++(foreign ? counts.refused : counts.denied);
      return {};
    }
    stamped_ends const says{seen.bytes()};
    ++(says.first.tenant == home + 1 ? counts.delivered : counts.strangers);
    if (says.first.device != reply.device) ++counts.other_device;
    if (!says.whole() || says.first.generation != seen.generation().value()) ++counts.torn;
    return says.first;
  }

  Relay& relay_;
  storm_size const size_;
  std::vector<slot> users_;
  std::vector<std::unique_ptr<worker>> workers_;
  std::atomic<std::uint64_t> back_{0};
  std::mutex mutex_;
  std::vector<batch> on_the_way_;
};

}  // namespace testing

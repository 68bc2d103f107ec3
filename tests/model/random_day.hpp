// SPDX-License-Identifier: Apache-2.0
//
// Plays a script of numbers against a cache and against the reference, and says the first thing in which they differ.
// Three homes with three cameras each; every number is one step.
#pragma once

#include "model/reference_cache.hpp"
#include "support/homes.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace testing {

using script = std::vector<std::uint64_t>;

template <class Cache>
class random_day final {
 public:
  random_day(fc::config how, bool one_order, bool with_budgets)
      : cache_{homes_, std::move(how)}, model_{one_order}, one_order_{one_order}, with_budgets_{with_budgets} {}
  ~random_day() {
    for (auto& each : held_) each.handle = {};
  }
  random_day(random_day const&) = delete;
  random_day& operator=(random_day const&) = delete;

  // Returns what differed, or nothing.
  std::string play(script const& steps) {
    for (std::uint64_t t = 1; t <= tenants; ++t) open(t);
    for (std::size_t i = 0; i != steps.size() && wrong_.empty(); ++i) {
      step(steps[i]);
      compare_counts();
      if (!wrong_.empty()) return "step " + std::to_string(i) + ": " + wrong_;
    }
    compare_everything();
    return wrong_;
  }

  // How often something happened, over all scripts: a script that never evicts proves nothing about eviction.
  struct coverage {
    std::uint64_t hits = 0, evictions = 0, no_room = 0, too_old = 0, superseded = 0, refused = 0;
  };
  [[nodiscard]] static coverage& seen() {
    static coverage all;
    return all;
  }

 private:
  static constexpr std::uint64_t tenants = 3;
  static constexpr std::size_t devices = 3;

  struct camera {
    std::optional<fc::stream> stream;
    std::uint64_t live = 0;    // generation, 0: none in this life of the device
    std::uint64_t device = 0;  // 0: not named yet
    std::vector<std::uint64_t> old;
  };
  struct home {
    std::optional<fc::publisher> publisher;
    std::optional<typename Cache::template viewer_type<>> eye;
    std::optional<fc::steward> boss;
    std::array<camera, devices> cameras;
    bool suspended = false;
    std::uint64_t evictions = 0;
  };
  struct hold {
    typename Cache::template handle_type<> handle;
    reference_frame* frame;
    std::uint64_t tenant;
    std::uint64_t epoch;
  };
  struct open_draft {
    fc::draft draft;
    reference_frame as;
    std::uint64_t epoch;
  };

  home& of(std::uint64_t t) { return all_[t - 1]; }

  void open(std::uint64_t t) {
    auto& h = of(t);
    h.publisher.emplace(fc::elide{[&] { return cache_.publisher(book_.publisher(t)); }});
    h.eye.emplace(fc::elide{[&] { return cache_.viewer(book_.viewer(t)); }});
    h.boss.emplace(fc::elide{[&] { return cache_.steward(book_.steward(t)); }});
    expect(static_cast<bool>(*h.publisher) && static_cast<bool>(*h.eye), "a home was not let in");
  }

  void step(std::uint64_t word) {
    auto const take = [&word](std::uint64_t n) {
      auto const got = word % n;
      word /= n;
      return got;
    };
    auto const action = take(32);
    auto const t = 1 + take(tenants);
    auto const d = static_cast<std::size_t>(take(devices));
    auto const more = word;
    if (action == 0) return;
    if (action <= 5) return put(t, d, more, false);
    if (action <= 12) return put(t, d, more, true);
    if (action <= 13) return begin(t, d);
    if (action <= 17) return find(t, d, more);
    if (action <= 20) return latest(t, d, more);
    if (action <= 22) return peek(t, d);
    if (action <= 24) return release(more);
    switch (action) {
      case 25: return stage(t, d, more);
      case 26: return commit(more);
      case 27: return retire(t, d);
      case 28: return more % 3 == 0 ? revoke(t) : suspend(t);
      case 29: return budget(t, more);
      case 30: return look_at_held(more);
      default: seconds_ += 100; fc::base::advance_clocks(std::chrono::seconds{100});
    }
  }

  // Who leaves is the reference's to say; how many is taken from the cache's own count.
  void follow_evictions() {
    if (one_order_) {
      std::uint64_t gone = 0;
      for (std::uint64_t t = 1; t <= tenants; ++t) gone += counts(t).evictions - of(t).evictions;
      for (; gone != 0; --gone) count_eviction(model_.evict(0));
    } else {
      for (std::uint64_t t = 1; t <= tenants; ++t) {
        for (auto gone = counts(t).evictions - of(t).evictions; gone != 0; --gone) count_eviction(model_.evict(t));
      }
    }
    for (std::uint64_t t = 1; t <= tenants; ++t) {
      expect(counts(t).evictions == of(t).evictions, "another tenant's frame left than the least recently used");
    }
  }
  void count_eviction(std::uint64_t whose) {
    ++seen().evictions;
    if (whose != 0) ++of(whose).evictions;
    expect(whose != 0, "a frame left although all are in use");
  }

  static fc::rendition numbered(std::uint64_t n) {
    return n == 0 ? fc::rendition::source() : fc::rendition{static_cast<std::uint16_t>(n), 1, fc::rotation::none};
  }

  fc::stream const* stream(std::uint64_t t, std::size_t d) {
    if (!of(t).cameras[d].stream) begin(t, d);
    auto& s = of(t).cameras[d].stream;
    return s ? &*s : nullptr;
  }
  void begin(std::uint64_t t, std::size_t d) {
    auto& h = of(t);
    auto& c = h.cameras[d];
    auto fresh = h.publisher->begin(h.publisher->device("camera " + std::to_string(d)));
    follow_evictions();
    if (h.suspended) return expect(fresh.why() == fc::begin_status::suspended, "a suspended home began a stream");
    if (!fresh) return expect(fresh.why() == fc::begin_status::no_room, "a stream was refused for no reason");
    auto const device = fresh.device().value();
    if (c.device != device) c.old.clear();
    if (c.device == device) c.old.push_back(c.live);
    expect(c.device != device || fresh.generation().value() > c.live, "a generation went back");
    c.device = device;
    c.live = fresh.generation().value();
    c.stream = std::move(fresh);
    model_.drop_device(device);
  }

  reference_frame make(std::uint64_t t, std::size_t d, std::uint64_t more, bool derived) {
    auto const& c = of(t).cameras[d];
    auto const size = more % 2 == 0 ? 5000 + more % 25'000 : 1 + more % 3000;
    auto text = "frame " + std::to_string(++made_) + " ";
    text.resize(static_cast<std::size_t>(size), static_cast<char>('a' + made_ % 26));
    return {t, c.device, c.live, derived ? 1 + more % 12 : 0, std::move(text), 0, 0, 0, true};
  }
  void put(std::uint64_t t, std::size_t d, std::uint64_t more, bool derived) {
    stage_as(t, d, more, derived);
    if (!drafts_.empty() && fresh_draft_) commit_at(drafts_.size() - 1);
  }
  void stage(std::uint64_t t, std::size_t d, std::uint64_t more) {
    stage_as(t, d, more, more % 2 == 0);
    if (drafts_.size() > 3) drafts_.erase(drafts_.begin());  // dropped
  }
  void stage_as(std::uint64_t t, std::size_t d, std::uint64_t more, bool derived) {
    fresh_draft_ = false;
    auto const* const s = stream(t, d);
    if (s == nullptr) return;
    auto frame = make(t, d, more, derived);
    auto draft = s->stage(fc::byte_count{std::uint64_t{frame.content.size()}}, numbered(frame.rendition));
    follow_evictions();
    if (of(t).suspended) return expect(draft.why() == fc::commit_status::suspended, "a suspended home staged");
    if (!draft) {
      ++seen().no_room;
      return expect(draft.why() == fc::commit_status::no_room, "a draft was refused for no reason");
    }
    std::memcpy(draft.bytes().data(), frame.content.data(), frame.content.size());
    drafts_.push_back({std::move(draft), std::move(frame), epochs_[t - 1]});
    fresh_draft_ = true;
  }
  void commit(std::uint64_t more) {
    if (!drafts_.empty()) commit_at(static_cast<std::size_t>(more % drafts_.size()));
  }
  void commit_at(std::size_t i) {
    auto pending = std::move(drafts_[i]);
    drafts_.erase(drafts_.begin() + static_cast<std::ptrdiff_t>(i));
    auto& f = pending.as;
    auto const answer = std::move(pending.draft).commit({.size = fc::byte_count{std::uint64_t{f.content.size()}}});
    follow_evictions();
    auto should = fc::commit_status::committed;
    auto const& h = of(f.tenant);
    camera const* live = nullptr;
    for (auto const& c : h.cameras) live = c.device == f.device ? &c : live;
    if (pending.epoch != epochs_[f.tenant - 1]) {
      should = fc::commit_status::refused;
    } else if (h.suspended) {
      should = fc::commit_status::suspended;
    } else if (live == nullptr) {
      should = fc::commit_status::retired;
    } else if (live->live != f.generation) {
      should = fc::commit_status::superseded;
    }
    if (answer == fc::commit_status::no_room) return;  // for the index: bytes that the reference does not count
    expect(answer == should,
           "commit answered " + std::string{fc::to_string(answer)} + ", not " + std::string{fc::to_string(should)});
    if (should == fc::commit_status::committed) model_.put(std::move(f)).committed_at = seconds_;
  }

  void compare(std::uint64_t t, typename Cache::template handle_type<> const& got, reference_frame* should,
               fc::lookup_status why) {
    if (of(t).suspended) return expect(got.why() == fc::lookup_status::suspended, "a suspended home found something");
    if (should == nullptr) {
      seen().superseded += why == fc::lookup_status::superseded ? 1 : 0;
      seen().too_old += why == fc::lookup_status::too_old ? 1 : 0;
      return expect(!got && got.why() == why, "a lookup answered " + std::string{fc::to_string(got.why())} + ", not " +
                                                  std::string{fc::to_string(why)});
    }
    ++seen().hits;
    model_.touch(*should);
    if (!got) return expect(false, "a frame that should be there is " + std::string{fc::to_string(got.why())});
    auto const view = of(t).eye->read(got);
    expect(text_of(view) == should->content, "other bytes than were committed");
    expect(view.sequence().value() == should->sequence, "another sequence");
    expect(view.generation().value() == should->generation, "another generation");
  }
  void find(std::uint64_t t, std::size_t d, std::uint64_t more) {
    auto& c = of(t).cameras[d];
    if (c.device == 0) return;
    auto const which = more % 3 == 0 ? 1 + more % 12 : 0;
    bool const old = more % 7 == 0 && !c.old.empty();
    auto const generation = old ? c.old[static_cast<std::size_t>(more % c.old.size())] : c.live;
    auto got = of(t).eye->find(fc::device_id{std::uint64_t{c.device}}, fc::stream_generation{std::uint64_t{generation}},
                               numbered(which));
    auto* const should = old ? nullptr : model_.find(t, c.device, generation, which);
    compare(t, got, should, old ? fc::lookup_status::superseded : fc::lookup_status::absent);
    keep(t, std::move(got), should, more);
  }
  void latest(std::uint64_t t, std::size_t d, std::uint64_t more) {
    auto& c = of(t).cameras[d];
    if (c.device == 0) return;
    auto const bound = 50 + 100 * (more % 5);
    auto const limit = more % 3 == 0 ? fc::any_age : fc::no_older_than(std::chrono::seconds{bound});
    auto got = of(t).eye->latest(fc::device_id{std::uint64_t{c.device}}, limit);
    auto* should = model_.find(t, c.device, c.live, 0);
    auto why = fc::lookup_status::absent;
    if (should != nullptr && limit.bounded() && seconds_ - should->committed_at > bound) {
      should = nullptr;
      why = fc::lookup_status::too_old;
    }
    compare(t, got, should, why);
    keep(t, std::move(got), should, more);
  }
  void peek(std::uint64_t t, std::size_t d) {
    auto& c = of(t).cameras[d];
    if (c.device == 0) return;
    std::string saw;
    auto const why =
        of(t).eye->peek(fc::device_id{std::uint64_t{c.device}}, fc::stream_generation{std::uint64_t{c.live}},
                        [&](fc::frame_view const& view) { saw = text_of(view); });
    auto* const should = model_.find(t, c.device, c.live, 0);
    if (of(t).suspended) return expect(why == fc::lookup_status::suspended, "a suspended home peeked");
    expect((why == fc::lookup_status::hit) == (should != nullptr), "peek and the reference disagree");
    if (should == nullptr) return;
    expect(saw == should->content, "peek saw other bytes");
    model_.touch(*should);
  }

  void keep(std::uint64_t t, typename Cache::template handle_type<> got, reference_frame* frame, std::uint64_t more) {
    if (!got || frame == nullptr || more % 2 == 0) return;
    ++frame->pins;
    held_.push_back({std::move(got), frame, t, epochs_[t - 1]});
    if (held_.size() > 6) release(0);
  }
  void release(std::uint64_t more) {
    if (held_.empty()) return;
    auto const i = static_cast<std::ptrdiff_t>(more % held_.size());
    auto gone = std::move(held_[static_cast<std::size_t>(i)]);
    held_.erase(held_.begin() + i);
    gone.handle = {};
    model_.release(*gone.frame);
  }
  void look_at_held(std::uint64_t more) {
    if (held_.empty()) return;
    auto const& one = held_[static_cast<std::size_t>(more % held_.size())];
    auto const view = of(one.tenant).eye->read(one.handle);
    auto should = fc::lookup_status::hit;
    if (of(one.tenant).suspended)
      should = fc::lookup_status::suspended;
    else if (one.epoch != epochs_[one.tenant - 1])
      should = fc::lookup_status::refused;
    seen().refused += should == fc::lookup_status::refused ? 1 : 0;
    expect(view.why() == should, "a held frame reads as " + std::string{fc::to_string(view.why())});
    if (should == fc::lookup_status::hit) expect(text_of(view) == one.frame->content, "a held frame changed");
    auto const other = of(one.tenant % tenants + 1).eye->read(one.handle).why();
    expect(other == fc::lookup_status::refused || other == fc::lookup_status::suspended, "a neighbour read it");
  }

  void retire(std::uint64_t t, std::size_t d) {
    auto& c = of(t).cameras[d];
    if (c.device == 0) return;
    auto const answer = of(t).boss->retire(fc::device_id{std::uint64_t{c.device}});
    if (of(t).suspended) return expect(answer.status == fc::order_status::refused, "a suspended steward retired");
    expect(answer.status == fc::order_status::done, "a device could not be retired");
    model_.drop_device(c.device);
    c = {};
  }
  void revoke(std::uint64_t t) {
    expect(ops_.revoke(tenant(t)).status == fc::order_status::done, "a tenant could not be revoked");
    auto const& eye = *of(t).eye;
    auto const& c = of(t).cameras[0];
    expect(eye.latest(fc::device_id{std::uint64_t{c.device}}, fc::any_age).why() == fc::lookup_status::refused,
           "a revoked viewer looks");
    model_.drop_tenant(t);
    ++epochs_[t - 1];
    bool const suspended = of(t).suspended;
    if (suspended) expect(ops_.resume(tenant(t)) == fc::order_status::done, "no resume");
    of(t).suspended = false;
    for (auto& each : of(t).cameras) each = {};
    open(t);
    follow_evictions();
  }
  void suspend(std::uint64_t t) {
    auto& h = of(t);
    auto const answer = h.suspended ? ops_.resume(tenant(t)) : ops_.suspend(tenant(t));
    expect(answer == fc::order_status::done, "no suspend");
    h.suspended = !h.suspended;
  }
  void budget(std::uint64_t t, std::uint64_t more) {
    if (!with_budgets_) return;
    std::optional<fc::byte_count> cap;
    if (more % 3 != 0) cap.emplace(std::uint64_t{(2 + more % 20) * 4096});
    expect(ops_.set_budget(tenant(t), {.cap = cap}) == fc::order_status::done, "no budget");
    follow_evictions();
  }

  fc::tenant_counts counts(std::uint64_t t) { return ops_.counts(tenant(t)); }
  void compare_counts() {
    for (std::uint64_t t = 1; t <= tenants; ++t) {
      expect(counts(t).frames == model_.linked(t), "home " + std::to_string(t) + " has " +
                                                       std::to_string(counts(t).frames) + " frames, not " +
                                                       std::to_string(model_.linked(t)));
    }
    auto const now = cache_.stats();
    expect(now.resident <= now.capacity, "I10: resident exceeds capacity");
    expect(now.handles == held_.size() + drafts_.size(), "pins are miscounted");
  }
  void compare_everything() {
    for (std::uint64_t t = 1; t <= tenants; ++t) {
      if (of(t).suspended) suspend(t);
    }
    std::vector<reference_frame*> linked;
    for (auto& f : model_.all()) {
      if (f.linked) linked.push_back(&f);
    }
    for (auto* const f : linked) {
      auto const got =
          of(f->tenant).eye->find(fc::device_id{std::uint64_t{f->device}},
                                  fc::stream_generation{std::uint64_t{f->generation}}, numbered(f->rendition));
      compare(f->tenant, got, f, fc::lookup_status::hit);
    }
    auto const report = cache_.audit();
    expect(report.ok, report.broken);
  }

  void expect(bool right, std::string const& otherwise) {
    if (!right && wrong_.empty()) wrong_ = otherwise;
  }

  book book_;
  fc::registry homes_{book_};
  Cache cache_;
  reference_cache model_;
  bool one_order_;
  bool with_budgets_;
  typename Cache::admin_type ops_ = cache_.admin(book_.admin());
  std::array<home, tenants> all_;
  std::array<std::uint64_t, tenants> epochs_{};
  std::vector<hold> held_;
  std::vector<open_draft> drafts_;
  bool fresh_draft_ = false;
  std::uint64_t made_ = 0;
  std::uint64_t seconds_ = 0;
  std::string wrong_;
};

}  // namespace testing

// SPDX-License-Identifier: Apache-2.0
//
// The oracle's numbers for what the simple engine holds, and the search for who left.
#include "model/simple_oracle.hpp"

#include "model/simple/framecache/engine/house.hpp"
#include "model/simple_orders.hpp"
#include "model/simple_room_order.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace testing {

namespace simple = simple_framecache;

namespace {

std::unique_ptr<simple_room_order> (*maker_of(oracle::order how))() {
  switch (how) {
    case oracle::order::lru: break;
    case oracle::order::sieve: return &possible_orders<simple_sieve>::make;
    case oracle::order::s3fifo: return &possible_orders<simple_s3fifo>::make;
  }
  return nullptr;
}

}  // namespace

struct oracle::inside final {
  explicit inside(rules how)
      : settled(how),
        house({how.mark_stale, how.put_begins_a_tick, how.peek_is_a_use, how.generation_floor,
               maker_of(how.leaves_by)}) {}

  struct home final {
    simple::core::scope viewer, publisher, steward;
  };
  struct stream final {
    simple::core::scope by;
    simple::engine::writing as;
  };
  struct draft final {
    simple::core::scope by;
    simple::engine::frame* held;
  };

  template <class Held>
  static word keep(std::map<word, Held>& in, word& last, Held&& what) {
    in.emplace(++last, std::forward<Held>(what));
    return last;
  }
  [[nodiscard]] home const& of(word tenant) const { return homes.at(tenant); }
  [[nodiscard]] answer found(simple::engine::pin const& held, simple::lookup_status why) {
    return {to_string(why), held.held == nullptr ? 0 : keep(handles, last, simple::engine::pin{held})};
  }

  rules const settled;
  simple::core::registry registry;
  simple::engine::house house;
  simple::core::scope admin = registry.open(0, simple::role::admin);
  std::map<word, home> homes;
  std::map<word, simple::engine::pin> handles;
  std::map<word, stream> streams;
  std::map<word, draft> drafts;
  word last = 0;
};

oracle::oracle(rules how) : in_(std::make_unique<inside>(how)) {}
oracle::~oracle() = default;

void oracle::admit(word tenant) {
  auto& all = in_->registry;
  in_->homes.insert_or_assign(
      tenant, inside::home{all.open(tenant, simple::role::viewer), all.open(tenant, simple::role::publisher),
                           all.open(tenant, simple::role::steward)});
  in_->house.admit(in_->of(tenant).viewer);
}
void oracle::advance(std::chrono::nanoseconds by) { in_->house.advance(by); }

oracle::answer oracle::find(word tenant, place const& at) {
  simple::lookup_status why{};
  auto const held = in_->house.find(in_->of(tenant).viewer, {0, at.device, at.generation, at.rendition}, why);
  return in_->found(held, why);
}
oracle::answer oracle::latest(word tenant, word device, word rendition, std::optional<std::chrono::nanoseconds> limit) {
  simple::lookup_status why{};
  auto const held = in_->house.latest(in_->of(tenant).viewer, device, rendition, limit, why);
  return in_->found(held, why);
}
oracle::answer oracle::peek(word tenant, place const& at) {
  simple::lookup_status why{};
  auto const held = in_->house.peek(in_->of(tenant).viewer, {0, at.device, at.generation, at.rendition}, why);
  return in_->found(held, why);
}
std::string_view oracle::read(word tenant, word handle, sight& seen) {
  auto const held = handle == 0 ? simple::engine::pin{} : in_->handles.at(handle);
  auto const why = in_->house.read(in_->of(tenant).viewer, held);
  if (why == simple::lookup_status::hit) {
    auto const& f = *held.held;
    seen = {f.bytes,          {f.facts.captured_at, f.facts.keyframe, f.facts.codec, f.facts.width, f.facts.height},
            f.key.generation, f.key.rendition,
            f.sequence,       in_->house.age(f),
            held.stale};
  }
  return to_string(why);
}
oracle::answer oracle::share(word tenant, word handle) {
  auto const held = in_->handles.at(handle);
  auto const why = in_->house.read(in_->of(tenant).viewer, held);
  if (why != simple::lookup_status::hit) return {to_string(why)};
  in_->house.repin(*held.held);
  return in_->found(held, why);
}
void oracle::release(word handle) {
  auto const at = in_->handles.find(handle);
  if (at == in_->handles.end()) return;
  in_->house.unpin(*at->second.held);
  in_->handles.erase(at);
}
std::optional<oracle::word> oracle::current(word tenant, word device) const {
  return in_->house.current(in_->of(tenant).viewer, device);
}
std::optional<oracle::word> oracle::device(word tenant, std::string_view name) const {
  return simple::core::registry::device(in_->of(tenant).viewer, name);
}

oracle::answer oracle::name(word tenant, std::string_view name, bool room) {
  auto const got = in_->registry.intern(in_->of(tenant).publisher, name, room);
  return {to_string(got.status), got.device};
}
oracle::answer oracle::begin(word tenant, word device, bool room, word& generation) {
  inside::stream fresh{in_->of(tenant).publisher, {device, 0}};
  auto const why = in_->house.begin(fresh.by, fresh.as, room);
  if (why != simple::begin_status::ok) return {to_string(why)};
  generation = fresh.as.generation;
  return {to_string(why), inside::keep(in_->streams, in_->last, inside::stream{fresh})};
}
oracle::answer oracle::stage(word stream, word rendition, word bytes, bool room) {
  auto const& from = in_->streams.at(stream);
  simple::commit_status why{};
  auto* const held = in_->house.stage(from.by, from.as, rendition, bytes, room, why);
  if (held == nullptr) return {to_string(why)};
  return {to_string(why), inside::keep(in_->drafts, in_->last, inside::draft{from.by, held})};
}
std::string_view oracle::commit(word draft, std::vector<std::byte>& bytes, word size, facts const& what, bool room) {
  auto const at = in_->drafts.find(draft);
  if (at == in_->drafts.end()) return to_string(simple::commit_status::spent);
  auto& f = *at->second.held;
  if (size > f.staged) return to_string(simple::commit_status::too_long);
  if (size == 0) return to_string(simple::commit_status::empty);
  bytes.resize(static_cast<std::size_t>(size));
  f.bytes = std::move(bytes);
  f.facts = {what.captured_at, what.keyframe, what.codec, what.width, what.height};
  auto const why = in_->house.publish(at->second.by, f, room);
  drop(draft);
  return to_string(why);
}
void oracle::drop(word draft) {
  auto const at = in_->drafts.find(draft);
  if (at == in_->drafts.end()) return;
  in_->house.unstage(*at->second.held);
  in_->drafts.erase(at);
}
std::string_view oracle::erase(word stream) {
  auto const& from = in_->streams.at(stream);
  return to_string(in_->house.erase(from.by, from.as));
}

std::string_view oracle::retire(word tenant, word device) {
  return to_string(in_->house.retire(in_->of(tenant).steward, device));
}
std::string_view oracle::suspend(word tenant, bool off) {
  return to_string(in_->registry.suspend(in_->admin, tenant, off));
}
std::string_view oracle::revoke(word tenant) {
  auto const label = in_->registry.revoke(in_->admin, tenant);
  if (!label) return to_string(simple::order_status::refused);
  in_->house.sweep(tenant, *label);
  return to_string(simple::order_status::done);
}
bool oracle::drained(word tenant) const { return in_->house.drained(tenant); }
bool oracle::has_unheld(word tenant, std::optional<word> device) const { return in_->house.has_unheld(tenant, device); }
oracle::counts oracle::count(word tenant) const {
  auto const got = in_->house.count(tenant);
  auto const& c = got.of;
  return {got.frames, got.devices, got.handles,       c.hits,      c.absent,     c.superseded,
          c.too_old,  c.commits,   c.commits_refused, c.evictions, c.generations};
}
oracle::counts oracle::total() const {
  counts all;
  for (auto const& [tenant, home] : in_->homes) {
    auto const one = count(tenant);
    all.frames += one.frames;
    all.devices += one.devices;
    all.handles += one.handles;
    all.hits += one.hits;
    all.absent += one.absent;
    all.superseded += one.superseded;
    all.too_old += one.too_old;
    all.commits += one.commits;
    all.commits_refused += one.commits_refused;
    all.evictions += one.evictions;
    all.generations += one.generations;
  }
  return all;
}
oracle::word oracle::crossings() const { return in_->house.crossings(); }

namespace {

using frames = std::vector<simple::engine::frame*>;

bool same(oracle::place const& a, oracle::place const& b) {
  return a.device == b.device && a.generation == b.generation && a.rendition == b.rendition;
}
bool holds(frames const& all, simple::engine::frame const* f) {
  return std::find(all.begin(), all.end(), f) != all.end();
}

// One search. Candidates are judged by the uses before the lookups that look for them.
struct search final {
  using there_function = std::function<bool(oracle::word, oracle::place const&)>;

  simple::engine::house& house;
  oracle::pressure const& why;
  there_function const& is_there;
  bool oldest_of_all;
  frames gone{}, there{}, unseen{};

  // With an order of the room's own. Returns whether that let so many go.
  bool in_order(oracle::word tenant, oracle::word count) {
    frames missing;
    auto const is_gone = [&](simple::engine::frame& f) {
      if (cannot_be_seen(f) || holds(missing, &f)) return true;
      if (holds(there, &f)) return false;
      bool const seen = is_there(tenant, {f.key.device, f.key.generation, f.key.rendition});
      (seen ? there : missing).push_back(&f);
      return !seen;
    };
    auto const are_all = [&](frames const& all) {
      return std::all_of(missing.begin(), missing.end(), [&](auto const* f) { return holds(all, f); });
    };
    auto const left = house.left_in_order(tenant, count, is_gone, are_all);
    if (left) gone.insert(gone.end(), left->begin(), left->end());
    return left.has_value();
  }
  [[nodiscard]] bool cannot_be_seen(simple::engine::frame const& f) const {
    oracle::place const at{f.key.device, f.key.generation, f.key.rendition};
    return std::any_of(why.unseen.begin(), why.unseen.end(), [&](oracle::place const& each) { return same(each, at); });
  }
  simple::engine::frame* missing_of(frames const& candidates) {
    for (auto* const f : candidates) {
      if (holds(there, f)) continue;
      if (cannot_be_seen(*f)) {
        if (!holds(unseen, f)) unseen.push_back(f);
      } else if (!is_there(f->home.tenant, {f->key.device, f->key.generation, f->key.rendition})) {
        return f;
      } else {
        there.push_back(f);
      }
    }
    return nullptr;
  }
  // One frame of the tenant that has left and might.
  simple::engine::frame* victim(oracle::word tenant) {
    bool const own = tenant == why.tenant;
    // A tenant's own cap takes from its own order also where the order under pressure is everybody's.
    auto* left = missing_of(house.oldest(tenant, std::nullopt, oldest_of_all && !(own && why.own_cap), gone));
    if (left == nullptr && own && why.device) left = missing_of(house.oldest(tenant, why.device, false, gone));
    if (left == nullptr && own && why.each_device) {
      for (auto const& d : house.room_of(tenant)->devices) {
        if (left == nullptr) left = missing_of(house.oldest(tenant, d->id, false, gone));
      }
    }
    for (auto* const f : unseen) {
      if (left == nullptr && f->home.tenant == tenant && !holds(gone, f)) left = f;
    }
    return left;
  }
};

}  // namespace

// Any frame that has left and might is taken first: one candidate fewer never makes another less likely.
std::string oracle::settle(std::vector<loss> losses, pressure const& why,
                           std::function<bool(word, place const&)> const& is_there) {
  auto& house = in_->house;
  search who{house, why, is_there, in_->settled.oldest_of_all};
  bool going = in_->settled.leaves_by == order::lru;
  for (auto& each : losses) {
    if (!going && who.in_order(each.tenant, each.frames)) each.frames = 0;
  }
  while (going) {
    going = false;
    for (auto& each : losses) {
      auto* const left = each.frames == 0 ? nullptr : who.victim(each.tenant);
      if (left == nullptr) continue;
      who.gone.push_back(left);
      --each.frames;
      going = true;
    }
  }
  for (auto* const f : who.gone) {
    if (!who.cannot_be_seen(*f)) house.count(f->home, simple::lookup_status::absent);
    house.evict(*f);
  }
  for (auto* const f : who.there) {
    house.count(f->home, simple::lookup_status::hit);
    house.found(*f, why.put && f->home.tenant == why.tenant ? 1 : 0, why.put ? 1 : 0);
  }
  bool const all = std::all_of(losses.begin(), losses.end(), [](loss const& each) { return each.frames == 0; });
  return all ? std::string{} : "another frame left than the order says";
}

void oracle::perhaps_searched(word tenant, bool guaranteed) {
  bool const opened = in_->house.room_of(tenant) != nullptr;
  if (opened && (guaranteed || !has_unheld(tenant))) in_->house.perhaps_searched(tenant);
}

}  // namespace testing

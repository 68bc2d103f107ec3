// SPDX-License-Identifier: Apache-2.0
//
// Playing a script, finding out who left, and comparing what can be counted.
#include "model/operations.hpp"

#include "model/owned_bytes.hpp"

#include <algorithm>
#include <utility>

namespace testing {

namespace {

operation_kind with_floor(operation_kind what) {
  what.how.generation_floor = fc::stream_generation{std::uint64_t{operation_floor}};
  what.rules.generation_floor = operation_floor;
  return what;
}

}  // namespace

operations::operations(operation_kind what, operation_coverage& seen)
    : what_(with_floor(std::move(what))),
      seen_(seen),
      cache_{what_.make(homes_, what_.how)},
      model_{what_.rules},
      ops_{cache_->admin(operation_keys::get().admin)} {
  fc::base::test_wall_offset = 0;
  stop_clock();
}
operations::~operations() {
  held_.clear();
  drafts_.clear();
}

// Real time goes on under the tests' clock. A machine that holds this process up for minutes must not make a frame too old.
void operations::stop_clock() { fc::base::test_steady_offset += (began_ + passed_ - fc::base::steady_now()).count(); }

std::string operations::play(std::span<std::uint8_t const> bytes) {
  ++seen_.scripts;
  for (std::uint64_t t = 1; t <= operation::tenants; ++t) open(t);
  if (what_.large) hold_most();
  std::size_t number = 0;
  for (; bytes.size() >= operation::bytes; bytes = bytes.subspan(operation::bytes), ++number) {
    auto const it = operation::of(bytes);
    if (it.what == action::nothing) continue;
    ++seen_.operations;
    stop_clock();
    perform(it);
    compare_counts(it.tenant);
    if (!wrong_.empty()) return "operation " + std::to_string(number) + ", " + to_string(it) + ": " + wrong_;
  }
  if (wrong_.empty()) compare_everything();
  return wrong_.empty() ? wrong_ : "at the end: " + wrong_;
}

void operations::open(std::uint64_t t) {
  auto& h = of(t);
  auto const& keys = operation_keys::get();
  h.eye.emplace(fc::elide{[&] { return cache_->viewer(keys.viewer[t - 1]); }});
  h.publisher.emplace(fc::elide{[&] { return cache_->publisher(keys.publisher[t - 1]); }});
  h.boss.emplace(fc::elide{[&] { return cache_->steward(keys.steward[t - 1]); }});
  model_.admit(t);
  settle({});
  expect(h.suspended || (holds(*h.eye) && holds(*h.publisher) && holds(*h.boss)), "a home was not let in");
}

// One byte that says of itself that it takes all but as much as a small cache has: so it costs no time to write or to wipe.
void operations::hold_most() {
  constexpr std::uint64_t room = std::uint64_t{288} * 1024;
  constexpr auto t = operation::tenants + 1;
  auto& n = neighbour_.emplace(*cache_);
  auto const now = cache_->stats();
  auto const adopted = n.stream.adopt(owned_bytes{{"x"}, now.capacity - now.resident - room}, {});
  expect(adopted == fc::commit_status::committed, "there is no room to begin with");
  n.handle = n.eye.find(n.stream.device(), n.stream.generation());
  expect(holds(n.handle), "what was adopted is not there");
  model_.admit(t);
  oracle::place at{model_.name(t, "large", true).number, 0, 0};
  auto const stream = model_.begin(t, at.device, true, at.generation).number;
  std::vector<std::byte> one(1);
  same("adopt", model_.commit(model_.stage(stream, 0, 1, true).number, one, 1, {}, true), "committed");
  n.number = model_.find(t, at).number;
}

void operations::perform(operation const& it) {
  switch (it.what) {
    case action::nothing: return;
    case action::put: return put(it);
    case action::find: return find(it, false);
    case action::hold: return find(it, true);
    case action::latest: return latest(it);
    case action::peek: return peek(it);
    case action::batch: return batch(it);
    case action::ask: return ask(it);
    case action::stranger: return stranger(it);
    case action::release: return release(it.amount);
    case action::look: return look(it.amount);
    case action::share: return share(it.amount);
    case action::stage: return void(stage(it));
    case action::commit: return commit(it.amount);
    case action::drop: return drop(it.amount);
    case action::begin: return begin(it);
    case action::erase: return erase(it);
    case action::retire: return retire(it);
    case action::suspend: return suspend(it.tenant, true);
    case action::resume: return suspend(it.tenant, false);
    case action::revoke: return revoke(it.tenant);
    case action::budget: return budget(it);
    case action::drain: return drain(it.tenant);
    case action::capacity: return capacity(it);
    case action::wait: return wait(it.amount);
  }
}

// Every call that may make room ends with this, before the oracle is told of what the call was for.
void operations::settle(oracle::pressure why, payer pays) {
  auto const now = cache_->stats().evictions;
  if (auto const known = model_.total().evictions; now != known) {
    seen_.evictions += now - known;
    settle_losses(std::move(why), pays);
  }
  for (std::uint64_t t = 1; t <= operation::tenants; ++t) {
    model_.perhaps_searched(t, of(t).bounds.floor.has_value());
  }
}

void operations::settle_losses(oracle::pressure why, payer pays) {
  expect(!what_.roomy, "a frame left although there was room for everything");
  why.own_cap = why.tenant != 0 && (why.own_cap || of(why.tenant).bounds.cap);
  std::vector<oracle::loss> losses;
  for (std::uint64_t t = 1; t <= operation::tenants; ++t) {
    auto const lost = ops_.counts(tenant(t)).evictions - model_.count(t).evictions;
    if (lost != 0) losses.push_back({t, lost});
    if (lost != 0 && t != why.tenant) expect_may_lose(t, pays);
  }
  auto const wrong =
      model_.settle(losses, why, [this](std::uint64_t t, oracle::place const& at) { return is_there(t, at); });
  expect(wrong.empty(), wrong);
}

// A tenant that another's call has cost a frame.
void operations::expect_may_lose(std::uint64_t t, payer pays) {
  expect(!what_.partitioned, "I11: another tenant's call cost a frame");
  expect(pays != payer::who_asked, "a budget cost another tenant a frame");
  if (auto const floor = of(t).bounds.floor; floor && pays == payer::any_above_its_floor) {
    expect(ops_.counts(tenant(t)).charged >= floor->value(), "a tenant was taken below its floor");
  }
}
// Looks a candidate up. A suspended tenant is let look for as long as that takes.
bool operations::is_there(std::uint64_t t, oracle::place const& at) {
  auto const& cameras = of(t).cameras;
  auto const c = std::find_if(cameras.begin(), cameras.end(), [&](auto const& each) { return each.as == at.device; });
  if (c == cameras.end()) return false;
  bool const off = of(t).suspended;
  if (off) expect(ops_.resume(tenant(t)) == fc::order_status::done, "no resume");
  fc::device_id const device{std::uint64_t{c->device}};
  // With stale<mark> the last picture of the generation before is what `latest` shows.
  auto const got =
      at.generation != c->generation
          ? of(t).eye->latest(device, fc::any_age)
          : of(t).eye->find(device, fc::stream_generation{std::uint64_t{at.generation}}, rendition_of(at.rendition));
  if (off) expect(ops_.suspend(tenant(t)) == fc::order_status::done, "no suspend");
  return holds(got);
}

void operations::same(std::string_view what, std::string_view got, std::string_view should) {
  if (got != should)
    expect(false, std::string{what} + " answered " + std::string{got} + ", not " + std::string{should});
}

void operations::compare_counts(std::uint64_t t) {
  auto const got = cache_->stats();
  auto const should = model_.total();
  expect(got.resident <= got.capacity, "I10: resident exceeds capacity");
  expect(got.handles == should.handles, "handles are miscounted");
  expect(got.frames == should.frames,
         "other frames can be found: " + std::to_string(got.frames) + ", not " + std::to_string(should.frames));
  expect(got.evictions == should.evictions, "a frame left although nothing asked for room");
  expect(got.hits == should.hits && got.absent == should.absent && got.superseded == should.superseded &&
             got.too_old == should.too_old,
         "lookups are miscounted");
  expect(got.commits == should.commits && got.commits_refused == should.commits_refused, "commits are miscounted");
  expect(got.generations == should.generations, "generations are miscounted");
  expect(got.crossings_refused == model_.crossings(), "crossings are miscounted");
  auto const one = ops_.counts(tenant(t));
  auto const of_one = model_.count(t);
  expect(one.frames == of_one.frames && one.devices == of_one.devices && one.commits == of_one.commits &&
             one.evictions == of_one.evictions && one.hits == of_one.hits &&
             one.misses == of_one.absent + of_one.superseded + of_one.too_old,
         "a tenant's counts are others");
}

void operations::compare_everything() {
  for (std::uint64_t t = 1; t <= operation::tenants; ++t) suspend(t, false);
  operation it;
  for (it.tenant = 1; it.tenant <= operation::tenants; ++it.tenant) {
    for (it.camera = 0; it.camera != operation::cameras; ++it.camera) {
      it.amount = 1;
      for (it.rendition = 0; it.rendition != operation::renditions; ++it.rendition) find(it, false);
      it.rendition = 0;
      it.amount = 0;
      latest(it);
      ask(it);
    }
  }
  auto const report = cache_->audit();
  expect(report.ok, report.broken);
  while (!held_.empty()) release(0);
  while (!drafts_.empty()) drop(0);
  if (neighbour_) {
    model_.release(neighbour_->number);
    neighbour_->handle = {};
  }
  compare_counts(1);
  expect(cache_->stats().pinned == 0, "something is pinned that nobody holds");
  for (std::uint64_t t = 1; t <= operation::tenants; ++t) drain(t);
}

void operations::expect(bool right, std::string_view otherwise) {
  if (!right && wrong_.empty()) wrong_ = otherwise;
}

}  // namespace testing

// SPDX-License-Identifier: Apache-2.0
//
// What publishers write: streams, drafts, commits, and what is fenced off or erased.
#include "model/operations.hpp"

#include <algorithm>
#include <utility>

namespace testing {

void operations::begin(operation const& it) {
  auto& h = of(it.tenant);
  auto& c = camera(it);
  auto const named = h.publisher->device(name_of(it));
  settle({.tenant = it.tenant});
  auto const as = model_.name(it.tenant, name_of(it), named.why() != fc::name_status::no_room);
  same("device", fc::to_string(named.why()), as.status);
  if (!named) return;
  expect(c.device == 0 || (c.device == (*named).value() && c.as == as.number), "a name has become another device");
  c.device = (*named).value();
  c.as = as.number;
  auto fresh = h.publisher->begin(*named);
  settle({.tenant = it.tenant, .unseen = fenced(c)});
  std::uint64_t generation = 0;
  auto const should = model_.begin(it.tenant, c.as, fresh.why() != fc::begin_status::no_room, generation);
  same("begin", fc::to_string(fresh.why()), should.status);
  if (!fresh) return;
  expect(fresh.generation().value() == generation, "another generation was begun");
  if (c.live) c.before = std::move(c.live);
  c.live.emplace(camera_of_two::run{std::move(fresh), should.number});
  c.former = c.generation;
  c.generation = generation;
}

// What a new stream of the camera takes out of reach.
std::vector<oracle::place> operations::fenced(camera_of_two const& c) const {
  std::vector<oracle::place> all;
  for (std::uint64_t r = what_.rules.mark_stale ? 1 : 0; r != operation::renditions; ++r) {
    all.push_back({c.as, c.generation, r});
  }
  return all;
}

// Returns whether a draft was made: the last one.
bool operations::stage(operation const& it) {
  auto& c = camera(it);
  if (!c.live) begin(it);
  auto const& run = it.former ? c.before : c.live;
  if (!run || !wrong_.empty()) return false;
  auto const size = it.size();
  auto draft = run->stream.stage(fc::byte_count{size}, rendition_of(it.rendition));
  bool const room = draft.why() != fc::commit_status::no_room;
  settle({.tenant = it.tenant, .device = of(it.tenant).bounds.device_cap ? std::optional{c.as} : std::nullopt});
  auto const should = model_.stage(run->number, it.rendition, size, room);
  same("stage", fc::to_string(draft.why()), should.status);
  if (!room) expect_nothing_could_go(it.tenant, size);
  if (!draft || !wrong_.empty()) return false;
  auto const bytes = draft.bytes();
  expect(bytes.size() == size, "a draft of another size");
  expect(within_cap(it.tenant), "a draft goes beyond the cap");
  auto const zero = [](std::byte b) { return b == std::byte{0}; };
  expect(c.wrote || std::all_of(bytes.begin(), bytes.end(), zero), "I5: a draft shows what somebody else wrote");
  auto content = content_of(++made_, size);
  std::memcpy(bytes.data(), content.data(), content.size());
  c.wrote = true;
  drafts_.push_back(
      {std::move(draft), should.number, std::move(content), it.tenant, {c.as, c.generation, it.rendition}});
  if (drafts_.size() > most_drafts) drop(0);
  return true;
}

// A small frame is refused for want of room only when nothing of the tenant could make way.
void operations::expect_nothing_could_go(std::uint64_t t, std::uint64_t size) {
  ++seen_.no_room;
  expect(!what_.roomy, "no_room, although there was room for everything");
  auto const& bounds = of(t).bounds;
  if (bounds.cap || bounds.device_cap || size > 2048) return;
  expect(!model_.has_unheld(t), "no_room, although a frame of the tenant's own could have left");
}

void operations::put(operation const& it) {
  if (stage(it)) commit(drafts_.size() - 1);
}

void operations::commit(std::uint64_t which) {
  if (drafts_.empty()) return;
  auto const at = drafts_.begin() + static_cast<std::ptrdiff_t>(which % drafts_.size());
  auto one = std::move(*at);
  drafts_.erase(at);
  auto const facts = facts_of(made_);
  auto const staged = std::uint64_t{one.content.size()};
  auto const size = made_ % 8 == 0 ? (staged + 1) / 2 : staged;
  if (made_ % 16 == 1) commit_as(one, staged + 1, facts);
  if (made_ % 16 == 2) commit_as(one, 0, facts);
  commit_as(one, size, facts);
  expect(!one.draft, "a draft outlived its commit");
}

void operations::commit_as(draft_of_two& one, std::uint64_t size, fc::frame_facts facts) {
  if (!wrong_.empty()) return;
  facts.size = fc::byte_count{size};
  auto const got = std::move(one.draft).commit(facts);
  settle({.tenant = one.tenant, .put = got == fc::commit_status::committed, .unseen = {one.at}});
  seen_.no_room += got == fc::commit_status::no_room ? 1 : 0;
  seen_.commits += got == fc::commit_status::committed ? 1 : 0;
  same("commit", fc::to_string(got),
       model_.commit(one.number, one.content, size, plain(facts), got != fc::commit_status::no_room));
}

void operations::drop(std::uint64_t which) {
  if (drafts_.empty()) return;
  auto const at = drafts_.begin() + static_cast<std::ptrdiff_t>(which % drafts_.size());
  model_.drop(at->number);
  drafts_.erase(at);
}

void operations::erase(operation const& it) {
  auto const& c = camera(it);
  auto const& run = it.former ? c.before : c.live;
  if (!run) return;
  bool const unheld = model_.has_unheld(it.tenant, c.as);
  auto const got = run->stream.erase();
  auto const should = model_.erase(run->number);
  same("erase", fc::to_string(got.status), should);
  expect(!unheld || got.status != fc::order_status::done || got.wiped != 0, "erase wiped nothing");
}

}  // namespace testing

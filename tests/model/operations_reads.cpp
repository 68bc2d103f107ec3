// SPDX-License-Identifier: Apache-2.0
//
// What viewers see, of their own home and of others.
#include "model/operations.hpp"

#include <optional>
#include <utility>

namespace testing {

namespace {

fc::stream_generation live(oracle::place const& at) { return fc::stream_generation{std::uint64_t{at.generation}}; }

}  // namespace

oracle::place operations::place_of(operation const& it) {
  auto const& c = camera(it);
  auto const generation = it.former ? c.former : c.generation + (it.amount % 32 == 0 ? 1 : 0);
  return {c.as, generation, it.rendition};
}

void operations::compare(std::string_view what, std::uint64_t t, handle_type got, oracle::answer const& should,
                         bool keeps) {
  same(what, fc::to_string(got.why()), should.status);
  if (wrong_.empty() && got) read(t, got, should.number);
  seen_.too_old += got.why() == fc::lookup_status::too_old ? 1 : 0;
  seen_.superseded += got.why() == fc::lookup_status::superseded ? 1 : 0;
  seen_.suspended += got.why() == fc::lookup_status::suspended ? 1 : 0;
  if (!got || !keeps) {
    got = {};
    return model_.release(should.number);
  }
  held_.push_back({std::move(got), should.number, t});
  if (held_.size() > most_held) release(0);
}

void operations::read(std::uint64_t t, handle_type const& handle, std::uint64_t number) {
  oracle::sight should;
  auto const view = of(t).eye->read(handle);
  same("read", fc::to_string(view.why()), model_.read(t, number, should));
  if (!view || !wrong_.empty()) return void(seen_.refused += view.why() == fc::lookup_status::refused ? 1 : 0);
  ++seen_.hits;
  seen_.stale += view.stale() ? 1 : 0;
  auto const wrong = difference(view, should);
  expect(wrong.empty(), wrong);
}

void operations::find(operation const& it, bool keeps) {
  auto const at = place_of(it);
  auto got = of(it.tenant).eye->find(device_of(it), live(at), rendition_of(it.rendition));
  compare("find", it.tenant, std::move(got), model_.find(it.tenant, at), keeps);
}

void operations::latest(operation const& it) {
  std::optional<std::chrono::nanoseconds> bound;
  if (it.amount % 4 != 0) bound = std::chrono::seconds{50} + step * (it.amount / 4 % 4);
  auto const limit = bound ? fc::no_older_than(*bound) : fc::any_age;
  auto got = of(it.tenant).eye->latest(device_of(it), limit, rendition_of(it.rendition));
  auto const should = model_.latest(it.tenant, camera(it).as, it.rendition, bound);
  compare("latest", it.tenant, std::move(got), should, it.amount % 8 == 7);
}

void operations::peek(operation const& it) {
  auto at = place_of(it);
  at.rendition = 0;
  oracle::sight should;
  auto const answer = model_.peek(it.tenant, at);
  if (answer.number != 0) (void)model_.read(it.tenant, answer.number, should);
  int looks = 0;
  auto const why = of(it.tenant).eye->peek(device_of(it), live(at), [&](fc::frame_view const& view) {
    ++looks;
    auto const wrong = difference(view, should);
    expect(answer.number == 0 || wrong.empty(), "peek saw " + wrong);
  });
  same("peek", fc::to_string(why), answer.status);
  expect(looks == (answer.number == 0 ? 0 : 1), "peek called back another number of times");
  model_.release(answer.number);
}

void operations::batch(operation const& it) {
  std::vector<fc::place> places;
  std::vector<operation> all;
  for (std::uint64_t i = 0; i != 6; ++i) {
    all.push_back(it);
    all.back().camera = (it.camera + i) % operation::cameras;
    all.back().rendition = (it.rendition + i / 2) % operation::renditions;
    places.emplace_back(device_of(all.back()), live(place_of(all.back())), rendition_of(all.back().rendition));
  }
  std::array<handle_type, 7> got;
  of(it.tenant).eye->find_many(places, got);
  for (std::size_t i = 0; i != all.size(); ++i) {
    compare("find_many", it.tenant, std::move(got[i]), model_.find(it.tenant, place_of(all[i])), false);
  }
  expect(!got[6], "find_many found more than it was asked for");
}

// Names and generations: the words that a lookup is made of.
void operations::ask(operation const& it) {
  auto const& c = camera(it);
  auto const& eye = *of(it.tenant).eye;
  auto const generation = eye.current(device_of(it));
  auto const should = model_.current(it.tenant, c.as);
  expect(generation.has_value() == should.has_value() && (!should || generation->value() == *should),
         "another generation is live");
  auto const device = eye.device(name_of(it));
  auto const as = model_.device(it.tenant, name_of(it));
  expect(device.has_value() == as.has_value() && (!as || (device->value() == c.device && *as == c.as)),
         "a name is another device");
}

// Another home asks with this home's words.
void operations::stranger(operation const& it) {
  auto const t = it.tenant % operation::tenants + 1;
  auto const at = place_of(it);
  compare("a stranger's find", t, of(t).eye->find(device_of(it), live(at), rendition_of(it.rendition)),
          model_.find(t, at), false);
  compare("a stranger's latest", t, of(t).eye->latest(device_of(it), fc::any_age),
          model_.latest(t, at.device, 0, std::nullopt), false);
}

void operations::release(std::uint64_t which) {
  if (held_.empty()) return;
  auto const at = held_.begin() + static_cast<std::ptrdiff_t>(which % held_.size());
  model_.release(at->number);
  held_.erase(at);
}

void operations::look(std::uint64_t which) {
  if (held_.empty()) return;
  auto const& one = held_[static_cast<std::size_t>(which % held_.size())];
  read(one.tenant, one.handle, one.number);
  read(one.tenant % operation::tenants + 1, one.handle, one.number);
}

void operations::share(std::uint64_t which) {
  if (held_.empty()) return;
  auto const& one = held_[static_cast<std::size_t>(which % held_.size())];
  auto const t = one.tenant;
  auto const should = model_.share(t, one.number);
  compare("share", t, of(t).eye->share(one.handle), should, true);
}

}  // namespace testing

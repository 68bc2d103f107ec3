// SPDX-License-Identifier: Apache-2.0
//
// Orders of stewards and admins, and time.
#include "model/operations.hpp"

namespace testing {

void operations::retire(operation const& it) {
  auto& c = camera(it);
  bool const unheld = model_.has_unheld(it.tenant, c.as);
  auto const got = of(it.tenant).boss->retire(device_of(it));
  same("retire", fc::to_string(got.status), model_.retire(it.tenant, c.as));
  if (got.status != fc::order_status::done) return;
  expect(!unheld || got.wiped != 0, "retire wiped nothing");
  c.end();
}

void operations::suspend(std::uint64_t t, bool off) {
  auto const got = off ? ops_.suspend(tenant(t)) : ops_.resume(tenant(t));
  same("suspend", fc::to_string(got), model_.suspend(t, off));
  of(t).suspended = off;
}

void operations::revoke(std::uint64_t t) {
  bool const unheld = model_.has_unheld(t);
  auto const got = ops_.revoke(tenant(t));
  same("revoke", fc::to_string(got.status), model_.revoke(t));
  expect(!unheld || got.wiped != 0, "revoke wiped nothing");
  expect((got.pinned == 0) == model_.drained(t), "revoke says otherwise what is still held");
  auto const& c = of(t).cameras[0];
  compare("a revoked viewer's latest", t, of(t).eye->latest(fc::device_id{std::uint64_t{c.device}}, fc::any_age),
          model_.latest(t, c.as, 0, std::nullopt), false);
  for (auto& each : of(t).cameras) each.end();
  open(t);
}

void operations::budget(operation const& it) {
  if (what_.roomy) return;
  auto const some = [&](std::uint64_t least, std::uint64_t range) {
    return fc::byte_count{(least + it.amount / 16 % range) * 4096};
  };
  auto& bounds = of(it.tenant).bounds;
  bounds = {};
  if (it.amount % 4 == 0) bounds.cap = some(2, 32);
  if (it.amount % 8 == 1 && what_.device_caps) bounds.device_cap = some(1, 16);
  if (it.amount % 16 == 2 && what_.floors) bounds.floor = some(0, 24);
  same("set_budget", fc::to_string(ops_.set_budget(tenant(it.tenant), bounds)), "done");
  settle({.tenant = it.tenant, .own_cap = true, .each_device = bounds.device_cap.has_value()}, payer::who_asked);
  expect(within_cap(it.tenant) || !model_.has_unheld(it.tenant), "a cap does not bind at once");
}

bool operations::within_cap(std::uint64_t t) {
  auto const& cap = of(t).bounds.cap;
  return !cap || ops_.counts(tenant(t)).charged <= cap->value();
}

void operations::drain(std::uint64_t t) {
  bool const got = ops_.drain(tenant(t), std::chrono::steady_clock::time_point{});
  expect(got == model_.drained(t), "drain says otherwise what is still held");
}

// The bound changes while all goes on, by up to 56 KiB. With strict isolation there may be nothing that could make way.
void operations::capacity(operation const& it) {
  auto const less = std::uint64_t{8192} * (it.amount % 8);
  fc::byte_count const bound{what_.how.capacity.value() - less};
  auto const got = ops_.resize(bound);
  settle({}, payer::any);
  bool const done = got == fc::order_status::done;
  expect(done || got == fc::order_status::no_room, "resize was refused");
  expect(!done || cache_->stats().capacity == bound.value(), "the capacity is another than was asked for");
}
void operations::wait(std::uint64_t steps) {
  auto const by = step * (1 + steps % 3);
  passed_ += by;
  fc::base::test_wall_offset += std::chrono::nanoseconds{by}.count();
  stop_clock();
  model_.advance(by);
}

}  // namespace testing

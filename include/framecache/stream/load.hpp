// SPDX-License-Identifier: Apache-2.0
//
// One caller's part in a load: look; lead or follow; look again. Every answer is a lookup under the caller's own scope, made
// after whatever woke it. A caller's loader runs at most once, in the caller's thread, with no lock held; it may call the
// cache.
#pragma once

#include <framecache/base/attempt.hpp>
#include <framecache/base/clock.hpp>
#include <framecache/engine/bell.hpp>
#include <framecache/engine/pin.hpp>
#include <framecache/engine/store.hpp>
#include <framecache/engine/waiter.hpp>
#include <framecache/identity/status.hpp>
#include <framecache/stream/seat.hpp>
#include <framecache/stream/ticket.hpp>
#include <framecache/version.hpp>

#include <algorithm>
#include <memory>
#include <new>
#include <utility>

namespace framecache {
inline namespace v0 {
namespace engine {

// What is there now, if it is young enough.
[[nodiscard]] inline pin look_up(store& in, core::scope const& who, load_wish const& wish,
                                 lookup_status& why) noexcept {
  auto held = in.find(who, wish.device, wish.generation, wish.which, why);
  if (!held || !wish.limit.bounded()) return held;
  frame_view const view{who, held};
  if (!view || wish.admits(view.committed_at())) return held;
  why = lookup_status::too_old;
  return {};
}

// Takes a waiter back out of wherever it hangs, on every way out.
struct listening final {
  listening(store& at, core::scope const& as, device_id of, std::shared_ptr<waiter> w) noexcept
      : in(at), who(as), device(of), bell(std::move(w)) {}
  listening(listening const&) = delete;
  listening& operator=(listening const&) = delete;
  ~listening() {
    if (!bell) return;
    in.forget(who, device, bell);
    bell->cancel();
  }
  store& in;
  core::scope const& who;
  device_id const device;
  std::shared_ptr<waiter> const bell;
};

// After a loader that nobody waits for: the frame, if it was loaded at once; otherwise whether it still may be.
[[nodiscard]] inline pin answered_at_once(store& in, core::scope const& who, load_wish const& wish,
                                          lookup_status& why) noexcept {
  auto held = look_up(in, who, wish, why);
  if (held || (why != lookup_status::absent && why != lookup_status::too_old)) return held;
  auto const answer = in.load(who, wish, false, nullptr);
  why = answer.why;
  if (answer.what != store::load_answer::advice::look_again) return {};
  return look_up(in, who, wish, why);
}

// Returns the frame, or none and why. `waits`: until the frame is there or the wish's deadline; otherwise never.
template <class Loader>
[[nodiscard]] pin get_or_load(store& in, core::scope const& who, load_wish const& wish, bool waits, Loader& loader,
                              lookup_status& why) {
  using advice = store::load_answer::advice;
  waits = waits && in.sharing() == base::sharing::many_threads;
  for (bool led = false;;) {
    auto held = look_up(in, who, wish, why);
    if (held || (why != lookup_status::absent && why != lookup_status::too_old)) return held;
    if (base::steady_now() >= wish.deadline) {
      why = lookup_status::timed_out;
      return {};
    }
    bell woken;
    std::shared_ptr<waiter> w;
    std::unique_ptr<seat> chair(led ? nullptr
                                    : ::new (std::nothrow) seat(who, in, wish.device, wish.generation, wish.which));
    bool const made = base::attempt([&] {
      if (waits) w = std::make_shared<waiter>([&woken] { woken.ring(); }, in.sharing());
    });
    if (!made || (!chair && !led)) {
      why = lookup_status::failed;
      return {};
    }
    listening const until_the_end{in, who, wish.device, w};
    auto const answer = in.load(who, wish, !led, w);
    if (answer.what == advice::look_again) continue;
    if (answer.what == advice::give_up) {
      why = answer.why;
      return {};
    }
    if (answer.what == advice::lead) {
      led = true;
      chair->lead = answer.lead;
      chair->until = answer.until;
      loader(ticket{std::move(chair)});
      if (!waits) return answered_at_once(in, who, wish, why);
    } else if (!waits) {
      why = lookup_status::loading;
      return {};
    }
    woken.wait_until(std::min(wish.deadline, answer.until));
  }
}

}  // namespace engine
}  // namespace v0
}  // namespace framecache

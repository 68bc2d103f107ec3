// SPDX-License-Identifier: Apache-2.0
//
// The one role that reaches frames. Its tenant is the one its credential was accepted for: no function here takes a tenant or a
// whole key (P1).
#pragma once

#include <framecache/cache/handle.hpp>
#include <framecache/engine/bell.hpp>
#include <framecache/engine/store.hpp>
#include <framecache/identity/age_limit.hpp>
#include <framecache/identity/place.hpp>
#include <framecache/identity/rendition.hpp>
#include <framecache/identity/status.hpp>
#include <framecache/identity/strong_id.hpp>
#include <framecache/stream/load.hpp>
#include <framecache/stream/stream.hpp>
#include <framecache/stream/ticket.hpp>
#include <framecache/stream/watch.hpp>
#include <framecache/version.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <new>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

namespace framecache {
inline namespace v0 {

// Immovable; made by cache.viewer(credential). May be used from several threads at once. Must not outlive the cache.
// False when it cannot see anything now: refused, expired, revoked, or suspended (which may pass).
// Neither a hit nor a miss takes a lock. Where something of the tenant changes just then, and with stale<mark> where a camera's live stream
// has no frame, a lookup in vain may take the tenant's own, briefly. None calls user code under it.
template <class Audience>
class [[nodiscard]] viewer final {
 public:
  using audience_type = Audience;
  using handle_type = handle<Audience>;

  // Only a frame_cache has a store to give. The core looks the audience up by its registered name.
  viewer(engine::store& in, std::string_view credential)
      : store_(in), scope_(enter(in, credential)), why_(in.admit(scope_)) {}
  viewer(viewer const&) = delete;
  viewer(viewer&&) = delete;
  viewer& operator=(viewer const&) = delete;
  viewer& operator=(viewer&&) = delete;
  ~viewer() { delete std::addressof(scope_); }

  [[nodiscard]] explicit operator bool() const noexcept { return why() == refusal::none; }
  [[nodiscard]] refusal why() const noexcept {
    return why_ != refusal::none && why_ != refusal::suspended ? why_ : scope_.check(capability::view);
  }

  // Returns the device of that name. A viewer never creates a name; a name that is foreign, unlisted or unknown gives nothing.
  [[nodiscard]] std::optional<device_id> device(std::string_view name) const noexcept {
    return store_.registry().device(scope_, name);
  }
  // Returns the generation that is live now, if the device has ever streamed.
  [[nodiscard]] std::optional<stream_generation> current(device_id of) const noexcept {
    return store_.current(scope_, of);
  }

  // Returns the frame of exactly these words, or why not: see lookup_status.
  [[nodiscard]] handle_type find(device_id of, stream_generation live) const noexcept {
    return find(of, live, rendition::source());
  }
  [[nodiscard]] handle_type find(device_id of, stream_generation live, rendition which) const noexcept {
    return handle_type{[&](lookup_status& why) noexcept { return store_.find(scope_, of, live, which, why); }};
  }
  template <class... Words>
  handle_type find(Words const&...) const noexcept {
    static_assert(
        detail::never<Words...>,
        "framecache[P20]: find() takes a device_id and a stream_generation, in that order, and for a derived picture "
        "a rendition; the tenant is the viewer's own and is never named; write eye.find(*device, *generation)");
    return {};
  }

  // Returns the newest frame of the live generation, if it is young enough. Age counts from commit on the steady clock.
  [[nodiscard]] handle_type latest(device_id of, age_limit limit) const noexcept {
    return latest(of, limit, rendition::source());
  }
  [[nodiscard]] handle_type latest(device_id of, age_limit limit, rendition which) const noexcept {
    return handle_type{[&](lookup_status& why) noexcept { return store_.latest(scope_, of, limit, which, why); }};
  }
  template <class... Words>
  handle_type latest(Words const&...) const noexcept {
    static_assert(
        detail::never<Words...>,
        "framecache[P21]: latest() takes a device_id and an age limit, and for a derived picture a rendition; write "
        "eye.latest(*device, fc::no_older_than(2s))");
    return {};
  }

  // Returns a look at the handle's frame, valid while the handle lives. The check at egress: whose frame, for which audience, and
  // is this viewer live now. What is refused is false and has no bytes. Errors: view.why(). Calls user code: the tripwire.
  [[nodiscard, gnu::always_inline]] frame_view read(handle_type const& of) const noexcept {
    return frame_view{scope_, of.held()};
  }
  frame_view read(handle_type&& of) const = delete;  // the bytes would be gone at the semicolon: name the handle first
  template <class Other>
  frame_view read(handle<Other> const&) const noexcept {
    static_assert(
        detail::never<Other>,
        "framecache[P22]: this handle was found for another audience than this viewer's; read it with the viewer "
        "that found it");
    return frame_view{scope_, engine::pin{}};
  }

  // Calls `look(view)` with the frame of exactly these words, if it is there, and lets go of it afterwards. Writes nothing that
  // another thread reads, but for the frame's stamp of use once a tick, so that a camera that everybody watches scales with cores;
  // where all that is set aside for counting (config.capacity) is used up, also the tenant's count.
  // An exception from `look` lets go and propagates, and so does the end of its thread (pthread_exit, pthread_cancel); `look` must not
  // suspend (co_await, fibers). Returns what find() would say.
  template <class Look>
    requires std::invocable<Look&, frame_view const&>
  lookup_status peek(device_id of, stream_generation live, Look&& look) const {
    lookup_status why{};
    engine::glance const held = store_.peek(scope_, of, live, why);
    if (!held) return why;
    frame_view const view{scope_, held};
    if (view) look(view);
    return view.why();
  }
  template <class... Words>
  lookup_status peek(Words&&...) const noexcept {
    static_assert(
        detail::never<Words...>,
        "framecache[P23]: peek() takes a device_id, a stream_generation and something to call with a frame_view; write "
        "eye.peek(*device, *generation, [](const fc::frame_view& f) { ... })");
    return lookup_status::absent;
  }

  // Looks up a batch, sixteen at a time, whose cache misses overlap. Answers stand where the places stand; with fewer places than
  // `answers` the rest are left empty.
  // Requires: `answers` is at least as long as `places`; what does not fit is not looked up.
  void find_many(std::span<place const> places, std::span<handle_type> answers) const noexcept {
    auto const count = std::min(places.size(), answers.size());
    for (std::size_t begin = 0; begin < count; begin += engine::store::most_in_batch) {
      auto const some = places.subspan(begin, std::min(count - begin, engine::store::most_in_batch));
      store_.begin_batch(scope_, some);
      for (std::size_t i = 0; i != some.size(); ++i) {
        auto* const at = std::addressof(answers[begin + i]);
        std::destroy_at(at);
        ::new (static_cast<void*>(at)) handle_type{[&](lookup_status& why) noexcept {
          return store_.find(scope_, some[i].device, some[i].generation, some[i].rendition, why);
        }};
      }
    }
    for (std::size_t i = count; i != answers.size(); ++i) answers[i] = handle_type{};
  }
  template <std::size_t Count>
  [[nodiscard]] std::array<handle_type, Count> find_many(std::array<place, Count> const& places) const noexcept {
    std::array<handle_type, Count> answers;
    find_many(std::span<place const>{places}, std::span<handle_type>{answers});
    return answers;
  }

  // Returns a second owner of the same frame, for fan-out. Sharing is a read: what may not be read is not shared.
  [[nodiscard]] handle_type share(handle_type const& of) const noexcept {
    return handle_type{[&](lookup_status& why) noexcept { return engine::pin{scope_, of.held(), why}; }};
  }

  // Calls `f` once, when a source frame beyond `than` exists or there is nothing more to wait for (the device retired, the tenant
  // or principal revoked, something suspended): look with latest() then. At once, in this thread, if that is so already: a
  // callback that waits anew hands that to another thread or event loop. `f` runs without any lock held, usually in the
  // committing thread; it must neither throw nor end that thread. An empty `f` waits for nothing.
  [[nodiscard]] watch notify_newer(device_id of, frame_sequence than, std::function<void()> f) const noexcept {
    return watching(of, std::move(f), [&](std::shared_ptr<engine::waiter> const& w) {
      return store_.await(scope_, of, than, w) == engine::store::awaited::armed;
    });
  }

  // Waits for a source frame beyond `than` and returns it; at the deadline, or when there is nothing to wait for, says why
  // there is none. With threads<one> nobody could commit meanwhile: returns at once.
  [[nodiscard]] handle_type wait_newer(device_id of, frame_sequence than,
                                       std::chrono::steady_clock::time_point deadline) const noexcept {
    for (;;) {
      engine::bell woken;
      std::unique_ptr<engine::seat> seat(::new (std::nothrow)
                                             engine::seat(scope_, store_, of, stream_generation{std::uint64_t{0}}));
      std::shared_ptr<engine::waiter> bell;
      bool const made =
          base::attempt([&] { bell = std::make_shared<engine::waiter>([&woken] { woken.ring(); }, store_.sharing()); });
      if (!made || !seat) return handle_type{lookup_status::absent};
      auto const answer = store_.await(scope_, of, than, bell);
      if (answer == engine::store::awaited::never) return nothing_to_wait_for();
      if (answer == engine::store::awaited::newer) {
        auto newest = latest(of, any_age);
        if (newest && frame_view{scope_, newest.held()}.sequence() > than) return newest;
        continue;  // gone again meanwhile: evicted, or fenced off by a newer stream
      }
      watch const cancels{std::move(seat), std::move(bell)};
      bool const alone = store_.sharing() == base::sharing::one_thread;
      if (alone || !woken.wait_until(deadline)) return nothing_to_wait_for();
    }
  }

  // Returns the frame of exactly these words; if it is not there, or older than `limit`, has it loaded: by calling `loader`
  // with a ticket that names those words, or by waiting for whoever is at it already, until `deadline`. One load a key at a
  // time; when its leader fails, throws or takes too long, one who waits leads with a loader of its own. `loader` is called at
  // most once, in this thread, with no lock held; it may call the cache, answer at once or keep the ticket and answer later.
  // What it throws gives the load up and propagates; so does the end of its thread. A frame of a generation that has passed is not
  // loaded: `superseded`. Errors: see lookup_status. With threads<one> it does not wait.
  template <class Loader>
    requires std::invocable<Loader&, ticket>
  [[nodiscard]] handle_type get_or_load(device_id of, stream_generation live, rendition which, age_limit limit,
                                        std::chrono::steady_clock::time_point deadline, Loader&& loader) const {
    return load(true, {of, live, which, limit, deadline}, loader);
  }
  template <class Loader>
    requires std::invocable<Loader&, ticket>
  [[nodiscard]] handle_type get_or_load(device_id of, stream_generation live, rendition which,
                                        std::chrono::steady_clock::time_point deadline, Loader&& loader) const {
    return load(true, {of, live, which, any_age, deadline}, loader);
  }
  template <class Loader>
    requires std::invocable<Loader&, ticket>
  [[nodiscard]] handle_type get_or_load(device_id of, stream_generation live,
                                        std::chrono::steady_clock::time_point deadline, Loader&& loader) const {
    return load(true, {of, live, rendition::source(), any_age, deadline}, loader);
  }
  template <class... Words>
  handle_type get_or_load(Words&&...) const noexcept {
    static_assert(
        detail::never<Words...>,
        "framecache[P32]: get_or_load() takes a device_id, a stream_generation, for a derived picture a rendition and "
        "then an age limit, a deadline, and a loader that takes a ticket; write eye.get_or_load(*device, *generation, "
        "deadline, [](fc::ticket t) { ... })");
    return {};
  }
  // The same without ever waiting, for an event loop: `loading` when somebody is at it, or the loader that was just called has
  // kept its ticket; then notify_loaded says when to ask again. `deadline` is the ticket's.
  template <class Loader>
    requires std::invocable<Loader&, ticket>
  [[nodiscard]] handle_type try_get_or_load(device_id of, stream_generation live, rendition which, age_limit limit,
                                            std::chrono::steady_clock::time_point deadline, Loader&& loader) const {
    return load(false, {of, live, which, limit, deadline}, loader);
  }
  template <class... Words>
  handle_type try_get_or_load(Words&&...) const noexcept {
    static_assert(
        detail::never<Words...>,
        "framecache[P33]: try_get_or_load() takes a device_id, a stream_generation, a rendition, an age limit, a "
        "deadline, and a loader that takes a ticket; write eye.try_get_or_load(*device, *generation, "
        "fc::rendition::source(), fc::any_age, deadline, [](fc::ticket t) { ... })");
    return {};
  }
  // Calls `f` once, when the load of exactly these words has ended or passed to somebody else, or if there is none: ask again
  // then. As with notify_newer. A ticket whose time is up ends nothing by itself: keep a timer beside the watch.
  [[nodiscard]] watch notify_loaded(device_id of, stream_generation live, rendition which,
                                    std::function<void()> f) const noexcept {
    return watching(of, std::move(f), [&](std::shared_ptr<engine::waiter> const& w) {
      engine::load_wish const wish{of, live, which, any_age, std::chrono::steady_clock::time_point::max()};
      return store_.load(scope_, wish, false, w).what == engine::store::load_answer::advice::follow;
    });
  }

 private:
  template <class Loader>
  [[nodiscard]] handle_type load(bool waits, engine::load_wish const& wish, Loader& loader) const {
    return handle_type{
        [&](lookup_status& why) { return engine::get_or_load(store_, scope_, wish, waits, loader, why); }};
  }
  // Hangs a waiter that calls `f` up where `arm` says, or calls `f` now.
  template <class Arm>
  [[nodiscard]] watch watching(device_id of, std::function<void()> f, Arm const& arm) const noexcept {
    if (!f) return {};
    std::unique_ptr<engine::seat> seat(::new (std::nothrow)
                                           engine::seat(scope_, store_, of, stream_generation{std::uint64_t{0}}));
    std::shared_ptr<engine::waiter> waiter;
    bool const made = base::attempt([&] { waiter = std::make_shared<engine::waiter>(f, store_.sharing()); });
    if (!made || !seat) {
      f();
      return {};
    }
    if (!arm(waiter)) {
      waiter->fire();
      return {};
    }
    return watch{std::move(seat), std::move(waiter)};
  }
  static core::scope& enter(engine::store& in, std::string_view credential) {
    in.make_headroom();
    return *new core::scope(in.registry(), credential, role::viewer, Audience::audience, in.account());
  }
  // What a wait in vain says: the viewer's own state, or else that nothing newer is there.
  [[nodiscard]] handle_type nothing_to_wait_for() const noexcept {
    auto const seeing = scope_.check(capability::view);
    auto const why = seeing == refusal::none ? scope_.check(capability::live) : seeing;
    return handle_type{why == refusal::none        ? lookup_status::absent
                       : why == refusal::suspended ? lookup_status::suspended
                                                   : lookup_status::refused};
  }

  engine::store& store_;
  core::scope& scope_;
  refusal const why_;
};

}  // namespace v0
}  // namespace framecache

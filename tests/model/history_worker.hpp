// SPDX-License-Identifier: Apache-2.0
//
// One thread of a stress whose history is written down: looks frames up in every way there is, publishes, reconnects, erases, revokes
// and suspends, all of it through the public API, and records each call that succeeded. Its roles are kept until they are
// refused and its streams until they are superseded, so that it goes on asking with what should no longer work.
#pragma once

#include "model/history.hpp"
#include "model/history_log.hpp"
#include "model/history_spoiler.hpp"
#include "model/history_world.hpp"
#include "model/stamped.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace testing::history {

template <class Cache>
class worker final {
 public:
  worker(world<Cache>& in, unsigned number, std::size_t window, spoil what = spoil::nothing)
      : world_(in), random_(number + 1), log_(in.homes.size(), window), ops_(in.cache.admin(in.admin)) {
    for (auto& each : in.homes) seats_.push_back(std::make_unique<seat>(each, what));
  }

  void run_window() {
    while (!log_.full()) step(*seats_[random_.below(seats_.size())]);
  }
  [[nodiscard]] history::log& log() { return log_; }
  void next_window() {
    for (auto& each : seats_) each->spoils.next_window();
    log_.clear();
  }
  // Lets go of every handle, role and stream.
  void leave() { seats_.clear(); }

  [[nodiscard]] std::uint64_t spoilt() const {
    std::uint64_t sum = 0;
    for (auto const& each : seats_) sum += each->spoils.spoilt();
    return sum;
  }
  // Calls that were refused, because of a newer stream or of the tenant.
  [[nodiscard]] std::uint64_t refused() const { return refused_; }

 private:
  using handle = typename Cache::template handle_type<>;
  struct kept final {
    handle frame;
    std::uint64_t value;
    std::uint16_t epoch;
    std::uint8_t slot;
  };
  // What this thread has of one tenant.
  struct seat final {
    seat(home& of, spoil what) : at(of), spoils(what) {}
    home& at;
    std::optional<typename Cache::template viewer_type<>> eye;
    std::optional<fc::publisher> camera;
    std::uint16_t epoch = 0;
    std::array<std::shared_ptr<live_stream>, home_shape.cameras> streams;
    std::array<std::uint32_t, home_shape.cameras> versions{};
    std::vector<kept> held;
    spoiler spoils;
  };
  static std::uint64_t tenant_of(seat const& s) { return s.at.number; }

  void step(seat& s) {
    if (!s.eye && !enter(s)) return;
    auto const slot = static_cast<std::uint8_t>(random_.below(home_shape.slots()));
    auto const camera = home_shape.camera_of(slot);
    if (s.streams[camera] == nullptr || random_.below(16) == 0) refresh(s, camera);
    auto const what = random_.below(2000);
    if (what < 8 || s.streams[camera] == nullptr) return begin(s, camera);
    if (what < 16) return erase(s, slot);
    if (what < 17) return rule(s);
    if (what < 550) return write(s, slot);
    if (what < 1050) return find(s, slot);
    if (what < 1450) return latest(s, slot);
    if (what < 1750) return peek(s, camera);
    if (what < 1850) return find_many(s);
    hold(s);
  }

  // --- roles and streams -----------------------------------------------------------------------------------------------------

  bool enter(seat& s) {
    auto const ended = s.at.revocations_ended.load(std::memory_order_acquire);
    s.eye.emplace(fc::elide{[&] { return world_.cache.viewer(s.at.viewer); }});
    s.camera.emplace(fc::elide{[&] { return world_.cache.publisher(s.at.publisher); }});
    s.epoch = static_cast<std::uint16_t>(ended);
    if (s.at.revocations_begun.load(std::memory_order_acquire) == ended) return true;
    leave_home(s);  // opened while its tenant was revoked: on which side?
    return false;
  }
  static void leave_home(seat& s) {
    s.eye.reset();
    s.camera.reset();
  }
  // What was refused may have been suspended; or else the roles are of an epoch that is over.
  void was_refused(seat& s) {
    ++refused_;
    if (s.eye->why() == fc::refusal::refused) leave_home(s);
  }
  static void refresh(seat& s, unsigned camera) {
    auto& shared = s.at.cameras[camera];
    if (s.versions[camera] == shared.version()) return;
    s.versions[camera] = shared.version();
    s.streams[camera] = shared.get();
  }
  void begin(seat& s, unsigned camera) {
    auto const id = s.camera->device("camera " + std::to_string(camera));
    if (!id) return was_refused(s);
    auto const began = world_.clock.now();
    auto stream = s.camera->begin(id);
    auto const returned = world_.clock.now();
    if (!stream) return was_refused(s);
    auto const number = s.at.streams.fetch_add(1, std::memory_order_relaxed) + 1;
    note(s, {began, returned, stream.generation().value(), number, s.epoch, first_slot(camera), op::begin});
    s.streams[camera] = std::make_shared<live_stream>(std::move(stream), number, s.epoch);
    s.at.cameras[camera].offer(s.streams[camera]);
  }
  static std::uint8_t first_slot(unsigned camera) { return static_cast<std::uint8_t>(camera * home_shape.renditions); }

  void write(seat& s, std::uint8_t slot) {
    auto const camera = home_shape.camera_of(slot);
    auto const under = s.streams[camera];
    auto const serial = under->serial.fetch_add(1, std::memory_order_relaxed);
    if (serial >= words::serials) return begin(s, camera);
    auto const value = words{static_cast<unsigned>(tenant_of(s)), slot, under->number, serial}.value();
    auto draft = under->stream.stage(fc::byte_count{length_of(value)}, renditions[slot % home_shape.renditions]);
    auto answer = draft.why();
    if (draft) {
      write_value(draft.bytes(), value);
      auto const began = world_.clock.now();
      answer = std::move(draft).commit({.size = fc::byte_count{length_of(value)}});
      auto const returned = world_.clock.now();
      if (answer == fc::commit_status::committed) {
        return note(s, {began, returned, value, under->number, under->epoch, slot, op::write});
      }
    }
    if (answer == fc::commit_status::superseded) ++refused_;
    if (answer == fc::commit_status::refused) was_refused(s);
    refresh(s, camera);
    if (s.eye && under == s.streams[camera] && answer == fc::commit_status::refused) begin(s, camera);
  }
  void erase(seat& s, std::uint8_t slot) {
    auto const under = s.streams[home_shape.camera_of(slot)];
    auto const began = world_.clock.now();
    auto const done = under->stream.erase();
    auto const returned = world_.clock.now();
    if (done.status != fc::order_status::done) return was_refused(s);
    note(s, {began, returned, 0, under->number, under->epoch, slot, op::erase});
  }

  // --- looking frames up -------------------------------------------------------------------------------------------------------

  void find(seat& s, std::uint8_t slot) {
    auto const& of = *s.streams[home_shape.camera_of(slot)];
    auto const began = world_.clock.now();
    auto found = s.eye->find(of.stream.device(), of.stream.generation(), renditions[slot % home_shape.renditions]);
    look(s, {began, world_.clock.now(), 0, of.number, s.epoch, slot, op::read}, std::move(found));
  }
  void latest(seat& s, std::uint8_t slot) {
    auto const& of = *s.streams[home_shape.camera_of(slot)];
    auto const began = world_.clock.now();
    auto found = s.eye->latest(of.stream.device(), fc::any_age, renditions[slot % home_shape.renditions]);
    // Of a device that was forgotten with its epoch, a miss says that and no more.
    auto const asked = !found && of.epoch != s.epoch ? of.number : 0;
    look(s, {began, world_.clock.now(), 0, asked, s.epoch, slot, op::read}, std::move(found));
  }
  void find_many(seat& s) {
    std::vector<fc::place> places;
    std::array<handle, 4> found;
    std::array<event, 4> events{};
    for (auto& e : events) {
      auto const slot = static_cast<std::uint8_t>(random_.below(home_shape.slots()));
      auto const of = s.streams[home_shape.camera_of(slot)];
      if (of == nullptr) return;
      places.emplace_back(of->stream.device(), of->stream.generation(), renditions[slot % home_shape.renditions]);
      e = {0, 0, 0, of->number, s.epoch, slot, op::read};
    }
    auto const began = world_.clock.now();
    s.eye->find_many(places, found);
    auto const returned = world_.clock.now();
    for (std::size_t i = 0; i != events.size() && s.eye; ++i) {
      events[i].began = began;
      events[i].returned = returned;
      look(s, events[i], std::move(found[i]));
    }
  }
  void peek(seat& s, unsigned camera) {
    auto const& of = *s.streams[camera];
    std::optional<std::uint64_t> value;
    auto const began = world_.clock.now();
    auto const answer = s.eye->peek(of.stream.device(), of.stream.generation(),
                                    [&](fc::frame_view const& view) { value = read_value(view.bytes()); });
    event e{began, world_.clock.now(), 0, of.number, s.epoch, first_slot(camera), op::read};
    if (answer != fc::lookup_status::hit) return missed(s, e, answer);
    found_one(s, e, value);
  }
  void look(seat& s, event e, handle found) {
    if (!found) return missed(s, e, found.why());
    auto const view = s.eye->read(found);
    if (!view) return was_refused(s);
    auto const value = read_value(view.bytes());
    found_one(s, e, value);
    if (!value || random_.below(16) != 0) return;
    if (s.held.size() == 2) s.held.erase(s.held.begin());
    s.held.push_back({std::move(found), *value, s.epoch, e.slot});
  }
  void missed(seat& s, event e, fc::lookup_status why) {
    if (why == fc::lookup_status::suspended || why == fc::lookup_status::refused) return was_refused(s);
    if (why == fc::lookup_status::superseded) ++refused_;
    e.what = op::miss;
    note(s, e);
  }
  void found_one(seat& s, event e, std::optional<std::uint64_t> value) {
    e.value = value.value_or(0);
    if (!value) e.what = op::torn;
    auto& written = log_.add(tenant_of(s) - 1, e);
    if (value) s.spoils.look(written);
  }
  // A handle of some calls ago, also of an epoch that is over, shows what it has always shown or nothing.
  void hold(seat& s) {
    if (s.held.empty()) return;
    auto const at = random_.below(s.held.size());
    auto const& one = s.held[at];
    auto const began = world_.clock.now();
    auto const view = s.eye->read(one.frame);
    auto const returned = world_.clock.now();
    if (view) {
      bool const same = read_value(view.bytes()) == one.value;
      return note(s, {began, returned, one.value, 0, one.epoch, one.slot, same ? op::held : op::torn});
    }
    s.held.erase(s.held.begin() + static_cast<std::ptrdiff_t>(at));
    was_refused(s);
  }

  // --- orders ------------------------------------------------------------------------------------------------------------------

  void rule(seat& s) {
    std::unique_lock const alone(s.at.ruler, std::try_to_lock);
    if (!alone) return;
    auto const whose = tenant(tenant_of(s));
    switch (random_.below(8)) {
      case 0: return revoke(s);
      case 1: return suspend(s);
      case 2: static_cast<void>(ops_.set_budget(whose, {})); return;
      // From a few frames to all of them, whether a frame is charged by the page or by the byte.
      default: static_cast<void>(ops_.set_budget(whose, {.cap = fc::byte_count{4096U << random_.below(4)}})); return;
    }
  }
  void revoke(seat& s) {
    auto const epoch = s.at.revocations_ended.load();
    if (epoch == 0xffff) return;  // an event has no room for more
    s.at.revocations_begun.store(epoch + 1);
    auto const began = world_.clock.now();
    static_cast<void>(ops_.revoke(tenant(tenant_of(s))));
    auto const returned = world_.clock.now();
    note(s, {began, returned, 0, 0, static_cast<std::uint16_t>(epoch), 0, op::revoke});
    s.at.revocations_ended.store(epoch + 1);
  }
  void suspend(seat& s) {
    turn(s, op::suspend);
    for (int i = 0; i != 40 && s.eye; ++i) {
      auto const slot = static_cast<std::uint8_t>(random_.below(home_shape.slots()));
      if (s.streams[home_shape.camera_of(slot)] == nullptr) continue;
      if (i % 4 == 0) {
        write(s, slot);
      } else {
        latest(s, slot);
      }
    }
    turn(s, op::resume);
  }
  void turn(seat& s, op what) {
    auto const whose = tenant(tenant_of(s));
    auto const began = world_.clock.now();
    static_cast<void>(what == op::suspend ? ops_.suspend(whose) : ops_.resume(whose));
    auto const returned = world_.clock.now();
    note(s, {began, returned, 0, 0, 0, 0, what});
  }

  void note(seat& s, event const& e) { log_.add(tenant_of(s) - 1, e); }

  world<Cache>& world_;
  numbers random_;
  history::log log_;
  typename Cache::admin_type ops_;
  std::vector<std::unique_ptr<seat>> seats_;
  std::uint64_t refused_ = 0;
};

}  // namespace testing::history

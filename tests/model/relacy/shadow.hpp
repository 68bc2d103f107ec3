// SPDX-License-Identifier: Apache-2.0
//
// What relacy knows of each atomic and each shared plain field, kept beside the object and found by its address.
//
// Beside it, because the object must stay as it ships: as large as std::atomic, so that layouts hold; readable as bytes, so that
// pages which read as zero are atomics that hold zero; fit for static storage, so that counters of the process exist. The object
// holds the newest value, its shadow the older ones that another thread may still read, and who made, wrote and read it.
//
//   made by a constructor      a thread that reads it without having synchronised with its maker fails the simulation
//   never made, only touched   zero pages, static storage: its bytes were there before every thread
//   destroyed                  any access fails the simulation, until something is made at that address again; so does destroying
//                              what another thread has used, without having synchronised with it since
//   overwritten as bytes       only by what says so (wipe, give_back_pages): then as if never made; otherwise it fails
//
// Before the threads run and after the last of them nothing has a shadow: everything then is ordered before or after everything.
//
// One simulated thread runs at a time, all in one thread of the operating system: nothing here is synchronised.
#pragma once

// relacy's own headers, without the umbrella that renames `new`, `free` and `assert`.
#include <relacy/base.hpp>
#include <relacy/context.hpp>
// after context.hpp
#include <relacy/atomic.hpp>
#include <relacy/atomic_fence.hpp>
#include <relacy/context_base_impl.hpp>
#include <relacy/stdlib/condition_variable.hpp>
#include <relacy/stdlib/event.hpp>
#include <relacy/stdlib/mutex.hpp>
#include <relacy/stdlib/semaphore.hpp>
#include <relacy/test_suite.hpp>
#include <relacy/var.hpp>
#undef $

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

// Threads of this simulation; a test that needs another number defines it before its first include.
#ifndef FRAMECACHE_MODEL_THREADS
#define FRAMECACHE_MODEL_THREADS 2
#endif

// Of the linker: where static storage begins and ends.
extern "C" char __data_start[];  // NOLINT(bugprone-reserved-identifier)
extern "C" char _end[];          // NOLINT(bugprone-reserved-identifier)

namespace model {

inline constexpr int threads = FRAMECACHE_MODEL_THREADS;
using word = std::uint64_t;

// Of an access, for relacy's history. clang 14 has no std::source_location.
struct place final {
  char const* function;
  char const* file;
  unsigned line;
  [[nodiscard]] static constexpr place current(char const* in = __builtin_FUNCTION(), char const* of = __builtin_FILE(),
                                               unsigned at = __builtin_LINE()) noexcept {
    return {in, of, at};
  }
};

// A plain field's bytes do not go through here, an atomic's do.
struct shadow final {
  std::uintptr_t at = 0;
  std::uint32_t round = 0;   // the iteration it belongs to
  std::int8_t maker = -1;    // the thread that made it; -1: it was there before
  std::int8_t kept_by = -1;  // the thread that wrote it while it kept what it wrote to itself
  bool gone = false;
  bool listed = false;
  rl::timestamp_t made = 0;
  rl::atomic_data_impl<threads>* atomic = nullptr;
  rl::var_data_impl<threads>* plain = nullptr;
  std::array<rl::timestamp_t, threads> used{};   // when each thread last used it
  std::array<rl::timestamp_t, threads> shown{};  // what whoever reads its first value has been shown
  // Of an atomic, by relacy's index; set when it becomes one, because most places that have a shadow never do.
  std::array<word, rl::atomic_history_size> values;
  std::array<word, rl::atomic_history_size> totals;  // when each was stored, of those that are sequentially consistent
};

inline rl::debug_info info_of(place const& from) { return {from.function, from.file, from.line}; }

inline void fail(char const* why, place const& from, rl::test_result_e what = rl::test_result_user_assert_failed) {
  rl::ctx().fail_test(why, what, info_of(from));
}

class shadows final {
 public:
  // Forgets the iteration before. What is still listed belongs to a simulation that failed, and went with it.
  void begin() noexcept {
    ++round_;
    used_ = 0;
    list_.clear();
    running_ = 0;
    total_ = 0;
    fenced_ = {};
    keeps_ = {};
    for (std::size_t i = 0; i != static_count_; ++i) statics_[i].reset();
  }
  // Whether threads run: what is made now is made by one of them.
  [[nodiscard]] bool running() const noexcept { return running_ != 0; }
  void threads_run() noexcept {
    if (running_ != 0) return;
    running_ = threads;
    constexpr unsigned stays[] = {1, 1, 4, 64};
    stay_ = stays[rl::rand(4)];
    // relacy's own generator comes round too soon to be asked at every step.
    dice_ = rl::rand(1U << 15) + 1;
  }
  // Where threads may change places: at each step in half of the iterations, at every fourth or 64th step in the others, so that
  // one thread also gets a long way while another stands between two steps.
  void step() noexcept {
    if (change_places()) rl::ctx().sched();
  }
  // The same for what relacy itself makes a step of, such as a lock.
  template <class F>
  void step_of_its_own(F const& f) {
    bool const stay = running() && !change_places();
    if (stay) rl::ctx().disable_preemption();
    f();
    if (stay) rl::ctx().enable_preemption();
  }
  void thread_ends() noexcept { --running_; }
  // An iteration that failed leaves its threads where they stood: what ends after it, in static storage, is used by nobody.
  void all_threads_end() noexcept { running_ = 0; }
  void end() noexcept {
    for (auto* each : list_) release(*each);
    list_.clear();
  }

  // From now on this thread writes no atomic that another has used, none uses one that this thread writes, and it takes no lock and wakes
  // nobody. Of plain fields and of cache lines this says nothing.
  void keep_to_itself() noexcept { keeps_[static_cast<std::size_t>(rl::ctx().threadx_->index_)] = true; }
  void written(shadow& s, place const& from) {
    auto const me = static_cast<std::size_t>(rl::ctx().threadx_->index_);
    if (!keeps_[me]) return;
    for (std::size_t i = 0; i != s.used.size(); ++i) {
      if (i != me && s.used[i] != 0) fail("who keeps to itself writes what another thread uses", from);
    }
    s.kept_by = static_cast<std::int8_t>(me);
  }

  void locks(place const& from) const {
    if (running() && keeps_[static_cast<std::size_t>(rl::ctx().threadx_->index_)]) {
      fail("who keeps to itself takes a lock, or wakes somebody", from);
    }
  }

  void make(void const* at) {
    if (!running()) return;
    auto* s = &retire(at);
    release(*s);
    auto& by = *rl::ctx().threadx_;
    s->gone = false;
    s->maker = static_cast<std::int8_t>(by.index_);
    s->made = ++by.own_acq_rel_order_;
  }
  void destroy(void const* at) {
    if (!running()) return;
    retire(at).gone = true;
  }

  // `now`: what the object's bytes say.
  [[nodiscard]] shadow& atomic_at(void const* at, word now, place const& from) {
    auto& s = live(at, from);
    if (s.atomic == nullptr) {
      begin_atomic(s, now);
    } else if (s.values[s.atomic->current_index_ % rl::atomic_history_size] != now) {
      fail("an atomic was overwritten as plain memory", from);
    }
    return s;
  }
  [[nodiscard]] shadow& plain_at(void const* at, place const& from) {
    auto& s = live(at, from);
    if (s.plain == nullptr) begin_plain(s);
    return s;
  }

  // The one order of what is sequentially consistent. relacy keeps that of fences among themselves and that of accesses to one
  // atomic; what a thread may not overlook after a fence, because it was stored before it in this order, is kept here.
  [[nodiscard]] word next_total() noexcept { return ++total_; }
  void fence() noexcept {
    rl::ctx().atomic_thread_fence_seq_cst();
    fenced_[static_cast<std::size_t>(rl::ctx().threadx_->index_)] = ++total_;
  }
  // One that another thread passes, where it stands.
  void fence_of(int thread) noexcept {
    using info = rl::aligned<rl::thread_info<threads>>;
    auto*& current = rl::ctx().threadx_;
    auto* const me = current;
    rl::ctx().disable_preemption();
    current = static_cast<info*>(me) - me->index_ + thread;  // they lie side by side in the context
    fence();
    current = me;
    rl::ctx().enable_preemption();
  }
  void show_what_was_fenced(shadow& s) const noexcept {
    auto const& by = *rl::ctx().threadx_;
    auto const me = static_cast<std::size_t>(by.index_);
    for (std::size_t i = 0; i != s.totals.size(); ++i) {
      auto& seen = s.atomic->history_[i].first_seen_order_[me];
      if (s.totals[i] != 0 && s.totals[i] < fenced_[me] && seen > by.own_acq_rel_order_) seen = by.own_acq_rel_order_;
    }
  }

  // Counters of the process start each iteration where they started the first, so that an iteration can be repeated. Call before
  // an atomic is changed.
  void remember_static(void* at, std::size_t size, word now) noexcept {
    if (at < static_cast<void*>(__data_start) || at >= static_cast<void*>(_end)) return;
    for (std::size_t i = 0; i != static_count_; ++i) {
      if (statics_[i].at == at) return;
    }
    if (static_count_ == most_statics) fail("more atomics in static storage than are provided for", place::current());
    statics_[static_count_++] = {at, size, now};
  }

  // The bytes are about to be written by something that knows nothing of atomics. `by_kernel`: their page goes, which the kernel has every
  // processor agree to: whoever reads zero there comes after everything that was done before.
  void overwrite(void const* at, std::size_t bytes, place const& from, bool by_kernel = false) {
    if (!running()) return;
    auto const first = reinterpret_cast<std::uintptr_t>(at);
    for (auto* each : list_) {
      if (each->at < first || each->at - first >= bytes) continue;
      if (each->plain != nullptr && !each->gone && !each->plain->store(*rl::ctx().threadx_)) {
        fail("memory is wiped while somebody uses it", from, rl::test_result_data_race);
      }
      if (each->atomic != nullptr) {
        release(*each);
        each->maker = -1;
        if (by_kernel) std::copy_n(rl::ctx().threadx_->acq_rel_order_, threads, each->shown.begin());
      }
    }
  }

 private:
  [[nodiscard]] bool change_places() noexcept {
    dice_ = dice_ * 6364136223846793005U + 1442695040888963407U;
    return stay_ == 1 || (dice_ >> 33) % stay_ == 0;
  }

  static constexpr std::size_t capacity = std::size_t{1} << 15;
  static constexpr std::size_t most_statics = 64;

  struct static_atomic final {
    void* at;
    std::size_t size;
    word first;
    void reset() const noexcept { std::memcpy(at, &first, size); }
  };

  [[nodiscard]] static std::size_t slot_of(std::uintptr_t at) noexcept { return (at >> 2) + (at >> 17) * 0x9E37; }
  [[nodiscard]] shadow* find(void const* at) noexcept {
    auto const wanted = reinterpret_cast<std::uintptr_t>(at);
    for (auto i = slot_of(wanted);; ++i) {
      auto& s = table_[i % capacity];
      if (s.round != round_) return nullptr;
      if (s.at == wanted) return &s;
    }
  }
  [[nodiscard]] shadow& insert(void const* at) noexcept {
    if (++used_ > capacity / 2) fail("the table of shadows is too small", place::current());
    auto const wanted = reinterpret_cast<std::uintptr_t>(at);
    auto i = slot_of(wanted);
    while (table_[i % capacity].round == round_) ++i;
    auto& s = table_[i % capacity];
    s.at = wanted;
    s.round = round_;
    s.maker = s.kept_by = -1;
    s.gone = s.listed = false;
    s.made = 0;
    s.atomic = nullptr;
    s.plain = nullptr;
    s.used = s.shown = {};
    return s;
  }
  // What lies there has come to its end, for everybody.
  [[nodiscard]] shadow& retire(void const* at) {
    shadow* const s = find(at);
    if (s == nullptr) return insert(at);
    auto const& by = *rl::ctx().threadx_;
    for (int i = 0; i != threads; ++i) {
      if (by.acq_rel_order_[i] < s->used[static_cast<std::size_t>(i)]) {
        fail("an object ends while another thread may still use it", place::current(), rl::test_result_data_race);
      }
    }
    s->used = {};
    s->kept_by = -1;
    return *s;
  }
  [[nodiscard]] shadow& live(void const* at, place const& from) {
    shadow* s = find(at);
    if (s == nullptr) s = &insert(at);
    if (s->gone) fail("a destroyed object is used", from, rl::test_result_access_to_freed_memory);
    if (!s->listed) list_.push_back(s);
    s->listed = true;
    auto& by = *rl::ctx().threadx_;
    if (s->kept_by >= 0 && s->kept_by != by.index_) fail("what a thread keeps to itself is used by another", from);
    s->used[static_cast<std::size_t>(by.index_)] = ++by.own_acq_rel_order_;
    return *s;
  }

  // A first record, as if the maker had stored it without ordering anything when it made the object.
  static void begin_atomic(shadow& s, word now) noexcept {
    auto* const data = static_cast<rl::atomic_data_impl<threads>*>(rl::ctx().atomic_ctor(&s));
    s.atomic = data;
    data->current_index_ = 1;
    auto& first = data->history_[1];
    first.busy_ = true;
    first.seq_cst_ = false;
    first.thread_id_ = s.maker < 0 ? 0 : s.maker;
    first.acq_rel_timestamp_ = s.made;
    for (int i = 0; i != threads; ++i) {
      first.acq_rel_order_[i] = s.shown[static_cast<std::size_t>(i)];
      first.first_seen_order_[i] = i == s.maker ? s.made : ~rl::timestamp_t{0};
    }
    s.totals = {};
    s.values[1] = now;
  }
  static void begin_plain(shadow& s) noexcept {
    s.plain = static_cast<rl::var_data_impl<threads>*>(rl::ctx().var_ctor());
    if (s.maker >= 0) s.plain->store_acq_rel_timestamp_[s.maker] = s.made;
  }
  static void release(shadow& s) noexcept {
    if (s.atomic != nullptr) rl::ctx().atomic_dtor(s.atomic);
    if (s.plain != nullptr) rl::ctx().var_dtor(s.plain);
    s.atomic = nullptr;
    s.plain = nullptr;
  }

  std::array<shadow, capacity> table_{};
  std::uint32_t round_ = 0;
  std::size_t used_ = 0;
  int running_ = 0;  // threads that have not ended
  unsigned stay_ = 1;
  word dice_ = 1;
  word total_ = 0;
  std::array<word, threads> fenced_{};
  std::array<bool, threads> keeps_{};
  rl::vector<shadow*>::type list_;  // those that relacy has data of; outside the memory that relacy counts
  std::array<static_atomic, most_statics> statics_{};
  std::size_t static_count_ = 0;
};

inline shadows shadow_table;

}  // namespace model

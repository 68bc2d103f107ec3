// SPDX-License-Identifier: Apache-2.0
//
// base::atomic under relacy: std::atomic's interface, its size and its bytes; every access is a step of the simulation, and a load
// gives any value that the memory model allows. What it does not do: wait() and notify(), which nothing here uses.
//
// Found before include/framecache/base/atomic.hpp by include path.
#pragma once

#include <framecache/version.hpp>

#include <model/relacy/shadow.hpp>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstring>
#include <new>
#include <ostream>
#include <type_traits>

namespace model {

// One line of relacy's history.
struct access final {
  char const* what;
  void const* at;
  word before;
  word after;
  std::memory_order order;

  void output(std::ostream& to) const {
    static constexpr char const* names[] = {"relaxed", "consume", "acquire", "release", "acq_rel", "seq_cst"};
    to << '<' << at << "> " << what << ' ' << names[static_cast<int>(order)] << ": " << std::hex << before << " -> "
       << after << std::dec;
  }
};

inline void log(rl::context& c, place const& from, access const& what) {
  auto const info = info_of(from);
  if (c.collecting_history()) c.exec_log(info, what);
}

[[nodiscard]] inline unsigned load_index(rl::context& c, shadow& s, std::memory_order order) {
  auto& by = *c.threadx_;
  auto* const data = s.atomic;
  shadow_table.show_what_was_fenced(s);
  switch (order) {
    case std::memory_order_relaxed: return by.atomic_load_relaxed(data);
    case std::memory_order_seq_cst: return by.atomic_load_seq_cst(data);
    default: return by.atomic_load_acquire(data);
  }
}
// What a compare-exchange that fails sees: the newest value.
inline void load_newest(rl::context& c, rl::atomic_data* data, std::memory_order order) {
  auto& by = *c.threadx_;
  switch (order) {
    case std::memory_order_relaxed: by.atomic_load_relaxed_rmw(data); break;
    case std::memory_order_seq_cst: by.atomic_load_seq_cst_rmw(data); break;
    default: by.atomic_load_acquire_rmw(data); break;
  }
}
// Since C++20 a store of the same thread ends a release sequence; relacy still lets a relaxed one go on with it.
[[nodiscard]] inline unsigned store_relaxed(rl::context& c, rl::atomic_data_impl<threads>* data) {
  auto& by = static_cast<rl::thread_info<threads>&>(*c.threadx_);
  auto const index = c.threadx_->atomic_store_relaxed(data);
  std::copy_n(by.release_fence_order_, threads, data->history_[index].acq_rel_order_);
  return index;
}
[[nodiscard]] inline unsigned store_index(rl::context& c, shadow& s, std::memory_order order) {
  auto& by = *c.threadx_;
  switch (order) {
    case std::memory_order_relaxed: return store_relaxed(c, s.atomic);
    case std::memory_order_seq_cst: return by.atomic_store_seq_cst(s.atomic);
    default: return by.atomic_store_release(s.atomic);
  }
}
[[nodiscard]] inline unsigned change_index(rl::context& c, rl::atomic_data* data, std::memory_order order) {
  auto& by = *c.threadx_;
  bool seen_before = false;
  switch (order) {
    case std::memory_order_relaxed: return by.atomic_rmw_relaxed(data, seen_before);
    case std::memory_order_release: return by.atomic_rmw_release(data, seen_before);
    case std::memory_order_acq_rel: return by.atomic_rmw_acq_rel(data, seen_before);
    case std::memory_order_seq_cst: return by.atomic_rmw_seq_cst(data, seen_before);
    default: return by.atomic_rmw_acquire(data, seen_before);
  }
}
// As the standard derives it from the order of success.
[[nodiscard]] constexpr std::memory_order failure_of(std::memory_order success) noexcept {
  if (success == std::memory_order_acq_rel) return std::memory_order_acquire;
  return success == std::memory_order_release ? std::memory_order_relaxed : success;
}

}  // namespace model

namespace framecache {
inline namespace v0 {
namespace base {

template <class T>
class atomic final {
  static_assert(std::is_trivially_copyable_v<T> && sizeof(T) <= sizeof(model::word));
  using place = model::place;
  using order = std::memory_order;

 public:
  using value_type = T;
  static constexpr bool is_always_lock_free = true;

  constexpr atomic() noexcept : atomic(T{}) {}
  // NOLINTNEXTLINE(google-explicit-constructor): as std::atomic's
  constexpr atomic(T value) noexcept : value_(value) {
    if (!std::is_constant_evaluated()) model::shadow_table.make(this);
  }
  atomic(atomic const&) = delete;
  atomic& operator=(atomic const&) = delete;
  constexpr ~atomic() {
    if (!std::is_constant_evaluated()) model::shadow_table.destroy(this);
  }

  [[nodiscard, gnu::always_inline]] T load(order o = order::seq_cst, place from = place::current()) const noexcept {
    return model::shadow_table.running() ? load_in_turn(o, from) : value_;
  }
  void store(T value, order o = order::seq_cst, place from = place::current()) noexcept {
    model::shadow_table.remember_static(&value_, sizeof value_, word_of(value_));
    if (!model::shadow_table.running()) {
      value_ = value;
      return;
    }
    auto& c = rl::ctx();
    model::shadow_table.step();
    auto& s = shadow_to_write(from);
    model::log(c, from, {"store", this, word_of(value_), word_of(value), o});
    keep(s, model::store_index(c, s, o), value, o);
    value_ = value;
  }
  T exchange(T value, order o = order::seq_cst, place from = place::current()) noexcept {
    return change("exchange", o, from, [&](T) { return value; });
  }
  bool compare_exchange_weak(T& expected, T desired, order success, order failure,
                             place from = place::current()) noexcept {
    return compare_exchange(true, expected, desired, success, failure, from);
  }
  bool compare_exchange_weak(T& expected, T desired, order o = order::seq_cst, place from = place::current()) noexcept {
    return compare_exchange(true, expected, desired, o, model::failure_of(o), from);
  }
  bool compare_exchange_strong(T& expected, T desired, order success, order failure,
                               place from = place::current()) noexcept {
    return compare_exchange(false, expected, desired, success, failure, from);
  }
  bool compare_exchange_strong(T& expected, T desired, order o = order::seq_cst,
                               place from = place::current()) noexcept {
    return compare_exchange(false, expected, desired, o, model::failure_of(o), from);
  }
  T fetch_add(T by, order o = order::seq_cst, place from = place::current()) noexcept {
    return change("fetch_add", o, from, [&](T was) { return static_cast<T>(was + by); });
  }
  T fetch_sub(T by, order o = order::seq_cst, place from = place::current()) noexcept {
    return change("fetch_sub", o, from, [&](T was) { return static_cast<T>(was - by); });
  }
  T fetch_and(T by, order o = order::seq_cst, place from = place::current()) noexcept {
    return change("fetch_and", o, from, [&](T was) { return static_cast<T>(was & by); });
  }
  T fetch_or(T by, order o = order::seq_cst, place from = place::current()) noexcept {
    return change("fetch_or", o, from, [&](T was) { return static_cast<T>(was | by); });
  }
  T fetch_xor(T by, order o = order::seq_cst, place from = place::current()) noexcept {
    return change("fetch_xor", o, from, [&](T was) { return static_cast<T>(was ^ by); });
  }

 private:
  [[nodiscard]] static model::word word_of(T value) noexcept {
    model::word w = 0;
    std::memcpy(&w, &value, sizeof value);
    return w;
  }
  [[nodiscard]] static T value_of(model::word w) noexcept {
    T value;
    std::memcpy(&value, &w, sizeof value);
    return value;
  }
  [[nodiscard]] model::shadow& shadow_here(place const& from) const noexcept {
    return model::shadow_table.atomic_at(&value_, word_of(value_), from);
  }
  [[nodiscard]] model::shadow& shadow_to_write(place const& from) const noexcept {
    auto& s = shadow_here(from);
    model::shadow_table.written(s, from);
    return s;
  }

  [[nodiscard, gnu::noinline]] T load_in_turn(order o, place const& from) const noexcept {
    auto& c = rl::ctx();
    model::shadow_table.step();
    auto& s = shadow_here(from);
    auto const index = model::load_index(c, s, o);
    if (index == ~0U) {
      model::fail("an atomic is read by a thread that its maker has not synchronised with", from,
                  rl::test_result_unitialized_access);
    }
    model::log(c, from, {"load", this, word_of(value_), s.values[index], o});
    return value_of(s.values[index]);
  }

  static void keep(model::shadow& s, unsigned index, T value, order o) noexcept {
    s.values[index] = word_of(value);
    s.totals[index] = o == order::seq_cst ? model::shadow_table.next_total() : 0;
  }

  template <class F>
  T change(char const* what, order o, place const& from, F const& f) noexcept {
    T const was = value_;
    model::shadow_table.remember_static(&value_, sizeof value_, word_of(was));
    if (!model::shadow_table.running()) {
      value_ = f(was);
      return was;
    }
    auto& c = rl::ctx();
    model::shadow_table.step();
    auto& s = shadow_to_write(from);
    T const old = value_;
    T const fresh = f(old);
    model::log(c, from, {what, this, word_of(old), word_of(fresh), o});
    keep(s, model::change_index(c, s.atomic, o), fresh, o);
    value_ = fresh;
    return old;
  }
  bool compare_exchange(bool weak, T& expected, T desired, order success, order failure, place const& from) noexcept {
    model::shadow_table.remember_static(&value_, sizeof value_, word_of(value_));
    if (model::shadow_table.running()) model::shadow_table.step();
    bool const equal = word_of(value_) == word_of(expected);
    if (!model::shadow_table.running()) {
      (equal ? value_ : expected) = equal ? desired : value_;
      return equal;
    }
    auto& c = rl::ctx();
    auto& s = shadow_to_write(from);
    bool const done = equal && !(weak && c.rand(4, rl::sched_type_cas_fail) == 0);
    model::log(c, from,
               {done ? "compare_exchange" : "compare_exchange, failed", this, word_of(value_), word_of(desired),
                done ? success : failure});
    if (done) {
      keep(s, model::change_index(c, s.atomic, success), desired, success);
      value_ = desired;
    } else {
      model::load_newest(c, s.atomic, failure);
      expected = value_;
    }
    return done;
  }

  alignas(sizeof(T)) T value_;
};

// Never constructed here either: what it was made of is older than every thread, or was wiped.
template <class T>
[[nodiscard]] T* object_in_zeroed_pages(void* zeroed) noexcept {
  return std::launder(static_cast<T*>(zeroed));
}

}  // namespace base
}  // namespace v0
}  // namespace framecache

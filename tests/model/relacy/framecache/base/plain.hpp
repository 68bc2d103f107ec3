// SPDX-License-Identifier: Apache-2.0
//
// A shared field that is not atomic, under relacy: two accesses that nothing orders, one of them a write, fail the simulation. An
// access is no step: the threads change places at atomics and locks only, and races are found from who has synchronised with whom.
//
// Found before include/framecache/base/plain.hpp by include path.
#pragma once

#include <framecache/version.hpp>

#include <model/relacy/shadow.hpp>

#include <type_traits>

namespace framecache {
inline namespace v0 {
namespace base {

template <class T>
class plain final {
  static_assert(std::is_trivially_copyable_v<T>);
  using place = model::place;

 public:
  constexpr plain() noexcept : plain(T{}) {}
  constexpr explicit plain(T value) noexcept : value_(value) {
    if (!std::is_constant_evaluated()) model::shadow_table.make(this);
  }
  plain(plain const&) = delete;
  plain& operator=(plain const&) = delete;
  constexpr ~plain() {
    if (!std::is_constant_evaluated()) model::shadow_table.destroy(this);
  }

  [[nodiscard]] T get(place from = place::current()) const noexcept {
    if (model::shadow_table.running() && !model::shadow_table.plain_at(this, from).plain->load(*rl::ctx().threadx_)) {
      model::fail("read while another thread writes", from, rl::test_result_data_race);
    }
    return value_;
  }
  void set(T value, place from = place::current()) noexcept {
    if (model::shadow_table.running() && !model::shadow_table.plain_at(this, from).plain->store(*rl::ctx().threadx_)) {
      model::fail("written while another thread reads or writes", from, rl::test_result_data_race);
    }
    value_ = value;
  }

 private:
  T value_;
};

}  // namespace base
}  // namespace v0
}  // namespace framecache

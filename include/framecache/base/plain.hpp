// SPDX-License-Identifier: Apache-2.0
//
// A field that several threads read and write without it being atomic: what orders the accesses is an atomic beside it. A model
// checker replaces this header by include path and finds two accesses that nothing orders.
#pragma once

#include <framecache/version.hpp>

namespace framecache {
inline namespace v0 {
namespace base {

template <class T>
class plain final {
 public:
  constexpr plain() noexcept = default;
  constexpr explicit plain(T first) noexcept : value_(first) {}
  plain(plain const&) = delete;
  plain& operator=(plain const&) = delete;
  ~plain() = default;

  [[nodiscard]] T get() const noexcept { return value_; }
  void set(T next) noexcept { value_ = next; }

 private:
  T value_{};
};

}  // namespace base
}  // namespace v0
}  // namespace framecache

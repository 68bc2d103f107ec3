// SPDX-License-Identifier: Apache-2.0
//
// What may leave the closure of with_viewer: plain values. A handle, a view, a reference or a pointer would outlive the brand
// that ties it to its viewer.
#pragma once

#include <framecache/identity/byte_count.hpp>
#include <framecache/identity/rendition.hpp>
#include <framecache/identity/strong_id.hpp>
#include <framecache/version.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace framecache {
inline namespace v0 {
namespace detail {

template <class T>
struct plain : std::bool_constant<std::is_void_v<T> || std::is_arithmetic_v<T> || std::is_enum_v<T>> {};
template <>
struct plain<tenant_id> : std::true_type {};
template <>
struct plain<principal_id> : std::true_type {};
template <>
struct plain<device_id> : std::true_type {};
template <>
struct plain<stream_generation> : std::true_type {};
template <>
struct plain<frame_sequence> : std::true_type {};
template <>
struct plain<byte_count> : std::true_type {};
template <>
struct plain<rendition> : std::true_type {};
template <class Rep, class Period>
struct plain<std::chrono::duration<Rep, Period>> : std::true_type {};
template <class Clock, class Duration>
struct plain<std::chrono::time_point<Clock, Duration>> : std::true_type {};
template <class C, class T, class A>
struct plain<std::basic_string<C, T, A>> : std::true_type {};
template <class T>
struct plain<std::optional<T>> : plain<T> {};
template <class T, class A>
struct plain<std::vector<T, A>> : std::bool_constant<plain<T>::value || std::is_same_v<T, std::byte>> {};
template <class T, class U>
struct plain<std::pair<T, U>> : std::bool_constant<plain<T>::value && plain<U>::value> {};

}  // namespace detail
}  // namespace v0
}  // namespace framecache

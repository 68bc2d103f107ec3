// SPDX-License-Identifier: Apache-2.0
//
// What an audience is: a type with a non-empty name, `static constexpr std::string_view audience = "nest_hub";`.
// The name is what an admission lists, what a switch turns and what a metric is labelled with; the core checks the name at run
// time, so that specialising a template of ours for an audience gains nothing.
#pragma once

#include <framecache/version.hpp>

#include <string_view>

namespace framecache {
inline namespace v0 {

template <class A>
concept named_audience = requires {
  std::string_view{A::audience};
  requires(!std::string_view{A::audience}.empty());
};

}  // namespace v0
}  // namespace framecache

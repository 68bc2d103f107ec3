// SPDX-License-Identifier: Apache-2.0
//
// Named caches for common relays: presets::cloud_relay cache{homes, {.capacity = ...}}. What is not named keeps its default.
#pragma once

#include <framecache/fwd.hpp>
#include <framecache/policy/tags.hpp>
#include <framecache/version.hpp>

namespace framecache {
inline namespace v0 {
namespace presets {

// A cloud relay with many homes of unequal size: what frame_cache<> is, spelled out.
using cloud_relay =
    frame_cache<evict<lru>, isolate<fair>, hold<still>, scrub<on_transfer>, stale<refuse>, threads<many>>;

// Tenants that must not learn anything of each other, not even how busy they are: a partition each, wiped at every release.
using sealed_rooms = frame_cache<isolate<strict>, scrub<on_release>>;

// A hub inside one home, or a server of a single trusted owner: one budget for all.
using one_budget = frame_cache<isolate<shared>>;

// One cache per reactor thread, without locks.
using per_reactor = frame_cache<threads<one>>;

}  // namespace presets
}  // namespace v0
}  // namespace framecache

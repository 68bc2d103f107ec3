// SPDX-License-Identifier: Apache-2.0
//
// Every public name of framecache, declared only: for headers of a relay that mention a cache without using one.
// Includes no Abseil.
#pragma once

#include <framecache/identity/status.hpp>
#include <framecache/identity/strong_id.hpp>
#include <framecache/policy/tags.hpp>
#include <framecache/version.hpp>

namespace framecache {
inline namespace v0 {

namespace core {
class registry;
class scope;
}  // namespace core
using core::registry;

struct admission;
class authenticator;
class block_source;
class byte_count;
class rendition;
class age_limit;
struct frame_facts;
struct config;
struct cache_stats;

class frame_view;
class draft;
class stream;
class ticket;
class publisher;
class steward;
class watch;
struct place;

template <class Audience>
class handle;
template <class Audience>
class viewer;
template <class Audiences>
class admin;
template <class... Policies>
class frame_cache;

}  // namespace v0
}  // namespace framecache

// SPDX-License-Identifier: Apache-2.0
// What all connections share: the cache and who may enter it, and what the relay itself keeps count of.
#pragma once

#include "authenticator.hpp"
#include "directory.hpp"
#include "limits.hpp"
#include "options.hpp"
#include "report.hpp"

#include <framecache/framecache.hpp>

namespace relay {

using relay_cache = fc::frame_cache<>;

struct service {
  explicit service(serve_options const& chosen)
      : settings{chosen},
        key{token_key::load(settings.key_file)},
        check{key},
        homes{check},
        // Frames that are being sent cannot be evicted: a home whose readers are all slow must not hold everything.
        cache{homes,
              {.capacity = fc::byte_count{settings.capacity}, .tenant_cap = fc::byte_count{settings.capacity / 2}}},
        connections{settings.max_connections},
        streams{settings.streams_per_home} {}

  serve_options const settings;
  token_key const key;
  token_check const check;
  fc::registry homes;
  relay_cache cache;
  directory names;
  connection_limit connections;
  stream_limit streams;
  counters counts;
};

}  // namespace relay

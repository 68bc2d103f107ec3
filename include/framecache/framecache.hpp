// SPDX-License-Identifier: Apache-2.0
//
// framecache: everything a relay needs. A concurrent cache of video frames whose key is made of tenant, device and stream
// generation, and in which a lookup across tenants cannot be written down.
//
//   class token_check final : public fc::authenticator { ... };      who is who: the relay's own code
//   fc::registry homes{check};                                       who may enter
//   fc::frame_cache<> cache{homes, {.capacity = fc::mebibytes{512}}};
//   auto camera = cache.publisher(camera_token);                     writes
//   auto eye = cache.viewer(viewer_token);                           reads
#pragma once

#include <framecache/cache/frame_cache.hpp>
#include <framecache/fwd.hpp>
#include <framecache/policy/presets.hpp>
#include <framecache/version.hpp>

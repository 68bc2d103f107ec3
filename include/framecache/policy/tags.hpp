// SPDX-License-Identifier: Apache-2.0
//
// The policies of a frame_cache, as tags. All optional, in any order:
//
//   evict<lru | sieve | s3fifo>              which frame leaves first; defaults to lru
//   isolate<fair | strict | shared>          what tenants share; defaults to fair
//   hold<still | gop>                        what one key holds; defaults to still
//   scrub<on_transfer | on_release>          when memory is zeroed; defaults to on_transfer
//   sealed<off | aead>                       frames at rest; defaults to off
//   stale<refuse | mark>                     what `latest` does with an old frame; defaults to refuse
//   audiences<...>                           the closed set of places frames may go; defaults to audiences<anyone>
//   threads<many | one>                      defaults to many
//   hash<H>                                  a seam; defaults to XXH3-64 with a secret
//
// A tag is a name only. What a choice means is read by resolve.hpp, which refuses what it does not know.
#pragma once

#include <framecache/version.hpp>

#include <string_view>

namespace framecache {
inline namespace v0 {

// clang-format off
template <class Order>      struct evict final {};
template <class Sharing>    struct isolate final {};
template <class Unit>       struct hold final {};
template <class When>       struct scrub final {};
template <class How>        struct sealed final {};
template <class Answer>     struct stale final {};
template <class... Places>  struct audiences final {};
template <class Count>      struct threads final {};
template <class Function>   struct hash final {};

// evict: exact least recently used per tenant; SIEVE; S3-FIFO.
struct lru final {};
struct sieve final {};
struct s3fifo final {};

// isolate: own LRU per tenant and borrowed free space; a partition of stated size per tenant; one budget for all.
struct fair final {};
struct strict final {};
struct shared final {};

// hold: the newest frame; a keyframe and its tail.
struct still final {};
struct gop final {};

// scrub: when memory passes to another tenant, epoch or device; at every release. Revoke always wipes.
struct on_transfer final {};
struct on_release final {};

// sealed: plain; AEAD under a key per tenant and epoch.
struct off final {};
struct aead final {};

// stale: no frame; the frame, marked stale.
struct refuse final {};
struct mark final {};

// threads: any number; one reactor, without locks.
struct many final {};
struct one final {};

// hash: the default, see engine/hash.hpp.
struct xxh3 final {};
// clang-format on

// The audience of a relay that has only one.
struct anyone final {
  static constexpr std::string_view audience = "anyone";
};

}  // namespace v0
}  // namespace framecache

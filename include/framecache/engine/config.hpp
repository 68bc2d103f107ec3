// SPDX-License-Identifier: Apache-2.0
//
// What a relay tells a cache at construction, and what the cache tells it back: configuration, budgets, counters, crossings.
#pragma once

#include <framecache/identity/byte_count.hpp>
#include <framecache/identity/status.hpp>
#include <framecache/identity/strong_id.hpp>
#include <framecache/memory/block_source.hpp>
#include <framecache/version.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>

namespace framecache {
inline namespace v0 {

// Something that must never happen and was refused. Says who tried; never what was in the frame.
enum class crossing_kind : std::uint8_t {
  foreign_frame,        // a handle of another tenant, epoch or registry was read
  foreign_audience,     // a handle found for another audience was read
  duplicate_publisher,  // a second principal began to stream as a device that another is streaming as
  foreign_registry,     // a credential's scope came from a registry that this cache is not bound to
};

struct crossing final {
  crossing_kind kind;
  tenant_id tenant;        // of whoever tried
  principal_id principal;  // likewise
};

// Bytes that one tenant may occupy. Absent: not bounded by this.
struct budget final {
  std::optional<byte_count> floor = std::nullopt;  // with isolate<fair>: never evicted below this for another tenant
  std::optional<byte_count> cap = std::nullopt;    // never more than this
  std::optional<byte_count> device_cap = std::nullopt;  // never more than this for one device
};

struct config final {
  // Everything the cache maps in, bookkeeping and pinned frames included (I10). Mandatory; at least 256 KiB. The 256th part of it, at most
  // 16 MiB, is set aside for the counts of peeks.
  byte_count capacity;
  // What admin.resize() may raise the capacity to while the cache runs: as many addresses are reserved. Absent: the capacity.
  std::optional<byte_count> most_capacity = std::nullopt;
  // With isolate<strict>, mandatory: the partition that each tenant gets when it is first admitted, bookkeeping included.
  std::optional<byte_count> tenant_partition = std::nullopt;
  // With isolate<fair>. Absent: an equal share of the capacity among the tenants that hold frames.
  std::optional<byte_count> tenant_floor = std::nullopt;
  std::optional<byte_count> tenant_cap = std::nullopt;
  std::optional<byte_count> device_cap = std::nullopt;
  // No generation is minted at or below it. Persist the largest generation and pass it after a restart if the wall clock may
  // be set back between; without it such a clock is out of scope.
  std::optional<stream_generation> generation_floor = std::nullopt;
  // Called on every refused crossing, with no lock held, from the thread that tried. Must neither throw nor end it.
  std::function<void(crossing const&)> tripwire = nullptr;
  // Where frames live. nullptr: an arena of the cache's own. Must outlive the cache and its handles.
  block_source* source = nullptr;
  // Asks the kernel to back frames and tables with huge pages. stats().huge_pages says whether it agreed for all of them, the partitions
  // of tenants included; the memory of a source of your own is the source's. Pages are then counted as the kernel's, so that the process
  // may map in more than the cache has charged.
  bool huge_pages = false;
  // Debug builds: audit the tenant's room after each operation, and stop with the first broken invariant. Slow.
  bool audit_each_operation = false;
  // How long a ticket leads its load at most, whatever its caller's deadline: then the load passes to somebody who waits.
  std::chrono::milliseconds load_lease{10'000};
  // How many keys one tenant can have loaded at once; what is beyond is shed, with `failed`.
  std::size_t loads_per_tenant = 256;
  // How many answers of ticket.absent_for() are remembered for one tenant; the oldest makes way. 0: none. At most 4096.
  std::size_t negatives_per_tenant = 64;
};

// What became of config.huge_pages.
enum class huge_page_status : std::uint8_t { not_asked, granted, refused };

// Counters since construction and gauges of now. Bytes or counts.
struct cache_stats final {
  std::uint64_t capacity = 0;
  std::uint64_t resident = 0;  // everything charged: blocks, free blocks, tables, names, frames evicted but still held
  std::uint64_t pinned = 0;    // under handles, drafts and peeks
  std::uint64_t handles = 0;   // handles, drafts and peeks that are out
  std::uint64_t frames = 0;    // that can be found
  std::uint64_t tenants = 0;   // with a room in this cache
  std::uint64_t hits = 0;
  std::uint64_t misses = 0;  // absent + superseded + too_old
  std::uint64_t absent = 0;
  std::uint64_t superseded = 0;
  std::uint64_t too_old = 0;
  std::uint64_t commits = 0;
  std::uint64_t commits_refused = 0;
  std::uint64_t evictions = 0;
  std::uint64_t generations = 0;
  std::uint64_t wiped = 0;  // by revoke, retire and erase
  std::uint64_t crossings_refused = 0;
  std::uint64_t credentials_refused = 0;
  std::uint64_t loads = 0;         // tickets that loaders were given
  std::uint64_t loads_shared = 0;  // waits for a ticket of somebody else's
  huge_page_status huge_pages = huge_page_status::not_asked;
};

// The same for one tenant, as its steward or an admin sees it.
struct tenant_counts final {
  order_status status = order_status::refused;
  std::uint64_t charged = 0;  // bytes of frames, pinned ones included
  std::uint64_t pinned = 0;
  std::uint64_t frames = 0;
  std::uint64_t devices = 0;
  std::uint64_t hits = 0;
  std::uint64_t misses = 0;
  std::uint64_t commits = 0;
  std::uint64_t evictions = 0;
};

// What a revoke, retire or erase did. What is still pinned stays charged and is wiped at its last release; drain() waits for
// it.
struct revocation final {
  order_status status = order_status::refused;
  std::uint64_t wiped = 0;   // bytes
  std::uint64_t pinned = 0;  // bytes
};

// The state of every invariant that can be seen from inside.
struct audit_report final {
  bool ok = true;
  char const* broken = "";  // the first broken invariant, by its number and in words
  std::uint64_t rooms = 0;
  std::uint64_t frames = 0;
};

}  // namespace v0
}  // namespace framecache

// SPDX-License-Identifier: Apache-2.0
//
// What a configuration must not be: each mistake is an exception from the cache's constructor that says what to write instead.
#pragma once

#include <framecache/base/attempt.hpp>
#include <framecache/engine/config.hpp>
#include <framecache/policy/settings.hpp>
#include <framecache/version.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace framecache {
inline namespace v0 {
namespace engine {

namespace detail {

// What a store maps in before the first tenant comes.
inline constexpr std::uint64_t headroom = 4096;
inline constexpr std::uint64_t least_capacity = 256 * 1024;
inline constexpr std::size_t most_negatives = 4096;

[[nodiscard]] inline config checked(config how, policy::settings what) {
  if (how.capacity.value() < least_capacity) {
    base::raise("framecache: config.capacity is below 256 KiB, which holds no frame; write fc::mebibytes{512}");
  }
  // 4 TiB: what one bit a page can still be asked for.
  if (how.capacity.value() > (std::uint64_t{1} << 42)) {
    base::raise("framecache: config.capacity is above 4 TiB; write what this machine has, such as fc::gibibytes{64}");
  }
  if (how.tenant_partition && how.tenant_partition->value() > how.capacity.value()) {
    base::raise(
        "framecache: config.tenant_partition is larger than config.capacity, so nobody could be admitted; write a "
        "smaller partition");
  }
  if (how.most_capacity && how.most_capacity->value() < how.capacity.value()) {
    base::raise("framecache: config.most_capacity is below config.capacity; write what admin.resize() may raise it to");
  }
  if (how.most_capacity && how.most_capacity->value() > (std::uint64_t{1} << 42)) {
    base::raise(
        "framecache: config.most_capacity is above 4 TiB; write what this machine has, such as fc::gibibytes{64}");
  }
  bool const partitioned = what.isolate == policy::isolation::strict;
  if (partitioned && (!how.tenant_partition || how.tenant_partition->value() < least_capacity / 2)) {
    base::raise(
        "framecache: isolate<strict> needs config.tenant_partition of at least 128 KiB; write .tenant_partition = "
        "fc::mebibytes{8}");
  }
  if (!partitioned && how.tenant_partition) {
    base::raise("framecache: config.tenant_partition has no meaning without isolate<fc::strict>; leave it out or write "
                "isolate<fc::strict>");
  }
  if (how.generation_floor && how.generation_floor->value() > (std::uint64_t{1} << 63)) {
    base::raise(
        "framecache: config.generation_floor leaves no generations above it; write the largest one that was minted");
  }
  if (how.load_lease <= std::chrono::milliseconds::zero()) {
    base::raise("framecache: config.load_lease leaves a loader no time; write .load_lease = std::chrono::seconds{10}");
  }
  if (how.loads_per_tenant == 0) {
    base::raise("framecache: config.loads_per_tenant is 0, so nothing could be loaded; write 256");
  }
  if (how.negatives_per_tenant > most_negatives) {
    base::raise("framecache: config.negatives_per_tenant is above 4096; write 64");
  }
  if (what.isolate != policy::isolation::fair && how.tenant_floor) {
    base::raise("framecache: config.tenant_floor has no meaning without isolate<fc::fair>; leave it out or write "
                "isolate<fc::fair>");
  }
  return how;
}

// What a cache sets aside for the counts of peeks, so that no peek costs anybody a frame, or another tenant its admission.
[[nodiscard]] inline std::uint64_t set_aside_for_peeks(config const& how) noexcept {
  return std::min(how.capacity.value() / 256, std::uint64_t{16} << 20);
}

// What a cache may come to map in, for which addresses are reserved.
[[nodiscard]] inline std::uint64_t most_of(config const& how) noexcept {
  return how.most_capacity ? how.most_capacity->value() : how.capacity.value();
}

}  // namespace detail

}  // namespace engine
}  // namespace v0
}  // namespace framecache

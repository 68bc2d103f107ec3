// SPDX-License-Identifier: Apache-2.0
//
// One cache of each kind. Where an engine settles something that is left open, the line to change is here: see oracle::rules.
#include "model/operations_kinds.hpp"

#include "model/operations.hpp"

namespace testing {

namespace {

// Small, so that frames have to leave: sixteen keys a tenant of five KiB on average, beside what the cache itself maps in.
inline constexpr fc::kibibytes operation_capacity{320};

operation_kind kind_called(played kind) {
  switch (kind) {
    case played::fair: break;
    case played::strict:
      return {.make = &cache_of<fc::isolate<fc::strict>>::make,
              .how = {.capacity = fc::kibibytes{640}, .tenant_partition = fc::kibibytes{128}},
              .partitioned = true};
    case played::shared:
      // Without oldest_of_all the victim is one of its own tenant's oldest, whichever tenant that is.
      return {.make = &cache_of<fc::isolate<fc::shared>>::make,
              .how = {.capacity = operation_capacity},
              .rules = {.oldest_of_all = true}};
    case played::marked:
      return {.make = &cache_of<fc::stale<fc::mark>>::make,
              .how = {.capacity = operation_capacity},
              .rules = {.mark_stale = true},
              .floors = true};
    case played::roomy:
      // Room for everything that a script can make.
      return {
          .make = &cache_of<fc::scrub<fc::on_release>>::make, .how = {.capacity = fc::mebibytes{16}}, .roomy = true};
    case played::sieve:
      return {.make = &cache_of<fc::evict<fc::sieve>>::make,
              .how = {.capacity = operation_capacity},
              .rules = {.leaves_by = oracle::order::sieve},
              .floors = true,
              .device_caps = false};
    case played::s3fifo:
      return {.make = &cache_of<fc::evict<fc::s3fifo>>::make,
              .how = {.capacity = operation_capacity},
              .rules = {.leaves_by = oracle::order::s3fifo},
              .floors = true,
              .device_caps = false};
    case played::large:
      return {.make = &cache_of<>::make, .how = {.capacity = fc::mebibytes{8}}, .floors = true, .large = true};
    case played::large_shared:
      return {.make = &cache_of<fc::isolate<fc::shared>>::make,
              .how = {.capacity = fc::mebibytes{8}},
              .rules = {.oldest_of_all = true},
              .large = true};
  }
  return {.make = &cache_of<>::make, .how = {.capacity = operation_capacity}, .floors = true};
}

}  // namespace

operation_coverage& coverage_of(played kind) {
  static std::array<operation_coverage, played_kinds> all;
  return all[static_cast<std::size_t>(kind)];
}

std::string play(played kind, std::span<std::uint8_t const> script) {
  operations both{kind_called(kind), coverage_of(kind)};
  return both.play(script);
}

}  // namespace testing

// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "support/homes.hpp"

#include <stdexcept>
#include <string>

namespace {

template <class Cache = fc::frame_cache<>>
std::string complaint(fc::config how) {
  testing::book book;
  fc::registry homes{book};
  try {
    Cache const cache{homes, std::move(how)};
    return "none";
  } catch (std::invalid_argument const& wrong) {
    return wrong.what();
  }
}
bool says(std::string const& text, char const* words) { return text.find(words) != std::string::npos; }

using strict_cache = fc::frame_cache<fc::isolate<fc::strict>>;
using shared_cache = fc::frame_cache<fc::isolate<fc::shared>>;

}  // namespace

TEST_CASE("a capacity that holds no frame is refused, with what to write instead") {
  for (std::uint64_t bytes : {0U, 1U, 4096U, 256U * 1024 - 1}) {
    auto const said = complaint({.capacity = fc::byte_count{bytes}});
    CHECK(says(said, "config.capacity"));
    CHECK(says(said, "write fc::mebibytes"));
  }
  CHECK(complaint({.capacity = fc::kibibytes{256}}) == "none");
}

TEST_CASE("isolate<strict> without a partition, or with one that holds nothing, is refused with what to write") {
  auto const without = complaint<strict_cache>({.capacity = fc::mebibytes{4}});
  CHECK(says(without, "isolate<strict>"));
  CHECK(says(without, "write .tenant_partition ="));
  auto const tiny = complaint<strict_cache>({.capacity = fc::mebibytes{4}, .tenant_partition = fc::kibibytes{127}});
  CHECK(says(tiny, "write .tenant_partition ="));
  CHECK(complaint<strict_cache>({.capacity = fc::mebibytes{4}, .tenant_partition = fc::kibibytes{128}}) == "none");
}

TEST_CASE("a partition or a floor that the isolation does not know is refused, not ignored") {
  auto const partition = complaint<>({.capacity = fc::mebibytes{4}, .tenant_partition = fc::mebibytes{1}});
  CHECK(says(partition, "tenant_partition"));
  CHECK(says(partition, "write isolate<fc::strict>"));
  CHECK(says(complaint<shared_cache>({.capacity = fc::mebibytes{4}, .tenant_partition = fc::mebibytes{1}}),
             "tenant_partition"));
  auto const floor = complaint<shared_cache>({.capacity = fc::mebibytes{4}, .tenant_floor = fc::mebibytes{1}});
  CHECK(says(floor, "tenant_floor"));
  CHECK(says(floor, "write isolate<fc::fair>"));
  CHECK(
      says(complaint<strict_cache>(
               {.capacity = fc::mebibytes{4}, .tenant_partition = fc::mebibytes{1}, .tenant_floor = fc::mebibytes{1}}),
           "tenant_floor"));
  CHECK(complaint<>({.capacity = fc::mebibytes{4}, .tenant_floor = fc::mebibytes{1}}) == "none");
}

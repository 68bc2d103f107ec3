// SPDX-License-Identifier: Apache-2.0
//
// A core dump carries no picture of anybody's home, and a forked child none either: the kernel is asked which pages it leaves out, page
// by page of what holds frames, their keys, and what leads to them.
#include <doctest/doctest.h>

#include "support/homes.hpp"
#include "support/vm_flags.hpp"

#include <string>

namespace {

void check_is_kept_in(char const* what, void const* address) {
  CAPTURE(what);
  REQUIRE(testing::vm_flags_of(address));
  CHECK(testing::has_vm_flag(address, "dd"));
  CHECK(testing::has_vm_flag(address, "dc"));
}

// Where the bytes of a new frame of this size lie.
template <class House>
std::byte const* bytes_of_a_frame(House& h, fc::viewer<fc::anyone> const& eye, fc::stream const& stream,
                                  std::size_t size) {
  REQUIRE(testing::put(stream, std::string(size, 'x')) == fc::commit_status::committed);
  auto const held = eye.latest(stream.device(), fc::any_age);
  CHECK(h.cache.stats().handles == 1);
  return eye.read(held).bytes().data();
}

template <class Cache>
void check_frames(fc::config how) {
  testing::house<Cache> h{std::move(how)};
  auto const camera = h.cache.publisher(h.keys.publisher(1));
  auto const stream = camera.begin(camera.device("porch"));
  auto const eye = h.cache.viewer(h.keys.viewer(1));
  // One behind its key, one in pages of its own.
  check_is_kept_in("a small frame", bytes_of_a_frame(h, eye, stream, 100));
  check_is_kept_in("a still", bytes_of_a_frame(h, eye, stream, 50'000));
}

bool kernel_tells() {
  static char const anything = 0;
  if (testing::vm_flags_of(&anything)) return true;
  MESSAGE("this kernel does not say what it leaves out of a core dump");
  return false;
}

}  // namespace

TEST_CASE("what the kernel would dump is told from what it would not") {
  if (!kernel_tells()) return;
  static char const ordinary = 0;
  CHECK_FALSE(testing::has_vm_flag(&ordinary, "dd"));
  CHECK_FALSE(testing::has_vm_flag(&ordinary, "dc"));
  CHECK_FALSE(testing::vm_flags_of(nullptr));
}

TEST_CASE("pages that hold frames are in no core dump and in no forked child (P2)") {
  if (!kernel_tells()) return;
  check_frames<fc::frame_cache<>>({.capacity = fc::mebibytes{4}});
  check_frames<fc::frame_cache<fc::isolate<fc::shared>>>({.capacity = fc::mebibytes{4}});
  check_frames<fc::frame_cache<fc::isolate<fc::strict>>>(
      {.capacity = fc::mebibytes{4}, .tenant_partition = fc::mebibytes{1}});
  check_frames<fc::frame_cache<>>({.capacity = fc::mebibytes{64}, .huge_pages = true});
}

TEST_CASE("neither are the keys of frames, what leads to them, and what is known of cameras (P2)") {
  if (!kernel_tells()) return;
  constexpr std::uint64_t capacity = std::uint64_t{16} << 20;
  fc::memory::ledger account(capacity);
  fc::memory::slab small(account, capacity, false, fc::base::sharing::many_threads);
  check_is_kept_in("the key of a still", small.take(fc::memory::header_class));
  check_is_kept_in("the record of a camera", small.take(fc::memory::record_class));

  fc::engine::table_memory tables(account, small, capacity, false, fc::base::sharing::many_threads);
  constexpr auto few = fc::engine::table_memory::small_buckets;
  constexpr auto many = fc::engine::table_memory::page_buckets;
  auto* const one = tables.take(few);
  auto* const other = tables.take(many);
  check_is_kept_in("a small table", one);
  check_is_kept_in("a large table", other);
  tables.give(one, few);
  tables.give(other, many);

  fc::engine::device_directory devices(account, false, fc::base::sharing::many_threads);
  check_is_kept_in("the words of cameras", &devices.place_of(17));
}

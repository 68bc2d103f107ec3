// SPDX-License-Identifier: Apache-2.0
//
// A core dump carries no picture of anybody's home, and a forked child none either: the kernel is asked which pages it leaves out, page
// by page of what holds frames, their keys, and what leads to them.
#include <doctest/doctest.h>

#include "support/homes.hpp"

#include <cstdio>
#include <string>
#include <string_view>

namespace {

// What the kernel says of the mapping that an address lies in, as /proc/self/smaps has it.
struct mapping_flags final {
  bool known = false;
  bool dumped = true;
  bool forked = true;
};

std::string smaps() {
  std::string all;
  if (auto* const file = std::fopen("/proc/self/smaps", "r")) {
    char buffer[4096];
    for (;;) {
      auto const got = std::fread(buffer, 1, sizeof buffer, file);
      if (got == 0) break;
      all.append(buffer, got);
    }
    std::fclose(file);
  }
  return all;
}

mapping_flags flags_of(void const* address) {
  auto const at = reinterpret_cast<unsigned long>(address);
  auto const all = smaps();
  bool inside = false;
  for (std::size_t begin = 0; begin < all.size();) {
    auto const end = all.find('\n', begin);
    std::string const line = all.substr(begin, end - begin);
    begin = end == std::string::npos ? all.size() : end + 1;
    unsigned long first = 0;
    unsigned long last = 0;
    char rights[5] = {};
    if (std::sscanf(line.c_str(), "%lx-%lx %4s", &first, &last, rights) == 3) inside = first <= at && at < last;
    if (!inside || !line.starts_with("VmFlags:")) continue;
    auto const says = [&](std::string_view flag) { return (line + ' ').find(flag) != std::string::npos; };
    return {true, !says(" dd "), !says(" dc ")};
  }
  return {};
}

void check_is_kept_in(char const* what, void const* address) {
  CAPTURE(what);
  auto const said = flags_of(address);
  REQUIRE(said.known);
  CHECK_FALSE(said.dumped);
  CHECK_FALSE(said.forked);
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
  if (flags_of(&anything).known) return true;
  MESSAGE("this kernel does not say what it leaves out of a core dump");
  return false;
}

}  // namespace

TEST_CASE("what the kernel would dump is told from what it would not") {
  if (!kernel_tells()) return;
  static char const ordinary = 0;
  CHECK(flags_of(&ordinary).dumped);
  CHECK(flags_of(&ordinary).forked);
  CHECK_FALSE(flags_of(nullptr).known);
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

  fc::engine::table_memory tables(account, small, capacity, fc::base::sharing::many_threads);
  constexpr auto few = fc::engine::table_memory::small_buckets;
  constexpr auto many = fc::engine::table_memory::page_buckets;
  auto* const one = tables.take(few);
  auto* const other = tables.take(many);
  check_is_kept_in("a small table", one);
  check_is_kept_in("a large table", other);
  tables.give(one, few);
  tables.give(other, many);

  fc::engine::device_directory devices(account, fc::base::sharing::many_threads);
  check_is_kept_in("the words of cameras", &devices.place_of(17));
}

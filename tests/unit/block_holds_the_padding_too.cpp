// SPDX-License-Identifier: Apache-2.0
//
// The zeros behind a frame lie within its block, also when the frame fills whole pages.
#include <doctest/doctest.h>

#include "support/homes.hpp"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <new>

namespace {

// Memory with a fence behind each block.
class fenced_source final : public fc::block_source {
 public:
  static constexpr std::size_t fence = 4096;
  static constexpr std::byte mark{0xA5};

  ~fenced_source() override {
    for (auto const& [at, bytes] : all_) std::free(at);
  }
  [[nodiscard]] std::byte* allocate(std::size_t bytes) noexcept override {
    auto* const at = static_cast<std::byte*>(std::aligned_alloc(4096, bytes + fence));
    std::fill_n(at, bytes + fence, mark);
    all_.emplace(at, bytes);
    return at;
  }
  void release(std::byte*, std::size_t) noexcept override {}

  [[nodiscard]] bool whole() const {
    return std::all_of(all_.begin(), all_.end(), [](auto const& each) {
      auto const* const end = each.first + each.second;
      return std::all_of(end, end + fence, [](std::byte b) { return b == mark; });
    });
  }

 private:
  std::map<std::byte*, std::size_t> all_;
};

}  // namespace

TEST_CASE("a frame of any size and the zeros behind it end within its block (I3)") {
  testing::book book;
  fc::registry homes{book};
  fenced_source memory;
  fc::frame_cache<> cache{homes, {.capacity = fc::mebibytes{4}, .source = &memory}};
  auto camera = cache.publisher(book.publisher(1));
  auto const stream = camera.begin(camera.device("porch"));
  // Every size up to one page, whatever of it is the frame's own header.
  for (std::uint64_t size = 3000; size <= 4096; size += 8) {
    REQUIRE(testing::put(stream, std::string(size, 'x')) == fc::commit_status::committed);
  }
  CHECK(memory.whole());
}

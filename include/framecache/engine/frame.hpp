// SPDX-License-Identifier: Apache-2.0
//
// A frame as the engine keeps it: whole key, facts, pins, its place in the order, and where its bytes are. At the start of its
// block for frames of the cache's own memory; on the heap for adopted ones.
//
//   block:  | frame header | payload: staged bytes ... | 64 zero bytes | slack of the size class |
//
// Frames are reached only through addresses kept in bit-fields, so their members may be public. What is marked "lane" is guarded
// by the lock of the frame's lane; the rest does not change once the frame is linked (I4).
#pragma once

#include <framecache/base/clock.hpp>
#include <framecache/identity/frame_facts.hpp>
#include <framecache/identity/key.hpp>
#include <framecache/memory/pool.hpp>
#include <framecache/version.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace framecache {
inline namespace v0 {
namespace engine {

struct room;
struct device_state;

// Decoders read past the end of what they are given.
inline constexpr std::size_t padding = 64;

// Memory that somebody else owns, as adopt() was given it. Destroying it releases that memory: user code, so never under a lock.
class foreign_memory {
 public:
  foreign_memory() = default;
  foreign_memory(foreign_memory const&) = delete;
  foreign_memory& operator=(foreign_memory const&) = delete;
  virtual ~foreign_memory() = default;
  [[nodiscard]] virtual std::span<std::span<std::byte const> const> buffers() const noexcept = 0;
};

struct frame final {
  frame(core::key const& k, room& where, memory::raw_block memory, std::uint64_t bytes, std::uint64_t cost) noexcept
      : key(k), home(where), block(memory), staged(bytes), charge(cost) {}
  frame(frame const&) = delete;
  frame& operator=(frame const&) = delete;
  ~frame() = default;

  core::key const key;
  room& home;
  memory::raw_block const block;  // none for an adopted frame
  std::uint64_t const staged;     // writable bytes of payload
  std::uint64_t const charge;     // bytes that the room is charged

  frame_facts facts{};
  base::steady_time committed_at{};
  std::uint64_t sequence = 0;
  std::uint64_t size = 0;  // what a reader can reach (I3)
  std::unique_ptr<foreign_memory> foreign;
  std::span<std::byte const> own;  // the one buffer of a frame in our memory

  // lane:
  frame* newer = nullptr;
  frame* older = nullptr;
  frame* next_of_device = nullptr;
  frame* previous_of_device = nullptr;
  device_state* device = nullptr;  // while linked
  std::uint32_t pins = 0;
  bool linked = false;
  bool erased = false;  // by its publisher: wiped when it is freed

  [[nodiscard]] std::byte* payload() const noexcept;
  [[nodiscard]] std::span<std::span<std::byte const> const> buffers() const noexcept {
    return foreign ? foreign->buffers() : std::span<std::span<std::byte const> const>{std::addressof(own), 1};
  }
};

inline constexpr std::size_t frame_header = (sizeof(frame) + 63) / 64 * 64;

inline std::byte* frame::payload() const noexcept { return block.at + frame_header; }

// Block bytes that a payload needs; saturates, so that an absurd size is refused by the pool instead of wrapping to a small one.
[[nodiscard]] constexpr std::uint64_t block_bytes(std::uint64_t payload) noexcept {
  auto const whole = payload + frame_header + padding;
  return whole < payload ? ~std::uint64_t{0} : whole;
}

// Frames in order of use, newest first. Intrusive; guarded by the lane that holds it.
class use_order final {
 public:
  void add_newest(frame& f) noexcept {
    f.newer = nullptr;
    f.older = newest_;
    (newest_ != nullptr ? newest_->newer : oldest_) = std::addressof(f);
    newest_ = std::addressof(f);
    ++count_;
  }
  void remove(frame& f) noexcept {
    (f.newer != nullptr ? f.newer->older : newest_) = f.older;
    (f.older != nullptr ? f.older->newer : oldest_) = f.newer;
    f.newer = f.older = nullptr;
    --count_;
  }
  void touch(frame& f) noexcept {
    if (newest_ == std::addressof(f)) return;
    remove(f);
    add_newest(f);
  }
  [[nodiscard]] frame* oldest() const noexcept { return oldest_; }
  [[nodiscard]] std::size_t count() const noexcept { return count_; }

 private:
  frame* newest_ = nullptr;
  frame* oldest_ = nullptr;
  std::size_t count_ = 0;
};

}  // namespace engine
}  // namespace v0
}  // namespace framecache

// SPDX-License-Identifier: Apache-2.0
//
// What passes between the engine and whoever writes: memory on its way to become a frame, as what somebody writes, what somebody
// would have loaded; and frames on their way out.
#pragma once

#include <framecache/base/atomic.hpp>
#include <framecache/base/clock.hpp>
#include <framecache/base/word.hpp>
#include <framecache/engine/entry.hpp>
#include <framecache/engine/pin.hpp>
#include <framecache/identity/age_limit.hpp>
#include <framecache/identity/rendition.hpp>
#include <framecache/identity/strong_id.hpp>
#include <framecache/version.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace framecache {
inline namespace v0 {
namespace engine {

// Frames that nobody can reach any more and whose memory is apart, waiting for the lock to be given up before they are wiped and
// freed. Each stays among the loose ones of its room, so that drain() waits for it. Our own memory comes first: it is wiped before any
// foreign owner's code runs.
class graveyard final {
 public:
  void add(entry& e) noexcept {
    std::uint64_t& first = e.is_foreign() ? foreign_ : own_;
    e.sequence = first;  // nobody asks a frame that is gone for its number
    first = FRAMECACHE_DETAIL_WORD(e);
  }
  [[nodiscard]] entry* take() noexcept {
    std::uint64_t& first = own_ != 0 ? own_ : foreign_;
    if (first == 0) return nullptr;
    auto* const e = FRAMECACHE_DETAIL_AT(entry, first);
    first = e->sequence;
    return e;
  }

 private:
  std::uint64_t own_ = 0;
  std::uint64_t foreign_ = 0;
};

class house;

// Where what a stream asks for next was when it last looked: its room, the device's word and record, its newest frame and its free
// block. Addresses that are fetched from memory all at once, rather than each when the one before has come, and that nobody ever
// follows: what was there may be long gone. Several threads may write them at once: whichever stays will do.
class trail final {
 public:
  trail() noexcept = default;
  // Of words: of the room and what of it is charged, of the device's word in the directory, and of its record.
  trail(std::uint64_t room, std::uint64_t charged, std::uint64_t word, std::uint64_t record) noexcept {
    set(its_room, room);
    set(its_charge, charged);
    set(its_word, word);
    set(its_record, record);
  }
  trail(trail const& other) noexcept { *this = other; }
  trail& operator=(trail const& other) noexcept {
    for (std::size_t i = 0; i != steps; ++i) set(static_cast<step>(i), other.get(static_cast<step>(i)));
    return *this;
  }
  ~trail() = default;

  // The next frame is staged: it will be the newest, and the one before it free.
  void step_to(std::uint64_t frame) noexcept {
    set(free_block, get(newest));
    set(newest, frame);
  }
  void fetch() const noexcept;

 private:
  enum step : std::uint8_t { its_room, its_charge, its_word, its_record, newest, free_block, steps };

  void set(step which, std::uint64_t word) noexcept { at_[which].store(word, std::memory_order_relaxed); }
  [[nodiscard, gnu::always_inline]] std::uint64_t get(step which) const noexcept {
    return at_[which].load(std::memory_order_relaxed);
  }

  std::array<base::atomic<std::uint64_t>, steps> at_{};
};

// Memory that a publisher is writing into, on its way to become a frame. Move-only, sealed like a pin: whoever makes one up has
// nothing that the engine takes. Befriends house, which is defined below.
// As what somebody writes: the stream of a device, or (lead is not 0) the holder of a ticket to load for it.
struct writing final {
  device_id device;
  stream_generation generation;
  std::uint64_t lead = 0;
  trail* ahead = nullptr;
};

// What somebody would have loaded, and by when.
struct load_wish final {
  device_id device;
  stream_generation generation;
  rendition which;
  age_limit limit;
  base::steady_time deadline;
  base::steady_time asked = base::steady_now();

  // What was committed after the question is never too old for it, however short the limit.
  [[nodiscard]] bool admits(base::steady_time committed_at) const noexcept {
    return !limit.bounded() || committed_at >= asked || limit.admits(base::steady_now() - committed_at);
  }
};

class staged final {
 public:
  staged() noexcept = default;
  // Takes over the one pin of a frame that is not linked yet.
  staged(house& in, entry& held) noexcept : frame_(FRAMECACHE_DETAIL_WORD(held)), house_(FRAMECACHE_DETAIL_WORD(in)) {
    seal_ = seal_here();
  }
  staged(staged&& other) noexcept { take(other); }
  staged& operator=(staged&& other) noexcept {
    if (this != std::addressof(other)) {
      drop();
      take(other);
    }
    return *this;
  }
  staged(staged const&) = delete;
  staged& operator=(staged const&) = delete;
  ~staged() { drop(); }

  [[nodiscard]] explicit operator bool() const noexcept { return frame_ != 0 && seal_ == seal_here(); }
  // All the bytes that were asked for.
  [[nodiscard]] std::span<std::byte> bytes() const noexcept {
    if (!*this) return {};
    auto const* const e = FRAMECACHE_DETAIL_AT(entry const, frame_);
    return {e->payload(), static_cast<std::size_t>(e->size())};
  }

 private:
  friend class house;

  [[nodiscard]] std::uint64_t seal_here() const noexcept {
    if (frame_ == 0) return 0;
    return secret_of(*FRAMECACHE_DETAIL_AT(house const, house_)).of(FRAMECACHE_DETAIL_WORD(*this), frame_);
  }
  void take(staged& other) noexcept {
    frame_ = other ? std::uint64_t{other.frame_} : 0;
    house_ = std::uint64_t{other.house_};
    other.frame_ = 0;
    other.seal_ = 0;
    seal_ = seal_here();
  }
  void drop() noexcept {
    if (*this) unpin(*FRAMECACHE_DETAIL_AT(house, house_), *FRAMECACHE_DETAIL_AT(entry, frame_));
    forget();
  }
  // What was published is no longer anybody's to give back.
  void forget() noexcept {
    frame_ = 0;
    seal_ = 0;
  }

  std::uint64_t frame_ : 64 = 0;
  std::uint64_t house_ : 64 = 0;
  std::uint64_t seal_ : 64 = 0;
};

}  // namespace engine
}  // namespace v0
}  // namespace framecache

// SPDX-License-Identifier: Apache-2.0
//
// What the index points to, and what a reader looks at without a lock.
//
// Entries are type-stable (memory/slab.hpp), so a reader may look at one that is being given away. It learns nothing from it but
// the words of its key, which it compares whole (I1), and pins only what is linked at that moment.
//
//   first line:   | key: label, device, generation, rendition | meta | stamp | room | shape |
//   second line:  | what only a pin or the lane's lock opens                                |
//   small frames: | payload: staged bytes ... | 64 zero bytes | slack of the class |
//   others:       | where the payload lies: a block of the pool, or somebody else's memory |
//
//   meta:   63 ........ 25 | 24 ....... 1 |    0
//           hits           | pins         | linked
//
//   linked   can be found and pinned. Set last when a frame is published, cleared when it is taken out.
//   pins     handles, and the draft that a frame was written as. The entry is freed by whoever sees neither link nor pin:
//            the one that unlinks it, or the last that lets go.
//   hits     counted here because the line is being written anyway; the carry out of the top is lost, so they are harvested
//            before that can happen.
//
// What is marked "lane" is guarded by the lock of the room's lane; the rest does not change once the frame is linked (I4).
#pragma once

#include <framecache/base/atomic.hpp>
#include <framecache/base/clock.hpp>
#include <framecache/base/fence.hpp>
#include <framecache/base/plain.hpp>
#include <framecache/identity/frame_facts.hpp>
#include <framecache/identity/key.hpp>
#include <framecache/memory/pool.hpp>
#include <framecache/memory/slab.hpp>
#include <framecache/version.hpp>

#include <chrono>
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

namespace meta {

inline constexpr std::uint64_t linked = 1;
inline constexpr std::uint64_t one_pin = std::uint64_t{1} << 1;
inline constexpr std::uint64_t one_hit = std::uint64_t{1} << 25;
inline constexpr std::uint64_t most_pins = (std::uint64_t{1} << 24) - 1;
inline constexpr std::uint64_t many_hits = std::uint64_t{1} << 63;
// Lookups take half as many pins as there can be: the other half is for those that are shared.
inline constexpr std::uint64_t many_pins = std::uint64_t{1} << 24;

[[nodiscard]] constexpr bool is_linked(std::uint64_t m) noexcept { return (m & linked) != 0; }
[[nodiscard]] constexpr std::uint64_t pins(std::uint64_t m) noexcept { return (m >> 1) & most_pins; }
[[nodiscard]] constexpr std::uint64_t hits(std::uint64_t m) noexcept { return m >> 25; }
static_assert(one_pin * (most_pins + 1) == one_hit);

}  // namespace meta

inline constexpr std::size_t entry_bytes = 128;

// Never constructed: an entry is what zeroed pages of its class of the slab read as.
struct alignas(64) entry final {
  base::atomic<std::uint64_t> label;
  base::atomic<std::uint64_t> device;
  base::atomic<std::uint64_t> generation;
  base::atomic<std::uint64_t> rendition;
  base::atomic<std::uint64_t> meta;
  // When it was last used, in the unit of its lane's order: see order.hpp. Written by whoever uses it.
  base::atomic<std::uint64_t> stamp;
  base::atomic<room*> home;  // of what is linked it does not change
  // Bytes a reader can reach (I3); of a draft, bytes that were staged. Above them, where the payload lies.
  base::plain<std::uint64_t> shape;

  base::steady_time committed_at;
  std::chrono::system_clock::time_point captured_at;
  std::uint64_t sequence;
  device_state* owner;  // lane; nullptr: the device was retired or the epoch has passed, see dead
  entry* next;          // lane: of its device while it is linked, among the room's loose ones otherwise
  entry* previous;      // lane
  std::uint32_t place;  // lane: in the order of use
  std::uint16_t width;
  std::uint16_t height;
  framecache::codec codec;
  bool keyframe;
  std::uint8_t slab_class;
  bool erased : 1;    // lane: by its publisher, so that it is wiped when it is freed
  bool dead : 1;      // lane: of an epoch or a device that has ended; wiped when it is freed, and drain() waits for it
  bool limbo : 1;     // lane: nobody pins it, somebody may be peeking
  bool spare : 1;     // lane: free, kept for its device
  bool in_main : 1;   // lane: of s3fifo's two queues
  bool moved : 1;     // lane: in limbo, and its frame lies elsewhere
  bool replaced : 1;  // lane: linked, and another has its places in the index and in the order

  // The words as they are read one by one: a key that was never whole compares unequal to every key that is.
  [[nodiscard, gnu::always_inline]] bool has(core::key const& k) const noexcept {
    return k.same_as(label.load(std::memory_order_relaxed), device.load(std::memory_order_relaxed),
                     generation.load(std::memory_order_relaxed), rendition.load(std::memory_order_relaxed));
  }
  [[nodiscard]] core::key key() const noexcept {
    return core::key{{label.load(std::memory_order_relaxed), device.load(std::memory_order_relaxed),
                      generation.load(std::memory_order_relaxed), rendition.load(std::memory_order_relaxed)}};
  }
  // Requires: not linked.
  void name(core::key const& k) noexcept {
    base::release_fence();  // (54) against the acquire fence (52): whoever sees this sees that it was taken out
    auto const words = k.words();
    label.store(words[0], std::memory_order_relaxed);
    device.store(words[1], std::memory_order_relaxed);
    generation.store(words[2], std::memory_order_relaxed);
    rendition.store(words[3], std::memory_order_relaxed);
  }
  // No key has a word that is zero (I2).
  void unname() noexcept {
    base::release_fence();  // (54) against the acquire fence (52): whoever sees this sees that it was taken out
    for (auto* const word : {&label, &device, &generation, &rendition}) word->store(0, std::memory_order_relaxed);
  }

  static constexpr std::uint64_t size_mask = (std::uint64_t{1} << 48) - 1;
  static constexpr std::uint64_t apart_bit = std::uint64_t{1} << 62;
  static constexpr std::uint64_t foreign_bit = std::uint64_t{1} << 63;

  [[nodiscard]] std::uint64_t size() const noexcept { return shape.get() & size_mask; }
  [[nodiscard]] bool is_foreign() const noexcept { return (shape.get() & foreign_bit) != 0; }
  [[nodiscard]] bool is_apart() const noexcept { return (shape.get() & (apart_bit | foreign_bit)) != 0; }
  void resize(std::uint64_t bytes) noexcept { shape.set((shape.get() & ~size_mask) | bytes); }

  // What lies behind the entry: the payload of a small frame.
  [[nodiscard]] std::byte* beside() const noexcept {
    return const_cast<std::byte*>(reinterpret_cast<std::byte const*>(this) + entry_bytes);
  }
  // The payload in memory of ours. Requires: not foreign.
  [[nodiscard]] std::byte* payload() const noexcept;
  // Bytes from there to the end of the block.
  [[nodiscard]] std::size_t room_for_payload() const noexcept;
  // Bytes that the room is charged for the frame.
  [[nodiscard]] std::uint64_t charge() const noexcept;
};
static_assert(sizeof(entry) == entry_bytes);

// Behind the entry of a frame whose payload lies apart.
struct alignas(64) payload_apart final {
  std::byte* at;
  std::uint64_t bytes;    // of the pool's block; of foreign memory, what its owner declared and what we keep beside it
  foreign_memory* owner;  // of foreign memory
};
static_assert(entry_bytes + sizeof(payload_apart) == memory::slab_sizes[memory::header_class]);

// Requires: is_apart().
[[nodiscard]] inline payload_apart& apart(entry const& e) noexcept {
  return *std::launder(reinterpret_cast<payload_apart*>(
      const_cast<std::byte*>(reinterpret_cast<std::byte const*>(std::addressof(e)) + entry_bytes)));
}

inline std::byte* entry::payload() const noexcept { return is_apart() ? apart(*this).at : beside(); }
inline std::size_t entry::room_for_payload() const noexcept {
  return is_apart() ? static_cast<std::size_t>(apart(*this).bytes) : memory::slab_sizes[slab_class] - entry_bytes;
}
inline std::uint64_t entry::charge() const noexcept {
  return is_apart() ? apart(*this).bytes : memory::slab_sizes[slab_class];
}

// Bytes of a payload with the zeros behind it; saturates, so that an absurd size is refused by whoever is asked for memory instead of
// wrapping round to a small one.
[[nodiscard]] constexpr std::uint64_t padded(std::uint64_t payload) noexcept {
  auto const whole = payload + padding;
  return whole < payload ? ~std::uint64_t{0} : whole;
}

// What a handle adds to it.
inline constexpr std::uint64_t pin_and_hit = meta::one_pin + meta::one_hit;

// Takes a handle: one more pin and one more hit, if the entry is linked at that moment. Lock-free. `alone`: no other thread.
// The caller compares the whole key after it, for what was pinned may have become another frame since it was found.
// One exchange and not one addition: that would also pin, for a moment, what nobody can find any more, while its memory is being wiped
// (a mutant of tests/model/spin/take_evict_reuse.pml).
[[nodiscard, gnu::always_inline]] inline bool try_pin(entry& e, bool alone, std::uint64_t what = pin_and_hit) noexcept {
  auto m = e.meta.load(std::memory_order_relaxed);
  for (;;) {
    if ((m & (meta::linked | meta::many_pins | meta::many_hits)) != meta::linked) [[unlikely]]
      return false;
    auto const pinned = m + what;
    if (alone) {
      e.meta.store(pinned, std::memory_order_relaxed);
      return true;
    }
    // (17) acquire: pairs with release (18), so that what was published is seen
    if (e.meta.compare_exchange_weak(m, pinned, std::memory_order_acquire, std::memory_order_relaxed)) return true;
  }
}

}  // namespace engine
}  // namespace v0
}  // namespace framecache

// SPDX-License-Identifier: Apache-2.0
//
// A pin owns one reader's hold on one frame; a glance is the hold of one peek, which writes nothing that others read. A frame_view is
// the look at the bytes of either, and its only constructors are the check at egress (P2): the entry's label against the scope's,
// the audience it was found for against the scope's, and whether the scope is live now. A correct key with a wrong mapping still
// leaks unless the value is checked here.
//
// None is a template; both holds befriend frame_view, which is defined in this same header. Addresses are words in bit-fields, see
// base/word.hpp. A pin and a glance bear a seal of their own address, so that one moved by memcpy is not let go of twice.
#pragma once

#include <framecache/base/clock.hpp>
#include <framecache/base/word.hpp>
#include <framecache/engine/entry.hpp>
#include <framecache/identity/rendition.hpp>
#include <framecache/identity/status.hpp>
#include <framecache/identity/strong_id.hpp>
#include <framecache/tenancy/registry.hpp>
#include <framecache/version.hpp>

#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace framecache {
inline namespace v0 {

class frame_view;

namespace engine {

class house;

// Defined in house.hpp and reclaim.hpp. Each needs a house or an entry, which only the engine has.
[[nodiscard]] base::seal_secret const& secret_of(house const& in) noexcept;
void unpin(house& in, entry& held) noexcept;
void repin(house& in, entry& held) noexcept;
void look_away(house& in, entry& held, std::size_t guard) noexcept;
void report_crossing(house& in, entry const& held, core::scope const& who) noexcept;

namespace detail {

// Where a hold's facts lie in their word: above what an address has, so that both are sealed as one.
inline constexpr unsigned stale_at = 48;
inline constexpr unsigned audience_at = stale_at + 1;

}  // namespace detail

// The seal of a hold's words at its address. Not a function: whoever rewrites a private word could call a private one.
#define FRAMECACHE_DETAIL_HOLD_SEAL(p)                                                         \
  ((p).frame_ == 0 ? std::uint64_t{0}                                                          \
                   : engine::secret_of(*FRAMECACHE_DETAIL_AT(engine::house const, (p).house_)) \
                         .of(FRAMECACHE_DETAIL_WORD(p), (p).frame_ ^ (p).facts_))

class pin final {
 public:
  pin() noexcept = default;
  // Takes over a pin that has been counted. `audience`: for whom it was found.
  [[gnu::always_inline]] pin(house& in, entry& held, std::uint64_t audience, bool stale) noexcept
      : frame_(FRAMECACHE_DETAIL_WORD(held)),
        house_(FRAMECACHE_DETAIL_WORD(in)),
        facts_(audience << detail::audience_at | std::uint64_t{stale ? 1U : 0U} << detail::stale_at) {
    seal_ = FRAMECACHE_DETAIL_HOLD_SEAL(*this);
  }
  // A second hold on what `other` holds, if `who` may read it. Defined below.
  pin(core::scope const& who, pin const& other, lookup_status& why) noexcept;
  pin(pin&& other) noexcept { take(other); }
  pin& operator=(pin&& other) noexcept {
    if (this != std::addressof(other)) {
      drop();
      take(other);
    }
    return *this;
  }
  pin(pin const&) = delete;
  pin& operator=(pin const&) = delete;
  [[gnu::always_inline]] ~pin() { drop(); }

  [[nodiscard]] explicit operator bool() const noexcept { return frame_ != 0; }

 private:
  friend class framecache::frame_view;

  // Both move what the caller holds already; neither makes any power.
  void take(pin& other) noexcept {
    bool const sound = other.seal_ == FRAMECACHE_DETAIL_HOLD_SEAL(other);
    frame_ = sound ? std::uint64_t{other.frame_} : 0;
    house_ = std::uint64_t{other.house_};
    facts_ = std::uint64_t{other.facts_};
    other.frame_ = 0;
    other.seal_ = 0;
    seal_ = FRAMECACHE_DETAIL_HOLD_SEAL(*this);
  }
  [[gnu::always_inline]] void drop() noexcept {
    if (frame_ != 0 && seal_ == FRAMECACHE_DETAIL_HOLD_SEAL(*this)) {
      unpin(*FRAMECACHE_DETAIL_AT(house, house_), *FRAMECACHE_DETAIL_AT(entry, frame_));
    }
    frame_ = 0;
    seal_ = 0;
  }

  std::uint64_t frame_ : 64 = 0;
  std::uint64_t house_ : 64 = 0;
  std::uint64_t facts_ : 64 = 0;  // for which audience it was found, and whether it is stale
  std::uint64_t seal_ : 64 = 0;
};

// Made and ended by one thread, in one place: neither copied, moved nor assigned. `guard`: the number of the thread's line in the
// engine's guards; what could not be guarded holds a pin instead.
class glance final {
 public:
  glance() noexcept = default;
  glance(house& in, entry& held, std::uint64_t audience, std::size_t guard) noexcept
      : frame_(FRAMECACHE_DETAIL_WORD(held)),
        house_(FRAMECACHE_DETAIL_WORD(in)),
        facts_(audience << detail::audience_at),
        guard_(guard) {
    seal_ = FRAMECACHE_DETAIL_HOLD_SEAL(*this);
  }
  glance(glance const&) = delete;
  glance(glance&&) = delete;
  glance& operator=(glance const&) = delete;
  glance& operator=(glance&&) = delete;
  ~glance() {
    if (frame_ == 0 || seal_ != FRAMECACHE_DETAIL_HOLD_SEAL(*this)) return;
    auto& in = *FRAMECACHE_DETAIL_AT(house, house_);
    auto& held = *FRAMECACHE_DETAIL_AT(entry, frame_);
    if (guard_ == pinned) {
      unpin(in, held);
    } else {
      look_away(in, held, static_cast<std::size_t>(guard_));
    }
  }

  [[nodiscard]] explicit operator bool() const noexcept { return frame_ != 0; }

  static constexpr std::uint64_t pinned = ~std::uint64_t{0};

 private:
  friend class framecache::frame_view;

  std::uint64_t frame_ : 64 = 0;
  std::uint64_t house_ : 64 = 0;
  std::uint64_t facts_ : 64 = 0;  // for which audience it was found, and whether it is stale
  std::uint64_t guard_ : 64 = 0;
  std::uint64_t seal_ : 64 = 0;
};

}  // namespace engine

// Why a hold may not be read, or `hit`; and what it shows. Not functions either: they would take a word and yield bytes.
//
// The seal first: nothing is believed of a hold that does not bear it. The entry's label stands for registry, tenant and epoch at
// once. A restricted scope asks its list here too.
#define FRAMECACHE_DETAIL_JUDGED(who, held)                                                                \
  [&]() __attribute__((always_inline)) -> std::uint64_t {                                                  \
    if ((held).frame_ == 0) return value(lookup_status::absent);                                           \
    if ((held).seal_ != FRAMECACHE_DETAIL_HOLD_SEAL(held)) return value(lookup_status::refused);           \
    auto const& e = *FRAMECACHE_DETAIL_AT(engine::entry const, (held).frame_);                             \
    auto const seen =                                                                                      \
        (who).judge(e.label.load(std::memory_order_relaxed), (held).facts_ >> engine::detail::audience_at, \
                    device_id{std::uint64_t{e.device.load(std::memory_order_relaxed)}});                   \
    if (seen == core::scope::verdict::sees) return value(lookup_status::hit);                              \
    if (seen == core::scope::verdict::suspended) return value(lookup_status::suspended);                   \
    if (seen == core::scope::verdict::foreign) {                                                           \
      engine::report_crossing(*FRAMECACHE_DETAIL_AT(engine::house, (held).house_), e, who);                \
    }                                                                                                      \
    return value(lookup_status::refused);                                                                  \
  }()
#define FRAMECACHE_DETAIL_SHOWN(word)                                              \
  [&]() __attribute__((always_inline)) -> std::span<std::byte const> {             \
    if ((word) == 0) return {};                                                    \
    auto const& e = *FRAMECACHE_DETAIL_AT(engine::entry const, word);              \
    if (!e.is_apart()) return {e.beside(), static_cast<std::size_t>(e.size())};    \
    if (!e.is_foreign()) return {e.payload(), static_cast<std::size_t>(e.size())}; \
    auto const all = engine::apart(e).owner->buffers();                            \
    return all.empty() ? std::span<std::byte const>{} : all.front();               \
  }()

// The bytes of one frame and its facts, for as long as the handle it was read from lives (inside peek: until the callback
// returns). Neither copied, moved nor assigned. False, and empty, when the read was refused.
class frame_view final {
 public:
  // The check at egress. What it refuses is a view that is false and says why; a crossing is counted and told to the tripwire.
  [[gnu::always_inline]] frame_view(core::scope const& who, engine::pin const& held) noexcept
      : why_(FRAMECACHE_DETAIL_JUDGED(who, held)),
        frame_(why_ == value(lookup_status::hit) ? std::uint64_t{held.frame_} : 0),
        stale_(frame_ != 0 ? held.facts_ >> engine::detail::stale_at & 1 : 0),
        own_(FRAMECACHE_DETAIL_SHOWN(frame_)) {}
  [[gnu::always_inline]] frame_view(core::scope const& who, engine::glance const& held) noexcept
      : why_(FRAMECACHE_DETAIL_JUDGED(who, held)),
        frame_(why_ == value(lookup_status::hit) ? std::uint64_t{held.frame_} : 0),
        stale_(0),
        own_(FRAMECACHE_DETAIL_SHOWN(frame_)) {}
  frame_view(frame_view const&) = delete;
  frame_view(frame_view&&) = delete;
  frame_view& operator=(frame_view const&) = delete;
  frame_view& operator=(frame_view&&) = delete;
  // Not defaulted: what cannot be copied and is destroyed trivially counts as trivially copyable, and std::bit_cast makes it.
  ~frame_view() {}  // NOLINT(modernize-use-equals-default)

  [[nodiscard]] explicit operator bool() const noexcept { return frame_ != 0; }
  [[nodiscard]] lookup_status why() const noexcept { return static_cast<lookup_status>(std::uint64_t{why_}); }

  // Returns exactly the bytes that the publisher recorded (I3), followed by 64 readable zero bytes unless the frame was adopted.
  // An adopted frame of several buffers has no contiguous bytes: then this is its first buffer; use buffers().
  [[nodiscard]] std::span<std::byte const> bytes() const noexcept { return own_; }
  // Returns every buffer in order, for writev or an asio buffer sequence; valid for as long as this view is.
  [[nodiscard]] std::span<std::span<std::byte const> const> buffers() const noexcept {
    if (frame_ == 0) return {};
    auto const& e = *FRAMECACHE_DETAIL_AT(engine::entry const, frame_);
    if (e.is_foreign()) return engine::apart(e).owner->buffers();
    return {std::addressof(own_), 1};
  }
  // Returns bytes over all buffers.
  [[nodiscard]] byte_count size() const noexcept {
    return byte_count{frame_ == 0 ? std::uint64_t{0} : FRAMECACHE_DETAIL_AT(engine::entry const, frame_)->size()};
  }
  [[nodiscard]] frame_sequence sequence() const noexcept {
    return frame_sequence{frame_ == 0 ? std::uint64_t{0} : FRAMECACHE_DETAIL_AT(engine::entry const, frame_)->sequence};
  }
  [[nodiscard]] stream_generation generation() const noexcept {
    return frame_ == 0 ? stream_generation{std::uint64_t{0}}
                       : FRAMECACHE_DETAIL_AT(engine::entry const, frame_)->key().generation();
  }
  [[nodiscard]] bool is_rendition(framecache::rendition which) const noexcept {
    return frame_ != 0 && FRAMECACHE_DETAIL_AT(engine::entry const, frame_)->key().rendition_word() == which.word();
  }
  // The camera's clock; information only.
  [[nodiscard]] std::chrono::system_clock::time_point captured_at() const noexcept {
    return frame_ == 0 ? std::chrono::system_clock::time_point{}
                       : FRAMECACHE_DETAIL_AT(engine::entry const, frame_)->captured_at;
  }
  [[nodiscard]] std::chrono::steady_clock::time_point committed_at() const noexcept {
    return frame_ == 0 ? std::chrono::steady_clock::time_point{}
                       : FRAMECACHE_DETAIL_AT(engine::entry const, frame_)->committed_at;
  }
  // Returns how long ago the frame was committed. Reads the clock.
  [[nodiscard]] std::chrono::nanoseconds age() const noexcept {
    return frame_ == 0 ? std::chrono::nanoseconds::zero()
                       : base::steady_now() - FRAMECACHE_DETAIL_AT(engine::entry const, frame_)->committed_at;
  }
  [[nodiscard]] bool keyframe() const noexcept {
    return frame_ != 0 && FRAMECACHE_DETAIL_AT(engine::entry const, frame_)->keyframe;
  }
  [[nodiscard]] framecache::codec codec() const noexcept {
    return frame_ == 0 ? framecache::codec::unknown : FRAMECACHE_DETAIL_AT(engine::entry const, frame_)->codec;
  }
  [[nodiscard]] std::uint16_t width() const noexcept {
    return frame_ == 0 ? std::uint16_t{0} : FRAMECACHE_DETAIL_AT(engine::entry const, frame_)->width;
  }
  [[nodiscard]] std::uint16_t height() const noexcept {
    return frame_ == 0 ? std::uint16_t{0} : FRAMECACHE_DETAIL_AT(engine::entry const, frame_)->height;
  }
  // Whether `latest` gave this although it was older than asked, or of the generation before: only under stale<mark>.
  [[nodiscard]] bool stale() const noexcept { return stale_ != 0; }

 private:
  [[nodiscard]] static constexpr std::uint64_t value(lookup_status s) noexcept { return static_cast<std::uint64_t>(s); }

  // Constant: nobody who gets at them writes another frame's word here.
  std::uint64_t const why_ : 64;
  std::uint64_t const frame_ : 64;
  std::uint64_t const stale_ : 64;
  std::span<std::byte const> const own_;
};

// Sharing a handle is a read: what may not be read may not be shared either.
inline engine::pin::pin(core::scope const& who, pin const& other, lookup_status& why) noexcept {
  frame_view const seen{who, other};
  why = seen.why();
  auto const word = std::uint64_t{other.frame_};
  if (!seen || word == 0) return;
  repin(*FRAMECACHE_DETAIL_AT(house, other.house_), *FRAMECACHE_DETAIL_AT(entry, word));
  frame_ = word;
  house_ = std::uint64_t{other.house_};
  facts_ = std::uint64_t{other.facts_};
  seal_ = FRAMECACHE_DETAIL_HOLD_SEAL(*this);
}

}  // namespace v0
}  // namespace framecache

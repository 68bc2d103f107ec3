// SPDX-License-Identifier: Apache-2.0
//
// What adopt() takes: memory that somebody else owns, kept as it is until the last reader is done.
#pragma once

#include <framecache/engine/entry.hpp>
#include <framecache/identity/byte_count.hpp>
#include <framecache/identity/frame_facts.hpp>
#include <framecache/identity/status.hpp>
#include <framecache/stream/seat.hpp>
#include <framecache/version.hpp>

#include <concepts>
#include <cstddef>
#include <memory>
#include <new>
#include <span>
#include <type_traits>
#include <utility>

namespace framecache {
inline namespace v0 {

// A frame_owner is move-only or copyable, moves and destroys without throwing, and
//   static constexpr bool immutable = true;      says that nobody writes these bytes any more (I4): trusted, not checked
//   buffers() const noexcept                      a range of std::span<std::byte const>, in order, stable under moves of the owner
//   charge() const noexcept -> fc::byte_count     what the memory costs, at least the bytes it shows
// Releasing is its destructor; it is called once, with no lock of the cache held, by whoever lets go last: it must not end that thread.
template <class Owner>
concept frame_owner = std::is_nothrow_move_constructible_v<Owner> && std::is_nothrow_move_assignable_v<Owner> &&
                      std::is_nothrow_destructible_v<Owner> && requires(Owner const& owner) {
                        requires bool { Owner::immutable };
                        {
                          owner.buffers()
                        } noexcept -> std::convertible_to<std::span<std::span<std::byte const> const>>;
                        { owner.charge() } noexcept -> std::same_as<byte_count>;
                      };

// Where an adopted owner is released: anything that can be called, without throwing, with a move-only `void()` to run later.
struct release_in_place final {
  template <class Task>
  void operator()(Task&& task) const noexcept {
    std::forward<Task>(task)();
  }
};

namespace detail {

template <class...>
inline constexpr bool never = false;

}  // namespace detail

namespace engine {

template <frame_owner Owner, class Executor>
class adopted final : public foreign_memory {
 public:
  adopted(Owner&& owner, Executor executor) noexcept : owner_(std::move(owner)), executor_(std::move(executor)) {}
  ~adopted() override {
    if (released_) return;
    executor_([owner = std::move(owner_)]() mutable noexcept { [[maybe_unused]] Owner const last(std::move(owner)); });
  }
  [[nodiscard]] std::span<std::span<std::byte const> const> buffers() const noexcept override {
    return owner_.buffers();
  }

  // Nothing was published: the owner goes back to whoever offered it.
  void give_back(Owner& to) noexcept {
    to = std::move(owner_);
    released_ = true;
  }

 private:
  Owner owner_;
  Executor executor_;
  bool released_ = false;
};

// What can be said against an argument of adopt() while it compiles.
template <class Owner>
constexpr void require_owner() noexcept {
  static_assert(!std::is_lvalue_reference_v<Owner>,
                "framecache[P31]: adopt() takes the memory over; write adopt(std::move(owner), facts)");
  static_assert(
      frame_owner<std::remove_cvref_t<Owner>>,
      "framecache[P30]: adopt() needs a frame_owner; write a type with static constexpr bool immutable = true, "
      "buffers() const noexcept, charge() const noexcept and a noexcept move and destructor");
}

// Publishes what `owner` keeps, as the seat's source or as what its ticket loads. Not constrained: whoever calls it has asserted
// that Owner is a frame_owner, and g++ says nothing of ours for a constraint. `owner` is moved from only when the answer
// is `committed`.
template <class Owner, class Executor>
[[nodiscard]] commit_status adopt_for(seat& by, Owner& owner, frame_facts const& facts, Executor executor) noexcept {
  auto const cost = owner.charge();
  auto* const made = ::new (std::nothrow) adopted<Owner, Executor>(std::move(owner), std::move(executor));
  if (made == nullptr) return commit_status::no_room;
  std::unique_ptr<foreign_memory> memory(made);
  auto const answer = by.where.adopt(by.who, by.as_writer(), by.rendition, memory, cost, facts);
  if (memory) made->give_back(owner);
  return answer;
}

}  // namespace engine
}  // namespace v0
}  // namespace framecache

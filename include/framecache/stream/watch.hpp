// SPDX-License-Identifier: Apache-2.0
//
// A watch is a one-shot notification of a device's next frame, for as long as it lives.
#pragma once

#include <framecache/engine/store.hpp>
#include <framecache/engine/waiter.hpp>
#include <framecache/identity/strong_id.hpp>
#include <framecache/stream/seat.hpp>
#include <framecache/version.hpp>

#include <cstdint>
#include <memory>
#include <utility>

namespace framecache {
inline namespace v0 {

// Move-only. Destroying it cancels: afterwards the callback neither runs nor will, unless the callback itself destroys it.
// An empty watch has been fired already, or never was.
class [[nodiscard]] watch final {
 public:
  watch() noexcept = default;
  // Only a viewer has a seat to give.
  watch(std::unique_ptr<engine::seat> seat, std::shared_ptr<engine::waiter> w) noexcept : waiter_(std::move(w)) {
    seat_ = FRAMECACHE_DETAIL_WORD(*seat.release());
  }
  watch(watch&& other) noexcept : waiter_(std::move(other.waiter_)) {
    seat_ = std::uint64_t{other.seat_};
    other.seat_ = 0;
  }
  watch& operator=(watch&& other) noexcept {
    if (this != std::addressof(other)) {
      cancel();
      waiter_ = std::move(other.waiter_);
      seat_ = std::uint64_t{other.seat_};
      other.seat_ = 0;
    }
    return *this;
  }
  watch(watch const&) = delete;
  watch& operator=(watch const&) = delete;
  ~watch() { cancel(); }

  // What the destructor does, now. May wait for a callback that is running on another thread; never call it while holding a lock
  // that the callback takes.
  void cancel() noexcept {
    if (seat_ == 0) return;
    auto* const held = FRAMECACHE_DETAIL_AT(engine::seat, seat_);
    seat_ = 0;
    auto const w = std::move(waiter_);
    held->where.forget(held->who, held->device, w);
    w->cancel();
    held->drop();
  }

 private:
  std::shared_ptr<engine::waiter> waiter_;
  std::uint64_t seat_ : 64 = 0;
};

}  // namespace v0
}  // namespace framecache

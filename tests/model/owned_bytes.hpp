// SPDX-License-Identifier: Apache-2.0
//
// Something to adopt: an owner of one or more buffers that counts its releases and can call something when it is released.
#pragma once

#include <framecache/framecache.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fc = framecache;

namespace testing {

class owned_bytes final {
 public:
  static constexpr bool immutable = true;

  explicit owned_bytes(std::vector<std::string> texts, std::uint64_t charge = 0)
      : held_(std::make_unique<held>(std::move(texts), charge)) {}

  [[nodiscard]] std::span<std::span<std::byte const> const> buffers() const noexcept { return held_->spans; }
  [[nodiscard]] fc::byte_count charge() const noexcept { return fc::byte_count{held_->charge}; }

  [[nodiscard]] bool moved_from() const noexcept { return held_ == nullptr; }
  owned_bytes& counting(std::atomic<int>& releases) {
    held_->on_release = [&releases] { ++releases; };
    return *this;
  }
  owned_bytes& calling(std::function<void()> f) {
    held_->on_release = std::move(f);
    return *this;
  }

 private:
  struct held final {
    held(std::vector<std::string> all, std::uint64_t cost) : texts(std::move(all)), charge(cost) {
      for (auto const& each : texts) {
        spans.push_back(std::as_bytes(std::span{each.data(), each.size()}));
        if (cost == 0) charge += each.size();
      }
    }
    held(held const&) = delete;
    held& operator=(held const&) = delete;
    ~held() {
      if (on_release) on_release();
    }
    std::vector<std::string> texts;
    std::vector<std::span<std::byte const>> spans;
    std::uint64_t charge;
    std::function<void()> on_release;
  };
  std::unique_ptr<held> held_;
};

static_assert(fc::frame_owner<owned_bytes>);

// Everything a view shows, over all of its buffers.
inline std::string all_text_of(fc::frame_view const& view) {
  std::string text;
  for (auto const& each : view.buffers()) text.append(reinterpret_cast<char const*>(each.data()), each.size());
  return text;
}

}  // namespace testing

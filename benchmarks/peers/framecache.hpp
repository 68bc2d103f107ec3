// SPDX-License-Identifier: Apache-2.0
//
// framecache, used as a relay uses it: viewers and streams were opened before, each get asks through the viewer's scope (whether it
// is still live, and the whole key), takes a handle, reads it through the check at egress, touches the bytes and lets go.
#pragma once

#include <framecache/framecache.hpp>

#include <harness/adapter.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bench {

namespace fc = framecache;

// Believes "v17" and "p17": a viewer and a publisher of home 17.
class open_door final : public fc::authenticator {
 public:
  std::optional<fc::admission> authenticate(std::string_view credential) const override {
    std::uint64_t home = 0;
    auto const* const end = credential.data() + credential.size();
    if (credential.empty() || std::from_chars(credential.data() + 1, end, home).ptr != end) return std::nullopt;
    bool const publishes = credential.front() == 'p';
    return fc::admission{.tenant = fc::tenant_id{home},
                         .principal = fc::principal_id{std::uint64_t{publishes ? 8U : 7U}},
                         .role = publishes ? fc::role::publisher : fc::role::viewer,
                         .audiences = fc::audience_list::of<fc::anyone>(),
                         .devices = fc::device_list::all(),
                         .expires = fc::expiry::never()};
  }
};

[[nodiscard]] inline std::string credential_of(std::uint64_t home, char role) {
  return std::string{role}.append(std::to_string(home));
}

// One line for each set of policies that is to be compared.
struct as_shipped {
  static constexpr std::string_view name = "framecache";
  using cache = fc::frame_cache<>;
};
struct one_budget {
  static constexpr std::string_view name = "framecache, isolate<shared>";
  using cache = fc::frame_cache<fc::isolate<fc::shared>>;
};
struct in_sieve_order {
  static constexpr std::string_view name = "framecache, evict<sieve>";
  static constexpr bool another_order = true;
  using cache = fc::frame_cache<fc::evict<fc::sieve>>;
};
struct in_s3fifo_order {
  static constexpr std::string_view name = "framecache, evict<s3fifo>";
  static constexpr bool another_order = true;
  using cache = fc::frame_cache<fc::evict<fc::s3fifo>>;
};
// An order shows what it can do only where a tenant's share is not what decides: with one budget.
struct one_budget_in_sieve_order {
  static constexpr std::string_view name = "framecache, isolate<shared>, evict<sieve>";
  using cache = fc::frame_cache<fc::isolate<fc::shared>, fc::evict<fc::sieve>>;
};
struct one_budget_in_s3fifo_order {
  static constexpr std::string_view name = "framecache, isolate<shared>, evict<s3fifo>";
  using cache = fc::frame_cache<fc::isolate<fc::shared>, fc::evict<fc::s3fifo>>;
};
struct one_reactor {
  static constexpr std::string_view name = "framecache, threads<one>";
  static constexpr int most_threads = 1;
  using cache = fc::frame_cache<fc::threads<fc::one>>;
};

template <class Policies>
class framecache_adapter {
 public:
  using cache_type = typename Policies::cache;
  using viewer_type = typename cache_type::template viewer_type<>;
  using handle_type = typename cache_type::template handle_type<>;
  static constexpr std::string_view name = Policies::name;
  static constexpr kind what = kind::ours;
  static constexpr int most_threads = [] {
    if constexpr (requires { Policies::most_threads; }) return Policies::most_threads;
    return 1'024;
  }();
  [[nodiscard]] static std::string version() {
    return std::to_string(FRAMECACHE_VERSION_MAJOR) + "." + std::to_string(FRAMECACHE_VERSION_MINOR);
  }
  // One thread alone evicts as many do: its hit ratios would be the same again. The latencies of a bounded cache are those of the order
  // as shipped: to find each capacity takes longer than all of its rounds.
  [[nodiscard]] static bool takes(work const& w) {
    constexpr bool another_order = requires { Policies::another_order; };
    if (another_order && w.what == operation::tail_get_then_put) return false;
    return most_threads != 1 || !w.bounded();
  }

  struct request {
    viewer_type const* eye;
    fc::stream const* camera;
    fc::device_id device;
    fc::stream_generation generation;
  };

  explicit framecache_adapter(setting const& how) : framecache_adapter(how, capacity_for(how)) {}

  [[nodiscard]] request request_for(std::uint32_t camera) const {
    auto const& stream = streams_[camera];
    return {eyes_[homes_.tenant_of(camera)].get(), &stream, stream.device(), stream.generation()};
  }

  [[nodiscard]] bool get(request const& r) const {
    auto const held = r.eye->find(r.device, r.generation);
    if (!held) return false;
    auto const seen = r.eye->read(held);
    if (!seen) return false;
    touch(seen.bytes());
    return true;
  }

  [[nodiscard]] bool put(request const& r, bytes frame) const {
    auto draft = r.camera->stage(fc::byte_count{frame.size()});
    if (!draft) return false;
    std::memcpy(draft.bytes().data(), frame.data(), frame.size());
    return std::move(draft).commit({.size = fc::byte_count{frame.size()}}) == fc::commit_status::committed;
  }

  [[nodiscard]] std::size_t get_many(std::span<request const, batch_size> some) const {
    auto const& eye = *some.front().eye;
    std::array const places = [&]<std::size_t... I>(std::index_sequence<I...>) {
      return std::array{fc::place{some[I].device, some[I].generation}...};
    }(std::make_index_sequence<batch_size>{});
    std::size_t hits = 0;
    for (auto const& held : eye.find_many(places)) {
      auto const seen = eye.read(held);
      if (!seen) continue;
      touch(seen.bytes());
      ++hits;
    }
    return hits;
  }

  [[nodiscard]] bool open(std::uint32_t tenant) const {
    viewer_type const eye = cache_.viewer(credentials_[tenant]);
    return static_cast<bool>(eye);
  }

  // The camera comes back: its next generation, and what is older is gone.
  void reconnect(std::uint32_t camera) { streams_[camera] = begin(camera); }

  // What only the relay keeps.
  void let_go() {
    streams_.clear();
    publishers_.clear();
    eyes_.clear();
    streams_.shrink_to_fit();
  }

  [[nodiscard]] fc::cache_stats stats() const { return cache_.stats(); }
  [[nodiscard]] std::uint64_t held() const { return stats().frames; }
  [[nodiscard]] std::uint64_t capacity() const { return stats().capacity; }
  [[nodiscard]] std::uint64_t bytes_of_a_frame() const {
    auto const now = stats();
    return now.frames == 0 ? capacity() : std::max<std::uint64_t>((now.resident - without_frames_) / now.frames, 1);
  }

 private:
  framecache_adapter(setting const& how, fc::byte_count capacity)
      : homes_(how.homes),
        registry_(door_, {.names_per_tenant = how.homes.cameras}),
        cache_(registry_, {.capacity = capacity}) {
    for (std::uint64_t home = 1; home <= homes_.tenants; ++home) {
      credentials_.push_back(credential_of(home, 'v'));
      eyes_.emplace_back(new viewer_type(cache_.viewer(credentials_.back())));
      publishers_.emplace_back(new fc::publisher(cache_.publisher(credential_of(home, 'p'))));
    }
    streams_.reserve(homes_.keys());
    for (std::uint32_t camera = 0; camera != homes_.keys(); ++camera) streams_.push_back(begin(camera));
    without_frames_ = stats().resident;
  }

  [[nodiscard]] fc::stream begin(std::uint32_t camera) const {
    auto const& publisher = *publishers_[homes_.tenant_of(camera)];
    return publisher.begin(publisher.device(std::string{"camera "}.append(std::to_string(camera))));
  }

  // More than enough, however small or large a block is: two pages for each frame beyond its bytes, twice. Only what is used
  // is mapped.
  [[nodiscard]] static fc::byte_count ample(setting const& how) {
    return fc::byte_count{std::uint64_t{64} * 1024 * 1024 + std::uint64_t{how.homes.tenants} * 32 * 1024 +
                          std::uint64_t{how.homes.keys()} * 2 * (how.blob + 8 * 1024)};
  }
  // As many bytes as a cache needs for all tenants, all cameras and that many frames, evenly spread. Of the room to spare that the first
  // has, a part is set aside: the second has that much less of it.
  [[nodiscard]] static fc::byte_count capacity_for(setting const& how) {
    if (how.capacity != 0) return fc::byte_count{how.capacity};
    if (!how.bounded) return ample(how);
    return resident_within(resident_within(ample(how), how), how);
  }
  [[nodiscard]] static fc::byte_count resident_within(fc::byte_count capacity, setting const& how) {
    framecache_adapter probe(how, capacity);
    std::vector<std::byte> const frame(how.blob);
    auto const keys = std::uint64_t{how.homes.keys()};
    for (std::uint64_t i = 0; i != how.holds; ++i) {
      (void)probe.put(probe.request_for(static_cast<std::uint32_t>(i * keys / how.holds)), frame);
    }
    return fc::byte_count{probe.stats().resident};
  }

  shape const homes_;
  open_door const door_;
  fc::registry registry_;
  cache_type cache_;
  std::vector<std::string> credentials_;
  std::vector<std::unique_ptr<viewer_type>> eyes_;
  std::vector<std::unique_ptr<fc::publisher>> publishers_;
  std::vector<fc::stream> streams_;
  std::uint64_t without_frames_ = 0;
};

using framecache_fair = framecache_adapter<as_shipped>;
using framecache_shared = framecache_adapter<one_budget>;
using framecache_one = framecache_adapter<one_reactor>;
using framecache_sieve = framecache_adapter<in_sieve_order>;
using framecache_s3fifo = framecache_adapter<in_s3fifo_order>;
using framecache_shared_sieve = framecache_adapter<one_budget_in_sieve_order>;
using framecache_shared_s3fifo = framecache_adapter<one_budget_in_s3fifo_order>;

// What the relay's own code costs when a viewer is opened: the report takes it away from what opening costs.
class framecache_door final {
 public:
  using request = std::uint32_t;
  static constexpr std::string_view name = "framecache, the authenticator alone";
  static constexpr kind what = kind::reference;
  static constexpr bool keeps_frames = false;
  [[nodiscard]] static std::string version() { return {}; }
  [[nodiscard]] static bool takes(work const& w) { return w.what == operation::open; }

  explicit framecache_door(setting const& how) {
    for (std::uint64_t home = 1; home <= how.homes.tenants; ++home) credentials_.push_back(credential_of(home, 'v'));
  }
  [[nodiscard]] request request_for(std::uint32_t camera) const { return camera; }
  [[nodiscard]] bool get(request const&) const { return false; }
  [[nodiscard]] bool open(std::uint32_t tenant) const {
    fc::authenticator const* asked = &door_;
    asm volatile("" : "+r"(asked));  // a virtual call, as the registry makes it
    return asked->authenticate(credentials_[tenant]).has_value();
  }

 private:
  open_door const door_;
  std::vector<std::string> credentials_;
};

// Borrows for the length of a callback instead of taking a handle.
class framecache_peek final : public framecache_fair {
 public:
  using framecache_fair::framecache_fair;
  static constexpr std::string_view name = "framecache, peek";
  [[nodiscard]] static bool takes(work const& w) { return w.what == operation::get || w.what == operation::tail; }

  [[nodiscard]] bool get(request const& r) const {
    auto const look = [](fc::frame_view const& seen) { touch(seen.bytes()); };
    return r.eye->peek(r.device, r.generation, look) == fc::lookup_status::hit;
  }
};

[[nodiscard]] inline bool is_about_frames(work const& w) { return w.what == operation::put; }

// The frame has been received into the relay's own memory before.
class framecache_copying final : public framecache_fair {
 public:
  using framecache_fair::framecache_fair;
  static constexpr std::string_view name = "framecache, copying put";
  [[nodiscard]] static bool takes(work const& w) { return is_about_frames(w); }

  [[nodiscard]] bool put(request const& r, bytes frame) const {
    thread_local std::vector<std::byte> received;
    received.assign(frame.begin(), frame.end());
    return framecache_fair::put(r, received);
  }
};

// The frame stays where it was received: in an allocation that the cache takes over.
class framecache_adopting final : public framecache_fair {
 public:
  using framecache_fair::framecache_fair;
  static constexpr std::string_view name = "framecache, adopt";
  [[nodiscard]] static bool takes(work const& w) { return is_about_frames(w); }

  [[nodiscard]] bool put(request const& r, bytes frame) const {
    return r.camera->adopt(received{frame}, {}) == fc::commit_status::committed;
  }

 private:
  class received final {
   public:
    static constexpr bool immutable = true;
    explicit received(bytes from) : owner_(blob::copy_of(from)), view_{owner_->view()} {}
    [[nodiscard]] std::span<bytes const> buffers() const noexcept { return view_; }
    [[nodiscard]] fc::byte_count charge() const noexcept { return fc::byte_count{view_.front().size() + sizeof(blob)}; }

   private:
    std::unique_ptr<blob> owner_;
    std::array<bytes, 1> view_;
  };
};

}  // namespace bench

// SPDX-License-Identifier: Apache-2.0
//
// The same lookup twice: as a viewer makes it, and as code with raw integers would make it on the same data structures. What
// the first has beyond the second is what isolation costs: the scope and its switches, the device list, the seals of scope and
// handle, the tenant's epoch, the check at egress. tests/object_code/run counts instructions of both.
//
//   lookups MODE COUNT   makes COUNT lookups; the modes are scoped, raw, scoped_read and raw_read
//   lookups time         nanoseconds of each mode, medians of interleaved rounds
//
// No function of the library takes bare key words, so the raw lookup is written here. It must do what house::find and house::unpin
// do for a hit and no more: the newest frame of the device by its whole key, a pin by compare-and-swap, the key compared again, the
// stamp of use, the pin let go of. It names its room itself, as code with raw integers would.
#include <framecache/framecache.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace fc = framecache;
namespace core = framecache::core;
namespace engine = framecache::engine;

#if defined(FRAMECACHE_FLAT)
// For objdump: everything that can be is inlined into the one function that is counted.
#define COUNTED extern "C" __attribute__((noinline, flatten))
#else
#define COUNTED extern "C" __attribute__((noinline))
#endif

namespace {

using cache_type = fc::frame_cache<>;
using viewer_type = cache_type::viewer_type<>;

constexpr std::uint64_t devices = 64;
constexpr std::uint64_t frame_bytes = 1024;

struct anybody final : fc::authenticator {
  std::optional<fc::admission> authenticate(std::string_view credential) const override {
    return fc::admission{.tenant = fc::tenant_id{std::uint64_t{1}},
                         .principal = fc::principal_id{std::uint64_t{1}},
                         .role = credential == "viewer" ? fc::role::viewer : fc::role::publisher,
                         .audiences = fc::audience_list::of<fc::anyone>(),
                         .devices = fc::device_list::all(),
                         .expires = fc::expiry::never()};
  }
};

struct asked final {
  std::uint64_t device;
  std::uint64_t generation;
};

// A room of raw integers, filled like the cache's: the same directory, entries of the same memory, the same order of use.
struct raw_room final {
  static constexpr std::uint64_t label = 1;

  explicit raw_room(std::vector<asked> const& like) {
    for (auto const& each : like) add(each);
  }
  raw_room(raw_room const&) = delete;
  raw_room& operator=(raw_room const&) = delete;
  ~raw_room() = default;

  void add(asked const& each) {
    constexpr auto whole = engine::padded(frame_bytes) + engine::entry_bytes;
    auto* const at = purse.small.take(purse.small.class_for_frame(whole));
    auto* const record = purse.small.take(fc::memory::record_class);
    if (at == nullptr || record == nullptr) std::abort();
    auto& words = *fc::base::object_in_zeroed_pages<engine::device_words>(record);
    engine::device_directory::page_charge page(devices, each.device);
    if (!page || !devices.add(each.device, label, words, page)) std::abort();
    auto& e = *fc::base::object_in_zeroed_pages<engine::entry>(at);
    e.name(core::key{label, fc::device_id{std::uint64_t{each.device}},
                     fc::stream_generation{std::uint64_t{each.generation}}, fc::rendition::source()});
    e.resize(frame_bytes);
    e.meta.store(engine::meta::linked);
    std::memset(e.payload(), 1, frame_bytes);
    devices.show(each.device, label, e);
  }

  fc::base::sharing const sharing = fc::base::sharing::many_threads;
  fc::policy::eviction const evict = fc::policy::eviction::lru;
  fc::base::atomic<std::uint64_t> tick{1};
  fc::memory::arena arena{std::uint64_t{1} << 20, false, sharing};
  engine::purse purse{std::uint64_t{1} << 22, std::uint64_t{1} << 22, arena, true, false, sharing};
  engine::device_directory devices{purse.account, false, sharing};
};

inline void raw_drop(raw_room const& in, engine::entry& held) {
  std::uint64_t before = 0;
  if (in.sharing == fc::base::sharing::one_thread) {
    before = held.meta.load(std::memory_order_relaxed);
    held.meta.store(before - engine::meta::one_pin, std::memory_order_relaxed);
  } else {
    before = held.meta.fetch_sub(engine::meta::one_pin, std::memory_order_acq_rel);
  }
  // The frame would be freed here.
  if (!engine::meta::is_linked(before) && engine::meta::pins(before) == 1) std::abort();
}

inline engine::entry* raw_find(raw_room const& in, std::uint64_t label, std::uint64_t device, std::uint64_t generation,
                               fc::rendition which) {
  core::key const k{label, fc::device_id{std::uint64_t{device}}, fc::stream_generation{std::uint64_t{generation}},
                    which};
  auto* const e = engine::device_word::newest_of(in.devices.word_of(device), label);
  if (e == nullptr) return nullptr;
  __builtin_prefetch(reinterpret_cast<std::byte const*>(e) + engine::entry_bytes);
  if (!engine::try_pin(*e, in.sharing == fc::base::sharing::one_thread)) return nullptr;
  if (!e->has(k)) {
    raw_drop(in, *e);
    return nullptr;
  }
  engine::mark_used(*e, in.evict, in.tick.load(std::memory_order_relaxed));
  return e;
}

}  // namespace

COUNTED bool scoped_lookup(viewer_type const& eye, std::uint64_t device, std::uint64_t generation) {
  auto const held = eye.find(fc::device_id{std::uint64_t{device}}, fc::stream_generation{std::uint64_t{generation}});
  return static_cast<bool>(held);
}
COUNTED bool raw_lookup(raw_room const& in, std::uint64_t device, std::uint64_t generation) {
  auto* const held = raw_find(in, raw_room::label, device, generation, fc::rendition::source());
  if (held == nullptr) return false;
  raw_drop(in, *held);
  return true;
}
COUNTED bool scoped_lookup_and_read(viewer_type const& eye, std::uint64_t device, std::uint64_t generation) {
  auto const held = eye.find(fc::device_id{std::uint64_t{device}}, fc::stream_generation{std::uint64_t{generation}});
  auto const view = eye.read(held);
  auto const bytes = view.bytes();
  return !bytes.empty() && bytes.back() != std::byte{0};
}
COUNTED bool raw_lookup_and_read(raw_room const& in, std::uint64_t device, std::uint64_t generation) {
  auto* const held = raw_find(in, raw_room::label, device, generation, fc::rendition::source());
  if (held == nullptr) return false;
  std::span<std::byte const> bytes;
  if (!held->is_foreign()) bytes = {held->payload(), static_cast<std::size_t>(held->size())};
  bool const any = !bytes.empty() && bytes.back() != std::byte{0};
  raw_drop(in, *held);
  return any;
}

namespace {

struct stage final {
  anybody check;
  fc::registry homes{check};
  cache_type cache{homes, {.capacity = fc::mebibytes{4}}};
  fc::publisher camera{cache.publisher("publisher")};
  viewer_type eye{cache.viewer("viewer")};
  std::vector<fc::stream> streams;
  std::vector<asked> places;

  stage() {
    for (std::uint64_t i = 0; i != devices; ++i) {
      streams.push_back(camera.begin(camera.device("camera " + std::to_string(i))));
      auto draft = streams.back().stage(fc::byte_count{frame_bytes});
      std::memset(draft.bytes().data(), 1, frame_bytes);
      if (std::move(draft).commit({.size = fc::byte_count{frame_bytes}}) != fc::commit_status::committed) std::abort();
      places.push_back({streams.back().device().value(), streams.back().generation().value()});
    }
  }
};

enum mode : std::size_t { scoped, raw, scoped_read, raw_read, modes };
constexpr std::array<std::string_view, modes> mode_names{"scoped", "raw", "scoped_read", "raw_read"};

std::uint64_t look(mode how, stage const& s, raw_room const& twin, std::uint64_t count) {
  std::uint64_t hits = 0;
  for (std::uint64_t i = 0; i != count; ++i) {
    // A stride that visits every device and never the same twice in a row.
    auto const [device, generation] = s.places[i * 37 % devices];
    bool hit = false;
    switch (how) {
      case scoped: hit = scoped_lookup(s.eye, device, generation); break;
      case raw: hit = raw_lookup(twin, device, generation); break;
      case scoped_read: hit = scoped_lookup_and_read(s.eye, device, generation); break;
      default: hit = raw_lookup_and_read(twin, device, generation); break;
    }
    hits += hit ? 1 : 0;
  }
  return hits;
}

double median(std::vector<double> of) {
  std::sort(of.begin(), of.end());
  return of[of.size() / 2];
}

int print_times(stage const& s, raw_room const& twin) {
  constexpr std::uint64_t each = 20'000;
  std::array<std::vector<double>, modes> took;
  for (int round = 0; round != 101; ++round) {
    for (std::size_t m = 0; m != modes; ++m) {
      auto const how = static_cast<mode>((m + static_cast<std::size_t>(round)) % modes);
      auto const began = std::chrono::steady_clock::now();
      if (look(how, s, twin, each) != each) return 1;
      auto const ns = std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - began).count();
      took[how].push_back(ns / each);
    }
  }
  for (std::size_t m = 0; m != modes; ++m) std::printf("%s %.1f ns\n", mode_names[m].data(), median(took[m]));
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  stage const s;
  auto const twin = std::make_unique<raw_room>(s.places);
  if (argc == 2 && std::string_view{argv[1]} == "time") return print_times(s, *twin);
  auto const found = argc == 3 ? std::find(mode_names.begin(), mode_names.end(), argv[1]) : mode_names.end();
  if (found == mode_names.end()) {
    std::fprintf(stderr, "usage: lookups scoped|raw|scoped_read|raw_read COUNT, or lookups time\n");
    return 2;
  }
  auto const count = std::strtoull(argv[2], nullptr, 10);
  auto const hits = look(static_cast<mode>(found - mode_names.begin()), s, *twin, count);
  if (hits != count) std::fprintf(stderr, "%llu lookups missed\n", count - hits);
  return hits == count ? 0 : 1;
}

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
// do and no more: a lock, the device's live generation, the index by the whole key, the order of use, pins and counters.
#include <framecache/framecache.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <optional>
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

// A room of raw integers, filled like the cache's.
struct raw_room final {
  static constexpr std::uint64_t slot = 0;
  static constexpr std::uint64_t label = 1;

  raw_room(engine::house& in, std::vector<asked> const& like) : home(in) {
    auto owned = std::make_unique<engine::room>(home, fc::tenant_id{std::uint64_t{1}}, lane, purse, 0, label,
                                                fc::budget{}, engine::key_hash{&engine::hash_with_xxh3, &secret});
    at = owned.get();
    if (!directory.place(slot, *at)) std::abort();
    rooms.push_back(std::move(owned));
    fc::base::mutex_lock const lock(at->place.lock);
    for (auto const& each : like) add(each);
  }
  raw_room(raw_room const&) = delete;
  raw_room& operator=(raw_room const&) = delete;
  ~raw_room() {
    for (auto* const f : frames) f->~frame();
    for (auto* const block : blocks) std::free(block);
  }

  void add(asked const& each) ABSL_EXCLUSIVE_LOCKS_REQUIRED(at->place.lock) {
    auto d = std::make_unique<engine::device_state>(fc::device_id{std::uint64_t{each.device}});
    d->generation = each.generation;
    // Where a frame lies in the cache: at the start of a page, its bytes behind it.
    blocks.push_back(std::aligned_alloc(4096, 4096));
    core::key const k{label, d->id, fc::stream_generation{std::uint64_t{each.generation}}, fc::rendition::source()};
    auto* const f = ::new (blocks.back()) engine::frame{k, *at, {}, frame_bytes, 4096};
    auto* const payload = static_cast<std::byte*>(blocks.back()) + engine::frame_header;
    std::memset(payload, 1, frame_bytes);
    f->own = {payload, frame_bytes};
    f->size = frame_bytes;
    f->device = d.get();
    f->linked = true;
    at->place.order.add_newest(*f);
    at->index.emplace(f->key, f);
    at->devices.emplace(each.device, std::move(d));
    frames.push_back(f);
  }

  engine::house& home;
  fc::hash_secret const secret = engine::fresh_secret();
  engine::lane lane{fc::base::sharing::many_threads};
  fc::memory::arena arena{std::uint64_t{1} << 20, fc::base::sharing::many_threads};
  engine::purse purse{std::uint64_t{1} << 20, arena, true, fc::base::sharing::many_threads};
  std::vector<std::unique_ptr<engine::room>> rooms;
  engine::room* at = nullptr;
  engine::room_directory directory;
  std::vector<engine::frame*> frames;
  std::vector<void*> blocks;
};

inline engine::device_state* owner(engine::room& r, core::key const& k) ABSL_EXCLUSIVE_LOCKS_REQUIRED(r.place.lock) {
  auto const found = r.devices.find(k.device().value());
  return found == r.devices.end() ? nullptr : found->second.get();
}

inline engine::frame* raw_find(engine::room_directory const& directory, std::uint64_t slot, std::uint64_t label,
                               std::uint64_t device, std::uint64_t generation, fc::rendition which) {
  engine::room* const r = directory.find(slot);
  if (r == nullptr) return nullptr;
  fc::base::mutex_lock const lock(r->place.lock);
  auto const d = r->devices.find(device);
  if (d == r->devices.end() || generation < d->second->generation) {
    ++r->counters.absent;
    return nullptr;
  }
  auto const found = r->index.find(
      core::key{label, fc::device_id{std::uint64_t{device}}, fc::stream_generation{std::uint64_t{generation}}, which});
  if (found == r->index.end()) {
    ++r->counters.absent;
    return nullptr;
  }
  auto& f = *found->second;
  r->place.order.touch(f);
  ++r->handles;
  if (f.pins++ == 0) {
    if (auto* const of = owner(*r, f.key)) {
      r->pinned += f.charge;
      of->pinned += f.charge;
    }
  }
  ++r->counters.hits;
  return &f;
}

inline void raw_drop(engine::frame& held) {
  engine::room& r = held.home;
  auto const k = held.key;
  auto const cost = held.charge;
  fc::base::mutex_lock const lock(r.place.lock);
  if (!held.linked && held.pins == 1) std::abort();  // the frame would be freed here
  if (--held.pins == 0) {
    if (auto* const of = owner(r, k)) {
      r.pinned -= cost;
      of->pinned -= cost;
    }
  }
  if (--r.handles == 0) r.released.notify_all();
}

}  // namespace

COUNTED bool scoped_lookup(viewer_type const& eye, std::uint64_t device, std::uint64_t generation) {
  auto const held = eye.find(fc::device_id{std::uint64_t{device}}, fc::stream_generation{std::uint64_t{generation}});
  return static_cast<bool>(held);
}
COUNTED bool raw_lookup(engine::room_directory const& directory, std::uint64_t device, std::uint64_t generation) {
  auto* const held = raw_find(directory, raw_room::slot, raw_room::label, device, generation, fc::rendition::source());
  if (held == nullptr) return false;
  raw_drop(*held);
  return true;
}
COUNTED bool scoped_lookup_and_read(viewer_type const& eye, std::uint64_t device, std::uint64_t generation) {
  auto const held = eye.find(fc::device_id{std::uint64_t{device}}, fc::stream_generation{std::uint64_t{generation}});
  auto const view = eye.read(held);
  auto const bytes = view.bytes();
  return !bytes.empty() && bytes.back() != std::byte{0};
}
COUNTED bool raw_lookup_and_read(engine::room_directory const& directory, std::uint64_t device,
                                 std::uint64_t generation) {
  auto* const held = raw_find(directory, raw_room::slot, raw_room::label, device, generation, fc::rendition::source());
  if (held == nullptr) return false;
  auto const bytes = held->buffers().empty() ? std::span<std::byte const>{} : held->buffers().front();
  bool const any = !bytes.empty() && bytes.back() != std::byte{0};
  raw_drop(*held);
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
  // The twin's room names an engine and never goes to it; only a store can build one.
  alignas(engine::house) std::byte nowhere[sizeof(engine::house)] = {};

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
      case raw: hit = raw_lookup(twin.directory, device, generation); break;
      case scoped_read: hit = scoped_lookup_and_read(s.eye, device, generation); break;
      default: hit = raw_lookup_and_read(twin.directory, device, generation); break;
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
  auto twin =
      std::make_unique<raw_room>(*reinterpret_cast<engine::house*>(const_cast<std::byte*>(s.nowhere)), s.places);
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

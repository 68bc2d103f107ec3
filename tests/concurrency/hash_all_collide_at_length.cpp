// SPDX-License-Identifier: Apache-2.0
//
// I1 at length: a hash under which every key collides, and lookups while frames come, go and are superseded. A lookup counts when
// it reaches the index, where the other pictures of its home stand in its way. 10^8 of them where the code is optimised and
// FRAMECACHE_LONG says so.
#include <doctest/doctest.h>

#include "model/stamped.hpp"

#include <array>
#include <cstdlib>
#include <deque>
#include <string_view>

namespace {

struct colliding final {
  static std::uint64_t hash(fc::hash_words const&, fc::hash_secret const&) noexcept { return 0; }
};
using colliding_cache = fc::frame_cache<fc::hash<colliding>>;

constexpr std::uint64_t colliding_homes = 4;
constexpr std::uint64_t cameras_at_home = 3;
constexpr unsigned colliding_threads = 2;

// The last one is never published: a lookup of it passes all the others and must end with nothing.
std::array const pictures{fc::rendition::source(), fc::rendition{320, 180, fc::rotation::none},
                          fc::rendition{180, 320, fc::rotation::quarter}, fc::rendition{320, 180, fc::rotation::half}};
constexpr std::uint64_t published = 3;

std::uint64_t wanted_lookups() {
#if defined(NDEBUG)
  char const* const asked = std::getenv("FRAMECACHE_LONG");
  if (asked != nullptr && std::string_view{asked} == "yes") return 100'000'000;
  return 2'000'000;
#else
  return 20'000;
#endif
}

// One home. Its streams belong to one thread; its viewer and the names of its cameras to all.
struct colliding_home final {
  colliding_home(colliding_cache& cache, testing::book& book, std::uint64_t which)
      : number(which), camera(cache.publisher(book.publisher(which))), eye(cache.viewer(book.viewer(which))) {
    for (std::uint64_t device = 0; device != cameras_at_home; ++device) {
      ids.push_back(*camera.device("camera " + std::to_string(device)));
      streams.push_back(camera.begin(ids.back()));
      publish_all(device, 0);
    }
  }

  std::uint64_t const number;
  fc::publisher camera;
  colliding_cache::viewer_type<> eye;
  std::vector<fc::device_id> ids;
  std::vector<fc::stream> streams;

  // The number of a frame says which picture it is, so that its bytes do.
  void publish(std::uint64_t device, std::uint64_t round, std::uint64_t picture) {
    static_cast<void>(testing::put_stamped(streams[device], number, round * 4 + picture, 2 * sizeof(testing::stamp),
                                           pictures[picture]));
  }
  void publish_all(std::uint64_t device, std::uint64_t round) {
    for (std::uint64_t p = 0; p != published; ++p) publish(device, round, p);
  }
};

struct tally_of_lookups final {
  std::uint64_t collided = 0;
  std::uint64_t hits = 0;
};

// One lookup of one picture; whatever it yields must be exactly what was asked for.
void look_everywhere(colliding_home const& at, std::uint64_t device, std::uint64_t picture, testing::faults& found,
                     tally_of_lookups& sum) {
  auto const live = at.eye.current(at.ids[device]);
  if (!live) return found.note("a camera that streams has no generation");
  auto const handle = at.eye.find(at.ids[device], *live, pictures[picture]);
  if (handle.why() != fc::lookup_status::superseded) ++sum.collided;
  if (!handle) return;
  ++sum.hits;
  auto const view = at.eye.read(handle);
  found.look_once(view, at.number, at.ids[device].value());
  testing::stamp s{};
  std::memcpy(&s, view.bytes().data(), sizeof s);
  if (s.number % 4 != picture || !view.is_rendition(pictures[picture])) found.note("I1: another picture");
  if (s.generation != live->value()) found.note("I1: another generation");
}

void reconnect(colliding_home& at, std::uint64_t device, std::uint64_t round, testing::faults& found) {
  auto const before = at.streams[device].generation();
  at.streams[device] = at.camera.begin(at.ids[device]);
  for (auto const which : pictures) {
    if (at.eye.find(at.ids[device], before, which)) found.note("I6: a superseded picture");
  }
  at.publish_all(device, round);
}

tally_of_lookups work(std::deque<colliding_home>& all, unsigned thread, std::uint64_t wanted, testing::faults& found) {
  testing::numbers random{thread + 1};
  tally_of_lookups sum;
  for (std::uint64_t round = 1; sum.collided < wanted; ++round) {
    auto& own = all[random.below(colliding_homes / colliding_threads) * colliding_threads + thread];
    auto const device = random.below(cameras_at_home);
    if (round % 64 == 0) reconnect(own, device, round, found);
    own.publish(device, round, random.below(published));
    auto const& stranger =
        all[random.below(colliding_homes / colliding_threads) * colliding_threads + (thread + 1) % colliding_threads];
    if (stranger.eye.find(own.ids[device], own.streams[device].generation())) ++found.foreign;
    for (int i = 0; i != 256; ++i) {
      look_everywhere(all[random.below(colliding_homes)], random.below(cameras_at_home), random.below(pictures.size()),
                      found, sum);
    }
  }
  return sum;
}

}  // namespace

TEST_CASE("two threads: however many lookups collide, none finds a frame that was not asked for (I1)") {
  testing::book book;
  fc::registry registry{book};
  colliding_cache cache{registry, {.capacity = fc::mebibytes{4}}};
  std::deque<colliding_home> all;
  for (std::uint64_t n = 1; n <= colliding_homes; ++n) all.emplace_back(cache, book, n);
  testing::faults found;
  std::array<tally_of_lookups, colliding_threads> sums;
  testing::in_threads(colliding_threads,
                      [&](unsigned i) { sums[i] = work(all, i, wanted_lookups() / colliding_threads, found); });
  tally_of_lookups whole;
  for (auto const& each : sums) {
    whole.collided += each.collided;
    whole.hits += each.hits;
  }
  MESSAGE(whole.collided, " colliding lookups, ", whole.hits, " hits, ", found.foreign.load(), " foreign");
  CHECK(whole.collided >= wanted_lookups());
  CHECK(whole.hits > whole.collided / 2);
  CHECK(found.foreign == 0);
  CHECK(found.torn == 0);
  CHECK_MESSAGE(found.other == 0, std::string(found.first_other.load()));
  CHECK(cache.audit().ok);
}

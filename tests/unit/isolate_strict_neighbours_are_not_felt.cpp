// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "model/owned_bytes.hpp"
#include "support/homes.hpp"

#include <memory>
#include <random>
#include <sstream>

namespace {

using walled_cache = fc::frame_cache<fc::isolate<fc::strict>>;

// What one home does, chosen by a seed, and every answer that it gets. Generations and ids differ from run to run; statuses,
// contents and counts must not.
class walled_home {
 public:
  walled_home(walled_cache& cache, testing::book& book, std::uint64_t number, std::uint64_t seed)
      : camera_{cache.publisher(book.publisher(number))},
        eye_{cache.viewer(book.viewer(number))},
        boss_{cache.steward(book.steward(number))},
        random_{seed} {}

  void act() {
    auto const name = "camera " + std::to_string(below(4));
    auto const device = camera_.device(name);
    said_ << fc::to_string(device.why()) << ' ';
    switch (below(8)) {
      case 0: streams_.push_back(camera_.begin(device)); break;
      case 1: said_ << boss_.retire(*device).wiped << ' '; break;
      case 2: {
        auto draft = pick().stage(fc::byte_count{1 + below(90'000)});
        said_ << fc::to_string(draft.why()) << ' ';
        drafts_.push_back(std::move(draft));
        if (drafts_.size() > 3) drafts_.erase(drafts_.begin());
        break;
      }
      case 3: {
        auto found = eye_.latest(*device, fc::any_age);
        said_ << fc::to_string(found.why()) << ' ' << eye_.read(found).size().value() << ' ';
        held_.push_back(std::move(found));
        if (held_.size() > 3) held_.erase(held_.begin());
        break;
      }
      case 4: said_ << fc::to_string(pick().adopt(testing::owned_bytes{{"packet"}, below(30'000)}, {})) << ' '; break;
      default: {
        auto const& stream = pick();
        said_ << fc::to_string(testing::put(stream, std::string(1 + below(40'000), 'x'))) << ' ';
        said_ << fc::to_string(eye_.find(stream.device(), stream.generation()).why()) << ' ';
      }
    }
    if (streams_.size() > 6) streams_.erase(streams_.begin());
    auto const now = boss_.counts();
    said_ << now.frames << ' ' << now.charged << ' ' << now.evictions << ' ' << now.hits << '\n';
  }
  [[nodiscard]] std::string said() const { return said_.str(); }

 private:
  std::uint64_t below(std::uint64_t n) { return random_() % n; }
  fc::stream const& pick() {
    if (streams_.empty()) streams_.push_back(camera_.begin(camera_.device("camera 0")));
    return streams_[below(streams_.size())];
  }

  fc::publisher camera_;
  walled_cache::viewer_type<> eye_;
  fc::steward boss_;
  std::mt19937_64 random_;
  std::vector<fc::stream> streams_;
  std::vector<fc::draft> drafts_;
  std::vector<walled_cache::handle_type<>> held_;
  std::ostringstream said_;
};

std::string told_to_the_quiet_home(bool with_a_neighbour) {
  testing::book book;
  fc::registry homes{book};
  walled_cache cache{homes, {.capacity = fc::mebibytes{2}, .tenant_partition = fc::kibibytes{256}}};
  walled_home quiet{cache, book, 1, 5};
  std::optional<walled_home> busy;
  if (with_a_neighbour) busy.emplace(cache, book, 2, 6);
  auto ops = cache.admin(book.admin());
  bool pressed = false;
  for (int i = 0; i != 600; ++i) {
    quiet.act();
    for (int j = 0; busy && j != 5; ++j) busy->act();
    if (busy && i % 97 == 96) {
      pressed = pressed || busy->said().find("no_room") != std::string::npos;
      busy.reset();
      REQUIRE(ops.revoke(testing::tenant(2)).status == fc::order_status::done);
      busy.emplace(cache, book, 2, 6 + static_cast<std::uint64_t>(i));
    }
  }
  CHECK(pressed == with_a_neighbour);  // it did press against its own walls
  CHECK(cache.audit().ok);
  CHECK(cache.stats().evictions > 0);
  return quiet.said();
}

}  // namespace

TEST_CASE(
    "strict: a home gets the same answers, evictions and counts whether its neighbour rages or is not there (I11)") {
  auto const alone = told_to_the_quiet_home(false);
  CHECK(alone.find("committed") != std::string::npos);
  CHECK(alone.find("no_room") != std::string::npos);
  CHECK(told_to_the_quiet_home(true) == alone);
}

TEST_CASE(
    "strict: a tenant whose partition is not there is refused when it comes, and nobody loses a frame for it (I11)") {
  testing::book book;
  fc::registry homes{book};
  walled_cache cache{homes, {.capacity = fc::mebibytes{1}, .tenant_partition = fc::kibibytes{300}}};
  std::uint64_t admitted = 0;
  for (std::uint64_t n = 1; n <= 6; ++n) {
    auto camera = cache.publisher(book.publisher(n));
    if (!camera) {
      CHECK(camera.why() == fc::refusal::no_room);
      CHECK(camera.begin(fc::device_id{std::uint64_t{1}}).why() == fc::begin_status::no_room);
      continue;
    }
    ++admitted;
    auto stream = camera.begin(camera.device("porch"));
    REQUIRE(testing::put(stream, std::string(200'000, 'x')) == fc::commit_status::committed);
  }
  CHECK(admitted == 3);
  CHECK(cache.stats().frames == 3);
  CHECK(cache.stats().evictions == 0);
}

// SPDX-License-Identifier: Apache-2.0
//
// The policies of a cache are types: what is unknown, given twice or not built yet does not compile. Four relays, four
// policies, and what each changes.
#include <framecache/framecache.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace fc = framecache;

namespace {

int surprises = 0;

// Prints what happened and remembers whether that is what this example says.
void show(char const* what, std::string_view got, std::string_view expected) {
  std::printf("  %-64s %.*s\n", what, static_cast<int>(got.size()), got.data());
  if (got == expected) return;
  std::printf("    expected %.*s\n", static_cast<int>(expected.size()), expected.data());
  ++surprises;
}

// An audience is a place where frames go, here a partner's display. Its name is what an admission lists and a switch turns.
struct nest_hub {
  static constexpr std::string_view audience = "nest_hub";
};

// Credentials of this example: the first letter is the role (v, p, s, a), the second the home.
class token_check final : public fc::authenticator {
 public:
  std::optional<fc::admission> authenticate(std::string_view credential) const override {
    if (credential.size() != 2) return std::nullopt;
    constexpr std::string_view letters = "vpsa";
    auto const role = letters.find(credential[0]);
    if (role == std::string_view::npos) return std::nullopt;
    return fc::admission{
        .tenant = fc::tenant_id{static_cast<std::uint64_t>(credential[1] - '0')},
        .principal = fc::principal_id{std::uint64_t{1}},
        .role = static_cast<fc::role>(role),
        .audiences = fc::audience_list::of<fc::anyone, nest_hub>(),
        .devices = fc::device_list::all(),
        .expires = fc::expiry::never(),
    };
  }
};

// Stages and commits `size` bytes of one letter.
fc::commit_status put(fc::stream const& stream, fc::byte_count size, char letter) {
  auto draft = stream.stage(size);
  if (!draft) return draft.why();
  std::fill(draft.bytes().begin(), draft.bytes().end(), static_cast<std::byte>(letter));
  return std::move(draft).commit({.size = size});
}

// Commits `frames` pictures of 64 KiB, each as a derived picture of its own, so that all of them can stay.
void flood(fc::stream const& stream, std::uint16_t frames) {
  for (std::uint16_t i = 0; i != frames; ++i) {
    fc::byte_count const size = fc::kibibytes{64};
    auto draft = stream.stage(size, fc::rendition{i, 1, fc::rotation::none});
    if (draft) static_cast<void>(std::move(draft).commit({.size = size}));
  }
}

// How home 1's only frame fares while home 2 floods a cache of 4 MiB: "hit" if it stays.
template <class Cache>
std::string_view after_a_neighbours_flood(fc::registry& homes, fc::config how) {
  Cache const cache{homes, std::move(how)};
  auto const quiet = cache.publisher("p1");
  auto const loud = cache.publisher("p2");
  auto const still = quiet.begin(quiet.device("hall"));
  auto const noise = loud.begin(loud.device("fair"));
  if (put(still, fc::kibibytes{64}, 'q') != fc::commit_status::committed) return "not committed";
  flood(noise, 200);
  auto const eye = cache.viewer("v1");
  return fc::to_string(eye.find(still.device(), still.generation()).why());
}

void isolation(fc::registry& homes) {
  std::puts("isolate<>: home 1 has one frame, home 2 publishes 12 MiB; home 1's frame is");
  show("fair: evicted last, home 1 is below its share",
       after_a_neighbours_flood<fc::frame_cache<fc::isolate<fc::fair>>>(homes, {.capacity = fc::mebibytes{4}}), "hit");
  show("strict: a partition each, nothing that home 2 does is felt",
       after_a_neighbours_flood<fc::frame_cache<fc::isolate<fc::strict>>>(
           homes, {.capacity = fc::mebibytes{8}, .tenant_partition = fc::mebibytes{2}}),
       "hit");
  show("shared: one budget, the oldest of all leaves first",
       after_a_neighbours_flood<fc::frame_cache<fc::isolate<fc::shared>>>(homes, {.capacity = fc::mebibytes{4}}),
       "absent");
}

// What a viewer gets between a camera's reconnect and its first picture.
template <class Cache>
void reconnect(fc::registry& homes, std::string_view expected, bool marked) {
  Cache const cache{homes, {.capacity = fc::mebibytes{4}}};
  auto const camera = cache.publisher("p1");
  auto stream = camera.begin(camera.device("hall"));
  static_cast<void>(put(stream, fc::kibibytes{1}, 'a'));
  stream = camera.begin(stream.device());

  auto const eye = cache.viewer("v1");
  auto const last = eye.latest(stream.device(), fc::any_age);
  show("latest() after the camera reconnected", fc::to_string(last.why()), expected);
  show("marked as stale", eye.read(last).stale() ? "yes" : "no", marked ? "yes" : "no");
  show("find() of the new generation, which never bends",
       fc::to_string(eye.find(stream.device(), stream.generation()).why()), "absent");
}

// A frame that somebody else's memory holds: adopt() takes it without a copy.
class loan final {
 public:
  static constexpr bool immutable = true;
  [[nodiscard]] std::span<std::span<std::byte const> const> buffers() const noexcept { return {&whole, 1}; }
  [[nodiscard]] fc::byte_count charge() const noexcept { return fc::byte_count{sizeof picture}; }

 private:
  static constexpr std::byte picture[4]{};
  static constexpr std::span<std::byte const> whole{picture};
};

void scrubbing(fc::registry& homes) {
  std::puts("scrub<on_release>: memory is zeroed at every release, so memory that cannot be wiped is not taken");
  using wiping_cache = fc::frame_cache<fc::scrub<fc::on_release>>;
  wiping_cache const cache{homes, {.capacity = fc::mebibytes{4}}};
  auto const camera = cache.publisher("p1");
  auto const stream = camera.begin(camera.device("hall"));
  show("adopt()", fc::to_string(stream.adopt(loan{}, {})), "unscrubbable");
  show("stage() and commit()", fc::to_string(put(stream, fc::kibibytes{1}, 'a')), "committed");
}

void switches(fc::registry& homes) {
  std::puts("audiences<anyone, nest_hub>: one integration is switched off, everybody's frames stay");
  using relay_cache = fc::frame_cache<fc::audiences<fc::anyone, nest_hub>>;
  relay_cache const cache{homes, {.capacity = fc::mebibytes{4}}};
  auto const camera = cache.publisher("p1");
  auto const stream = camera.begin(camera.device("hall"));
  static_cast<void>(put(stream, fc::kibibytes{1}, 'a'));

  auto const phone = cache.viewer("v1");
  auto const display = cache.viewer<nest_hub>("v1");
  auto const ops = cache.admin("a9");
  auto const on_display = display.find(stream.device(), stream.generation());
  show("the display, before", fc::to_string(display.read(on_display).why()), "hit");
  show("the operator switches nest_hub off", fc::to_string(ops.suspend<nest_hub>()), "done");
  show("the display, with the frame it already holds", fc::to_string(display.read(on_display).why()), "suspended");
  show("the display, asking again", fc::to_string(display.find(stream.device(), stream.generation()).why()),
       "suspended");
  show("the phone", fc::to_string(phone.find(stream.device(), stream.generation()).why()), "hit");
  show("and on again", fc::to_string(ops.resume<nest_hub>()), "done");
  show("the display", fc::to_string(display.read(on_display).why()), "hit");
  // phone.read(on_display) does not compile: that handle is of another type.
}

}  // namespace

int main() {
  token_check check;
  fc::registry homes{check};
  isolation(homes);
  std::puts("stale<refuse>: nothing of the generation before");
  reconnect<fc::frame_cache<fc::stale<fc::refuse>>>(homes, "absent", false);
  std::puts("stale<mark>: the last picture stays until the first new one, and says that it is stale");
  reconnect<fc::frame_cache<fc::stale<fc::mark>>>(homes, "hit", true);
  scrubbing(homes);
  switches(homes);
  return surprises == 0 ? 0 : 1;
}

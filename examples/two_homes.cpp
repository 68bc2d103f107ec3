// SPDX-License-Identifier: Apache-2.0
//
// Two homes, each with a camera called "front door". Neither can name the other's; and when the relay mixes up two requests,
// which is how such leaks happen, the check where bytes are read refuses, counts and reports it.
#include <framecache/framecache.hpp>

#include <cstdint>
#include <cstdio>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fc = framecache;

namespace {

int surprises = 0;

// Prints what happened and remembers whether that is what this example says.
void show(char const* what, std::string_view got, std::string_view expected) {
  std::printf("%-66s %.*s\n", what, static_cast<int>(got.size()), got.data());
  if (got == expected) return;
  std::printf("  expected %.*s\n", static_cast<int>(expected.size()), expected.data());
  ++surprises;
}

// Credentials of this example: "viewer 1" is a viewer of home 1, "publisher 2" a camera of home 2.
class token_check final : public fc::authenticator {
 public:
  std::optional<fc::admission> authenticate(std::string_view credential) const override {
    auto const space = credential.find(' ');
    if (space == std::string_view::npos || space + 2 != credential.size()) return std::nullopt;
    auto const who = credential.substr(0, space);
    if (who != "viewer" && who != "publisher") return std::nullopt;
    return fc::admission{
        .tenant = fc::tenant_id{static_cast<std::uint64_t>(credential.back() - '0')},
        .principal = fc::principal_id{std::uint64_t{1}},
        .role = who == "viewer" ? fc::role::viewer : fc::role::publisher,
        .audiences = fc::audience_list::of<fc::anyone>(),
        .devices = fc::device_list::all(),
        .expires = fc::expiry::never(),
    };
  }
};

std::string text_of(fc::frame_view const& view) {
  return {reinterpret_cast<char const*>(view.bytes().data()), view.bytes().size()};
}

void publish(fc::stream const& stream, std::string_view picture) {
  auto draft = stream.stage(fc::byte_count{picture.size()});
  if (!draft) return;
  std::memcpy(draft.bytes().data(), picture.data(), picture.size());
  show("a camera commits its picture", fc::to_string(std::move(draft).commit({.size = fc::byte_count{picture.size()}})),
       "committed");
}

}  // namespace

int main() {
  token_check check;
  fc::registry homes{check};
  std::vector<fc::crossing> reported;
  fc::frame_cache<> cache{
      homes,
      {
          .capacity = fc::mebibytes{16},
          // Called on every refused crossing: page somebody. It says who tried, never what was in the frame.
          .tripwire = [&](fc::crossing const& c) { reported.push_back(c); },
      }};

  auto camera_1 = cache.publisher("publisher 1");
  auto camera_2 = cache.publisher("publisher 2");
  auto stream_1 = camera_1.begin(camera_1.device("front door"));
  auto stream_2 = camera_2.begin(camera_2.device("front door"));
  publish(stream_1, "the hall of home 1");
  publish(stream_2, "the hall of home 2");

  // The same name, two cameras: a name belongs to the tenant that the viewer's credential was accepted for.
  auto const eye_1 = cache.viewer("viewer 1");
  auto const eye_2 = cache.viewer("viewer 2");
  auto const door_1 = eye_1.device("front door");
  auto const door_2 = eye_2.device("front door");
  if (!door_1 || !door_2) return 1;
  auto const frame_1 = eye_1.latest(*door_1, fc::any_age);
  auto const frame_2 = eye_2.latest(*door_2, fc::any_age);
  show("home 1 asks for its front door", text_of(eye_1.read(frame_1)), "the hall of home 1");
  show("home 2 asks for its front door", text_of(eye_2.read(frame_2)), "the hall of home 2");

  // Suppose home 2 learnt home 1's numbers, from a log. A number opens nothing: the lookup happens in home 2's own room, where
  // there is no such device. That answer is the same as for a camera that does not exist.
  show("home 2 asks with home 1's device number and generation",
       fc::to_string(eye_2.find(*door_1, stream_1.generation()).why()), "absent");
  show("home 2 asks for a device number that nobody has",
       fc::to_string(eye_2.find(fc::device_id{std::uint64_t{999}}, stream_1.generation()).why()), "absent");

  // And suppose the relay itself slips: it answers home 2's request with the handle of home 1's, off by one in some queue. The
  // lookup was right and the mapping is wrong. A handle has no bytes, so they are asked for through home 2's viewer, which
  // compares the owner kept in the frame with its own.
  auto const mixed_up = eye_2.read(frame_1);
  show("home 2's viewer reads home 1's handle", fc::to_string(mixed_up.why()), "refused");
  show("  bytes that came out", std::to_string(mixed_up.bytes().size()), "0");
  show("  crossings counted", std::to_string(cache.stats().crossings_refused), "1");
  show("  crossings that the tripwire was told of", std::to_string(reported.size()), "1");
  if (!reported.empty()) show("  and who it was", "tenant " + std::to_string(reported[0].tenant.value()), "tenant 2");

  // What is not here, because it cannot be written: eye_2.find(home 1, ...), cache.find(...), a viewer for a tenant of one's
  // choice. tests/compile_fail lists it.
  return surprises == 0 ? 0 : 1;
}

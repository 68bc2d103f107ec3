// SPDX-License-Identifier: Apache-2.0
//
// The smallest relay there is: one home, one camera, one frame, one viewer.
#include <framecache/framecache.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

namespace fc = framecache;
using namespace std::chrono_literals;

namespace {

// The one question that is yours to answer: who does this credential belong to? A real relay verifies a signed token here
// (examples/relay does). What the authenticator says is trusted; no tenant is ever passed to the cache by anybody else.
class token_check final : public fc::authenticator {
 public:
  std::optional<fc::admission> authenticate(std::string_view credential) const override {
    if (credential != "the camera's token" && credential != "the phone's token") return std::nullopt;
    return fc::admission{
        // Every member is mandatory, so that none can be forgotten.
        .tenant = fc::tenant_id{std::uint64_t{1}},
        .principal = fc::principal_id{std::uint64_t{1}},
        .role = credential == "the camera's token" ? fc::role::publisher : fc::role::viewer,
        .audiences = fc::audience_list::of<fc::anyone>(),
        .devices = fc::device_list::all(),
        .expires = fc::expiry::never(),
    };
  }
};

// Stands for a socket: writes at most `room.size()` bytes and returns how many it wrote.
std::size_t receive(std::span<std::byte> room) {
  constexpr std::string_view picture = "(the bytes of a JPEG)";
  auto const count = std::min(room.size(), picture.size());
  std::memcpy(room.data(), picture.data(), count);
  return count;
}

}  // namespace

int main() {
  token_check check;
  fc::registry homes{check};
  fc::frame_cache<> cache{homes, {.capacity = fc::mebibytes{16}}};

  // The camera. begin() gives the stream's generation; a stream of this camera that began earlier is dead from now on.
  auto camera = cache.publisher("the camera's token");
  auto stream = camera.begin(camera.device("front door"));

  // Memory of the cache itself, so that the bytes go from the socket to where viewers read them without a copy.
  auto draft = stream.stage(fc::byte_count{65'536U});
  auto const received = receive(draft.bytes());
  // Committing spends the draft, hence std::move. Nobody sees the frame before, and nobody can change it after.
  auto const done = std::move(draft).commit({.size = fc::byte_count{received}, .codec = fc::codec::jpeg});
  std::printf("commit: %s\n", fc::to_string(done).data());

  // The phone. It says which camera and how old a picture it would bear; whose camera is not a question that it can ask.
  auto eye = cache.viewer("the phone's token");
  auto const device = eye.device("front door");
  if (!device) return 1;
  auto const still = eye.latest(*device, fc::no_older_than(2s));
  // A handle owns the frame, a view shows it. A view of a frame that this viewer may not see is false and empty.
  auto const view = eye.read(still);
  std::printf("still: %s, %zu bytes: %.*s\n", fc::to_string(view.why()).data(), view.bytes().size(),
              static_cast<int>(view.bytes().size()), reinterpret_cast<char const*>(view.bytes().data()));

  // No frame is a reason, never another frame.
  auto const nobody = cache.viewer("a token that somebody made up");
  std::printf("a made-up token: %s, and its lookup: %s\n", fc::to_string(nobody.why()).data(),
              fc::to_string(nobody.latest(*device, fc::any_age).why()).data());

  bool const as_shown = done == fc::commit_status::committed && view && view.bytes().size() == received && !nobody;
  return as_shown ? 0 : 1;
}

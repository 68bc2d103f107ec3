// SPDX-License-Identifier: Apache-2.0
// What every consumer project here compiles and runs: one frame in, the same frame out, and nothing for the other home.
#include <framecache/framecache.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string_view>

namespace fc = framecache;

namespace {

class two_homes final : public fc::authenticator {
  std::optional<fc::admission> authenticate(std::string_view credential) const override {
    bool const first = credential.starts_with("first");
    if (!first && !credential.starts_with("second")) return std::nullopt;
    return fc::admission{
        .tenant = fc::tenant_id{std::uint64_t{first ? 1u : 2u}},
        .principal = fc::principal_id{std::uint64_t{7}},
        .role = credential.ends_with("camera") ? fc::role::publisher : fc::role::viewer,
        .audiences = fc::audience_list::of<fc::anyone>(),
        .devices = fc::device_list::all(),
        .expires = fc::expiry::never(),
    };
  }
};

int fail(char const* what) {
  std::fprintf(stderr, "consumer: %s\n", what);
  return 1;
}

}  // namespace

int main() {
  two_homes const check;
  fc::registry homes{check};
  fc::frame_cache<> cache{homes, {.capacity = fc::mebibytes{16}}};

  auto camera = cache.publisher("first camera");
  auto stream = camera.begin(camera.device("front door"));
  auto draft = stream.stage(fc::byte_count{1000u});
  if (!draft) return fail("nothing was staged");
  std::ranges::fill(draft.bytes(), std::byte{42});
  if (std::move(draft).commit({.size = fc::byte_count{1000u}}) != fc::commit_status::committed) {
    return fail("nothing was committed");
  }

  auto eye = cache.viewer("first viewer");
  auto const device = eye.device("front door");
  if (!device) return fail("the device is not there");
  auto const handle = eye.latest(*device, fc::no_older_than(std::chrono::minutes{1}));
  auto const view = eye.read(handle);
  if (!view || view.bytes().size() != 1000 || view.bytes()[999] != std::byte{42})
    return fail("not the frame that was put");

  auto neighbour = cache.viewer("second viewer");
  if (neighbour.device("front door")) return fail("the neighbour sees the device");
  if (neighbour.latest(*device, fc::any_age)) return fail("the neighbour got the frame");
  std::puts("consumer: good");
  return 0;
}

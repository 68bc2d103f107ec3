// SPDX-License-Identifier: Apache-2.0
//
// What the README's fragments may use. Declared only: they are compiled and not run.
#pragma once

#include <framecache/framecache.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

namespace fc = framecache;
using namespace std::chrono_literals;

struct nest_hub {
  static constexpr std::string_view audience = "nest_hub";
};
using relay_cache = fc::frame_cache<fc::audiences<fc::anyone, nest_hub>>;

extern relay_cache cache;
extern relay_cache::viewer_type<> eye;
extern relay_cache::publisher_type camera;
extern std::string_view token;
extern std::string_view name;
extern fc::tenant_id home;
extern fc::device_id device;
extern fc::stream_generation generation;
extern fc::stream stream;
extern fc::draft a_draft_with_a_name;
relay_cache::handle_type<nest_hub> a_handle_of_another_audience();

// The relay's own functions.
void respond(int status, std::span<std::span<std::byte const> const> body = {});
std::size_t next_picture();
std::size_t receive(std::span<std::byte> room);
std::size_t shrink(fc::frame_view const& picture, std::span<std::byte> room);

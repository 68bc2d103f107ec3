// SPDX-License-Identifier: Apache-2.0
//
// What every case may use. Declared only: nothing here is run, the compiler's answer is the test.
#pragma once

#include <framecache/framecache.hpp>

#include <any>
#include <array>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

namespace fc = framecache;
using namespace std::chrono_literals;

struct nest_hub {
  static constexpr std::string_view audience = "nest_hub";
};
struct own_app {  // an audience that relay_cache does not list
  static constexpr std::string_view audience = "own_app";
};
using relay_cache = fc::frame_cache<fc::audiences<fc::anyone, nest_hub>>;
using viewer = relay_cache::viewer_type<fc::anyone>;
using hub_viewer = relay_cache::viewer_type<nest_hub>;
using handle = relay_cache::handle_type<fc::anyone>;
using hub_handle = relay_cache::handle_type<nest_hub>;

extern fc::authenticator const& check;
extern fc::registry homes;
extern relay_cache cache;
extern std::string_view token;

extern relay_cache::publisher_type camera;
extern viewer eye;
extern hub_viewer hub;
extern relay_cache::steward_type boss;
extern relay_cache::admin_type ops;

extern fc::tenant_id home;
extern fc::principal_id guest;
extern fc::device_id device;
extern fc::stream_generation generation;
extern fc::frame_sequence sequence;
extern fc::rendition small;
extern fc::stream stream;
extern fc::frame_facts facts;
extern std::uint64_t number;
extern std::chrono::steady_clock::time_point soon;

handle a_handle();
hub_handle a_hub_handle();
fc::draft a_draft();
fc::ticket a_ticket();
void keep(fc::ticket);

// Memory of the user's own that adopt() takes.
class packet final {
 public:
  static constexpr bool immutable = true;
  [[nodiscard]] std::span<std::span<std::byte const> const> buffers() const noexcept { return {}; }
  [[nodiscard]] fc::byte_count charge() const noexcept { return fc::byte_count{1u}; }
};

// A class that owes nobody anything: what is forbidden for ours works with it.
struct plain_words final {
  std::uint64_t words[4];
};

// A class whose private members can be stolen: see robbery.inc.
class careless final {
 private:
  std::uint64_t secret_ = 0;
  std::uint64_t& reference() { return secret_; }
};

// SPDX-License-Identifier: Apache-2.0
//
// What is measured: works by name, each an operation on cameras in some order.
#pragma once

#include <harness/key.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace bench {

enum class operation : std::uint8_t {
  get,                // a hit: take the frame, touch it, let go of it
  get_then_put,       // a get, and a put when it missed
  half,               // a put and a get in turn
  put,                // replace
  batch,              // sixteen gets of one tenant
  tail,               // a get, timed singly
  tail_put,           // a put that replaces, timed singly
  tail_get_then_put,  // a get and the put when it missed, timed as one
  open,               // a viewer, from an accepted credential
};

enum class order : std::uint8_t {
  uniform,    // every camera once, shuffled
  hot,        // nine of ten to one camera
  zipf_099,   // Zipf's law with exponent 0.99
  zipf_120,   // and with 1.2
  scan_zipf,  // three quarters by Zipf 0.99, one quarter the next of a walk over all cameras
  walls,      // sixteen cameras of one tenant, then of another
};

struct work {
  std::string_view name;
  operation what;
  order how;
  shape homes;
  std::uint32_t holds;  // how many frames fit; 0: all, with room to spare
  std::size_t blob;     // bytes of a frame

  [[nodiscard]] bool bounded() const { return holds != 0; }
  [[nodiscard]] bool replaces() const {
    return what == operation::half || what == operation::put || what == operation::tail_put;
  }
};

inline constexpr std::size_t batch_size = 16;

[[nodiscard]] std::span<work const> all_works();
// The same work with so many times fewer tenants.
[[nodiscard]] work scaled(work const& full, std::uint32_t divisor);
// Camera numbers in the order in which they are asked for; the same for every contestant.
[[nodiscard]] std::vector<std::uint32_t> tape_for(work const& what);

}  // namespace bench

// SPDX-License-Identifier: Apache-2.0
//
// What was asked for, in order: a camera, and how often it had reconnected by then. A reconnected camera's old frames are dead,
// so that a camera and its reconnects together are one object of the trace.
#pragma once

#include <harness/key.hpp>

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

namespace bench {

struct asked {
  std::uint32_t camera;
  std::uint32_t reconnects;
};

struct trace {
  shape homes;
  std::vector<asked> requests;
  std::size_t objects = 0;  // distinct ones
};

// A day of a relay. Everything that is random comes from the seed.
struct day {
  std::uint32_t homes = 5'000;
  std::uint32_t cameras = 4;         // of each home
  std::uint32_t sessions = 100'000;  // somebody opens the app: the wall of stills of one home, then one camera of it
  double skew = 0.9;                 // of homes, by Zipf's law
  std::uint32_t popular = 20;        // cameras that are public: a nest box, a beach
  double to_popular = 0.1;           // share of sessions that look at one of them instead
  std::uint32_t most_looks = 12;     // stills of the one camera in a session: 1 to this many
  std::uint32_t storms = 4;          // evenly spread: a part of the homes reconnects at once
  double in_storm = 0.3;             // share of homes in a storm, and as many open the app
  std::uint64_t seed = 20'240'216;
};

[[nodiscard]] trace synthetic(day const& how);

// Public traces in the text forms of libCacheSim: a line is an object, or time,object,size,... Sizes are ignored: every frame counts
// one. Returns nothing, and says on which line, when it is neither.
[[nodiscard]] std::optional<trace> read_text(std::istream& from, std::string& wrong);

// Hits of the best that any policy could do: evicts what is needed furthest in the future (Belady, IBM Systems Journal 5, 1966).
[[nodiscard]] std::uint64_t belady_hits(trace const& what, std::size_t holds);

}  // namespace bench

// SPDX-License-Identifier: Apache-2.0
// What went wrong, by kind, and the counters behind the line that the relay prints every second.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace relay {

/// Every way in which the relay says no. The order is that of `problem_facts` below.
enum class problem : std::size_t {
  bad_request,
  unauthorised,
  forbidden,
  absent,
  method,
  timeout,
  superseded,
  length,
  too_large,
  uri,
  media_type,
  too_many,
  header,
  too_old,
  suspended,
  no_room,
  overloaded,
  // The rest is counted but never answered: there is nobody to answer, or the stream goes on.
  bad_frame,
  slow_reader,
  idle_connection,
  handshake,
};

struct problem_fact {
  unsigned status;
  std::string_view name;
};

inline constexpr std::array<problem_fact, 21> problem_facts{{
    {400, "bad_request"}, {401, "unauthorised"}, {403, "forbidden"},        {404, "absent"},    {405, "method"},
    {408, "timeout"},     {409, "superseded"},   {411, "length"},           {413, "too_large"}, {414, "uri_too_long"},
    {415, "media_type"},  {429, "too_many"},     {431, "header_too_large"}, {503, "too_old"},   {503, "suspended"},
    {503, "no_room"},     {503, "overloaded"},   {0, "bad_frame"},          {0, "slow_reader"}, {0, "idle_connection"},
    {0, "handshake"},
}};
static_assert(problem_facts[static_cast<std::size_t>(problem::handshake)].name == "handshake");

constexpr problem_fact const& fact(problem kind) { return problem_facts[static_cast<std::size_t>(kind)]; }

/// Thrown by whatever handles a request; the session turns it into an answer.
struct refused {
  problem kind;
};

/// Relaxed counters: read for people, decide nothing.
class counters {
 public:
  void add(problem kind) { kinds_[static_cast<std::size_t>(kind)].fetch_add(1, std::memory_order_relaxed); }
  std::uint64_t of(problem kind) const {
    return kinds_[static_cast<std::size_t>(kind)].load(std::memory_order_relaxed);
  }

  /// All kinds but `absent` and `too_old`: those are honest misses, not somebody's fault.
  std::uint64_t refused_in_all() const {
    std::uint64_t sum = 0;
    for (std::size_t kind = 0; kind < kinds_.size(); ++kind) sum += of(static_cast<problem>(kind));
    return sum - of(problem::absent) - of(problem::too_old);
  }

  std::atomic<std::uint64_t> frames_in = 0;
  std::atomic<std::uint64_t> served = 0;

 private:
  std::array<std::atomic<std::uint64_t>, problem_facts.size()> kinds_{};
};

}  // namespace relay

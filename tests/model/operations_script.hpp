// SPDX-License-Identifier: Apache-2.0
//
// What a script of bytes means: four bytes an operation, every sequence of bytes a legal script. RapidCheck and libFuzzer both
// write scripts; tests/model/operations.hpp plays them.
//
//   byte 0      what: a place in the table below, so that its share of the table is how often it comes
//   byte 1      whose: tenant, camera, rendition, and now and then a former generation
//   bytes 2, 3  how much: sizes, bounds, caps, which handle; each operation reads it in its own way
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace testing {

using operation_script = std::vector<std::uint8_t>;

enum class action : std::uint8_t {
  nothing,
  put,
  find,
  hold,
  latest,
  peek,
  batch,
  ask,
  stranger,
  release,
  look,
  share,
  stage,
  commit,
  drop,
  begin,
  erase,
  retire,
  suspend,
  resume,
  revoke,
  budget,
  drain,
  capacity,
  wait
};

namespace detail {

struct share_of_table final {
  action what;
  std::size_t places;
  std::string_view name;
};
inline constexpr std::array<share_of_table, 25> shares{{
    {action::nothing, 1, "nothing"}, {action::put, 17, "put"},      {action::find, 10, "find"},
    {action::hold, 4, "hold"},       {action::latest, 6, "latest"}, {action::peek, 4, "peek"},
    {action::batch, 3, "batch"},     {action::ask, 1, "ask"},       {action::stranger, 1, "stranger"},
    {action::release, 4, "release"}, {action::look, 2, "look"},     {action::share, 1, "share"},
    {action::stage, 2, "stage"},     {action::commit, 2, "commit"}, {action::drop, 1, "drop"},
    {action::begin, 2, "begin"},     {action::erase, 1, "erase"},   {action::retire, 1, "retire"},
    {action::suspend, 1, "suspend"}, {action::resume, 3, "resume"}, {action::revoke, 1, "revoke"},
    {action::budget, 3, "budget"},   {action::drain, 1, "drain"},   {action::capacity, 1, "capacity"},
    {action::wait, 2, "wait"},
}};
inline constexpr std::size_t places = [] {
  std::size_t all = 0;
  for (auto const& each : shares) all += each.places;
  return all;
}();
inline constexpr std::array<action, places> table = [] {
  std::array<action, places> all{};
  std::size_t at = 0;
  for (auto const& each : shares) {
    for (std::size_t i = 0; i != each.places; ++i) all[at++] = each.what;
  }
  return all;
}();

}  // namespace detail

struct operation final {
  static constexpr std::size_t bytes = 4;
  static constexpr std::uint64_t tenants = 3;
  static constexpr std::size_t cameras = 4;
  static constexpr std::uint64_t renditions = 4;  // the source and three derived from it

  action what = action::nothing;
  std::uint64_t tenant = 1;
  std::size_t camera = 0;
  std::uint64_t rendition = 0;
  bool former = false;  // of the generation, or the stream, before
  std::uint64_t amount = 0;

  // Requires: at least four bytes.
  [[nodiscard]] static operation of(std::span<std::uint8_t const> from) {
    auto const where = from[1];
    return {detail::table[from[0] % detail::places],
            1 + where % tenants,
            (where / tenants) % cameras,
            (where / (tenants * cameras)) % renditions,
            where / (tenants * cameras * renditions) == 5,
            std::uint64_t{from[2]} | (std::uint64_t{from[3]} << 8)};
  }

  // From one byte to 64 KiB; half are small, an eighth is large.
  [[nodiscard]] std::uint64_t size() const {
    auto const rest = amount >> 3;
    switch (amount % 8) {
      case 4:
      case 5: return 1 + rest;                             // to two pages
      case 6: return (1 + rest % 128) * 64 - rest / 4096;  // about the edges of small classes
      case 7: return (1 + rest) * 8;
      default: return 1 + rest % 256;
    }
  }
};

// How often something happened, over all scripts: one that never evicts proves nothing about eviction.
struct operation_coverage final {
  std::uint64_t scripts = 0, operations = 0, hits = 0, commits = 0, evictions = 0, no_room = 0, too_old = 0,
                superseded = 0, refused = 0, suspended = 0, stale = 0;
};

[[nodiscard]] inline std::string to_string(operation const& it) {
  std::ostringstream text;
  for (auto const& each : detail::shares) {
    if (each.what == it.what) text << each.name;
  }
  text << " of home " << it.tenant << ", camera " << it.camera << ", rendition " << it.rendition
       << (it.former ? ", former" : "") << ", " << it.amount;
  return text.str();
}
[[nodiscard]] inline std::string text_of_script(operation_script const& all) {
  std::string text;
  for (std::size_t at = 0; at + operation::bytes <= all.size(); at += operation::bytes) {
    auto const it = operation::of(std::span{all}.subspan(at));
    if (it.what != action::nothing) text += std::to_string(at / operation::bytes) + ": " + to_string(it) + "\n";
  }
  return text;
}

}  // namespace testing

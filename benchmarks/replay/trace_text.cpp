// SPDX-License-Identifier: Apache-2.0
#include <replay/trace.hpp>

#include <absl/container/flat_hash_map.h>

#include <istream>
#include <string_view>

namespace bench {
namespace {

// What stands before the end of a line, which other systems write otherwise.
std::string_view without_end(std::string_view line) {
  while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.remove_suffix(1);
  return line;
}

// The object's name in a line, or nothing. A first line of column names has no digit and is passed over by the caller.
std::string_view object_in(std::string_view line) {
  auto const comma = line.find(',');
  if (comma == std::string_view::npos) return line.find(' ') == std::string_view::npos ? line : std::string_view{};
  line.remove_prefix(comma + 1);
  while (!line.empty() && line.front() == ' ') line.remove_prefix(1);
  return line.substr(0, line.find(','));
}

}  // namespace

std::optional<trace> read_text(std::istream& from, std::string& wrong) {
  absl::flat_hash_map<std::string, std::uint32_t> numbers;
  trace read{};
  std::uint64_t at = 0;
  for (std::string whole; std::getline(from, whole);) {
    ++at;
    auto const line = without_end(whole);
    if (line.empty() || line.front() == '#') continue;
    if (at == 1 && line.find_first_of("0123456789") == std::string_view::npos) continue;
    auto const object = object_in(line);
    if (object.empty()) {
      wrong = "line " + std::to_string(at) + " is neither an object nor time,object,...";
      return std::nullopt;
    }
    auto const next = static_cast<std::uint32_t>(numbers.size());
    read.requests.push_back({numbers.try_emplace(std::string{object}, next).first->second, 0});
  }
  if (read.requests.empty()) {
    wrong = "there is no request in it";
    return std::nullopt;
  }
  read.objects = numbers.size();
  // Objects become cameras of a hundred to a home.
  read.homes = {static_cast<std::uint32_t>((read.objects + 99) / 100), 100};
  return read;
}

}  // namespace bench

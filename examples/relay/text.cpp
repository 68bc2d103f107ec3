// SPDX-License-Identifier: Apache-2.0
#include "text.hpp"

#include <array>
#include <charconv>
#include <limits>
#include <utility>

namespace relay {
namespace {

struct unit {
  std::string_view suffix;
  std::uint64_t factor;
};

/// The units are tried in order: a suffix comes before its own ending ("ms" before "s").
template <std::size_t Count>
std::optional<std::uint64_t> parse_with_unit(std::string_view text, std::array<unit, Count> const& units,
                                             std::uint64_t most) {
  for (auto const& [suffix, factor] : units) {
    if (!text.ends_with(suffix)) continue;
    auto const count = parse_number(text.substr(0, text.size() - suffix.size()));
    if (!count || *count > most / factor) return std::nullopt;
    return *count * factor;
  }
  return std::nullopt;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// The length of the well-formed UTF-8 sequence at the front, 0 if there is none (overlong, surrogate, cut short).
std::size_t utf8_length(std::string_view bytes) {
  auto const at = [&](std::size_t i) { return i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0U; };
  auto const follows = [&](std::size_t i) { return (at(i) & 0xC0U) == 0x80U; };
  unsigned const first = at(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return follows(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    bool const overlong = first == 0xE0 && at(1) < 0xA0;
    bool const surrogate = first == 0xED && at(1) >= 0xA0;
    return follows(1) && follows(2) && !overlong && !surrogate ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    bool const overlong = first == 0xF0 && at(1) < 0x90;
    bool const beyond = first == 0xF4 && at(1) >= 0x90;
    return follows(1) && follows(2) && follows(3) && !overlong && !beyond ? 4 : 0;
  }
  return 0;
}

constexpr std::string_view hex_digits = "0123456789ABCDEF";

}  // namespace

std::optional<std::uint64_t> parse_number(std::string_view text) {
  std::uint64_t value = 0;
  auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
  static constexpr std::array<unit, 5> units{
      {{"ms", 1}, {"s", 1'000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}}};
  static constexpr std::uint64_t ten_years = 3'650ULL * 86'400'000ULL;
  auto const value = parse_with_unit(text, units, ten_years);
  if (!value) return std::nullopt;
  return std::chrono::milliseconds{static_cast<std::int64_t>(*value)};
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
  static constexpr std::array<unit, 4> units{{{"KiB", 1ULL << 10}, {"MiB", 1ULL << 20}, {"GiB", 1ULL << 30}, {"", 1}}};
  return parse_with_unit(text, units, std::numeric_limits<std::uint64_t>::max());
}

std::optional<std::string> percent_decode(std::string_view text) {
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      bytes += text[i];
      continue;
    }
    if (text.size() - i < 3) return std::nullopt;
    int const high = hex_digit(text[i + 1]);
    int const low = hex_digit(text[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return bytes;
}

std::string percent_encode(std::string_view bytes) {
  std::string text;
  for (char const c : bytes) {
    bool const plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                       c == '_' || c == '.' || c == '~';
    auto const byte = static_cast<unsigned char>(c);
    if (plain) {
      text += c;
    } else {
      text += '%';
      text += hex_digits[byte >> 4U];
      text += hex_digits[byte & 15U];
    }
  }
  return text;
}

std::string json_string(std::string_view bytes) {
  std::string text = "\"";
  while (!bytes.empty()) {
    std::size_t const length = utf8_length(bytes);
    char const c = bytes.front();
    if (length == 0) {
      text += "\\uFFFD";
    } else if (c == '"' || c == '\\') {
      text += '\\';
      text += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      text += "\\u00";
      text += hex_digits[static_cast<unsigned char>(c) >> 4U];
      text += hex_digits[static_cast<unsigned char>(c) & 15U];
    } else {
      text += bytes.substr(0, length);
    }
    bytes.remove_prefix(length == 0 ? 1 : length);
  }
  return text + '"';
}

}  // namespace relay

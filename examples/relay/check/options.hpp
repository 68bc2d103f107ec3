// SPDX-License-Identifier: Apache-2.0
// relay_check's command line.
#pragma once

#include "connection.hpp"
#include "order.hpp"
#include "picture.hpp"

#include <array>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <map>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace check {

struct viewer {
  std::string home, token;
  colour paint;
  std::vector<std::string> paths;  // own cameras, as the relay lists them
};

struct options {
  place relay;
  std::string max_age_text = "2s";
  milliseconds max_age = 2s, max_live_age = 3s;
  std::vector<viewer> viewers;
  std::map<std::pair<std::string, std::string>, unsigned> numbers;  // (home, path) -> camera number
  std::chrono::seconds length = 10s;
  std::size_t connections = 3, cameras = 1;
  std::uint64_t minimum = 100, minimum_generations = 1;
};

inline constexpr std::string_view usage_text =
    R"(usage: relay_check --port P --viewer HOME:TOKEN:RRGGBB [--viewer ...] [options]
       relay_check --self-test

  --viewer HOME:TOKEN:RRGGBB   a home's name, a viewer's token (or @FILE: the token is the file's first line, and
                               stays out of the process list) and the colour that its pictures must show
  --camera HOME:NUMBER:PATH    the number that the pictures at PATH (/api/devices/...) of that home must carry
  --host H                     default 127.0.0.1
  --seconds N                  how long to look, from when all cameras are live; default 10
  --max-age AGE                asked of every still, as 2s or 1500ms; default 2s
  --max-live-age AGE           that a frame of a live stream may have; default 3s, as the relay calls older ones stale
  --connections N              for stills, for each viewer; default 3
  --cameras N                  that each home must have before it begins; default 1
  --minimum N                  stills that must have been seen; default 100
  --minimum-generations N      streams that must have been seen, over all cameras; default 1

The last line is the totals. Exit status 0: nothing wrong and enough seen; 1: not so; 2: wrong use.
)";

struct wrong_use : std::runtime_error {
  using std::runtime_error::runtime_error;
};

template <class Number>
inline Number to_number(std::string_view text, int base = 10) {
  Number n{};
  auto const [stop, error] = std::from_chars(text.data(), text.data() + text.size(), n, base);
  if (error != std::errc{} || stop != text.data() + text.size()) throw wrong_use("not a number: " + std::string(text));
  return n;
}

inline milliseconds to_age(std::string_view text) {
  if (text.ends_with("ms")) return milliseconds(to_number<unsigned>(text.substr(0, text.size() - 2)));
  if (text.ends_with("s")) return std::chrono::seconds(to_number<unsigned>(text.substr(0, text.size() - 1)));
  throw wrong_use("an age reads 2s or 1500ms: " + std::string(text));
}

inline std::array<std::string, 3> three_of(std::string const& text) {
  auto const first = text.find(':');
  auto const second = first == std::string::npos ? first : text.find(':', first + 1);
  if (second == std::string::npos) throw wrong_use("three parts are wanted, with colons between them: " + text);
  return {text.substr(0, first), text.substr(first + 1, second - first - 1), text.substr(second + 1)};
}

inline viewer to_viewer(std::string const& text) {
  auto [home, token, paint] = three_of(text);
  if (token.starts_with('@')) {
    std::ifstream file(token.substr(1));
    if (!std::getline(file, token)) throw wrong_use("no token can be read for home " + home);
  }
  if (paint.size() != 6) throw wrong_use("a colour is six hexadecimal digits: " + paint);
  auto const rgb = to_number<unsigned>(paint, 16);
  return {
      home, token, {static_cast<int>(rgb >> 16), static_cast<int>(rgb >> 8 & 255), static_cast<int>(rgb & 255)}, {}};
}

inline options to_options(std::span<char*> words) {
  options asked;
  for (std::size_t i = 0; i < words.size(); i += 2) {
    std::string_view const name = words[i];
    if (i + 1 == words.size()) throw wrong_use(std::string(name) + " needs a value");
    std::string const value = words[i + 1];
    if (name == "--port")
      asked.relay.port = value;
    else if (name == "--host")
      asked.relay.host = value;
    else if (name == "--viewer")
      asked.viewers.push_back(to_viewer(value));
    else if (name == "--camera") {
      auto const [home, number, path] = three_of(value);
      asked.numbers[{home, path}] = to_number<unsigned>(number);
    } else if (name == "--seconds")
      asked.length = std::chrono::seconds(to_number<unsigned>(value));
    else if (name == "--max-age")
      asked.max_age = to_age(asked.max_age_text = value);
    else if (name == "--max-live-age")
      asked.max_live_age = to_age(value);
    else if (name == "--connections")
      asked.connections = to_number<std::size_t>(value);
    else if (name == "--cameras")
      asked.cameras = to_number<std::size_t>(value);
    else if (name == "--minimum")
      asked.minimum = to_number<std::uint64_t>(value);
    else if (name == "--minimum-generations")
      asked.minimum_generations = to_number<std::uint64_t>(value);
    else
      throw wrong_use("unknown option: " + std::string(name));
  }
  if (asked.relay.port.empty() || asked.viewers.empty()) throw wrong_use("--port and at least one --viewer are needed");
  return asked;
}

}  // namespace check

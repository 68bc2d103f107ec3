// SPDX-License-Identifier: Apache-2.0
//
// The replay's own parts, checked: what the reader of traces takes and what it refuses, and Belady's bound against a search of
// everything that a cache could have done. Last line: N passed, N failed.
#include <replay/trace.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <map>
#include <random>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace bench;

int passed = 0;
int failed = 0;

void expect(bool as_expected, std::string const& what) {
  ++(as_expected ? passed : failed);
  if (!as_expected) std::printf("FAILED: %s\n", what.c_str());
}

// The cameras of a trace in order, as text, or why it was refused.
std::string cameras_in(std::string const& text) {
  std::istringstream from(text);
  std::string said;
  auto const read = read_text(from, said);
  if (!read) return said;
  std::string all;
  for (auto const& each : read->requests) all += std::to_string(each.camera) + (each.reconnects == 0 ? " " : "! ");
  return all + "of " + std::to_string(read->objects);
}

void expect_read(std::string const& how, std::string const& text, std::string const& as) {
  auto const found = cameras_in(text);
  expect(found == as, how + ": '" + found + "' and not '" + as + "'");
}

// Objects are numbered in the order in which they come.
void expect_texts_to_be_read() {
  expect_read("an object a line", "7\n9\n7\n", "0 1 0 of 2");
  expect_read("an object that is no number", "a7\nb\na7\n", "0 1 0 of 2");
  expect_read("time, object and size", "1,7,100\n2,9,100\n3,7,200\n", "0 1 0 of 2");
  expect_read("time and object", "1,7\n2,7\n", "0 0 of 1");
  expect_read("spaces before the object", "1, 7, 100\n2,7,100\n", "0 0 of 1");
  expect_read("the time tells nothing apart", "1,7,1\n1,9,1\n", "0 1 of 2");
  expect_read("a last line without its end", "7\n9", "0 1 of 2");
  expect_read("lines of another system", "7\r\n\r\n9\r\n7\r\n", "0 1 0 of 2");
  expect_read("column names", "time,object,size\n1,7,100\n2,9,100\n", "0 1 of 2");
  expect_read("names only in the first line", "7\nseven\n", "0 1 of 2");
  expect_read("remarks and empty lines", "# of a day\n\n7\n# and its end\n9\n", "0 1 of 2");
}

void expect_texts_to_be_refused() {
  expect_read("no object", "1,7\n2,9\n3,\n", "line 3 is neither an object nor time,object,...");
  expect_read("an empty object", "1,7,100\n2,,100\n", "line 2 is neither an object nor time,object,...");
  expect_read("words", "7\n\n# a remark counts\n8 9\n", "line 4 is neither an object nor time,object,...");
  expect_read("an empty file", "", "there is no request in it");
  expect_read("column names alone", "time,object,size\n", "there is no request in it");
}

// A hundred cameras to a home, and every camera has one.
void expect_homes() {
  for (auto const& [objects, homes] : {std::pair{1U, 1U}, {100U, 1U}, {101U, 2U}}) {
    std::string text;
    for (std::uint32_t i = 1; i <= objects; ++i) text += std::to_string(i) + '\n';
    std::istringstream from(text);
    std::string said;
    auto const read = read_text(from, said);
    expect(read && read->homes.tenants == homes && read->homes.cameras == 100,
           std::to_string(objects) + " objects are not " + std::to_string(homes) + " homes");
  }
}

// The most hits that anything could have, by trying everything: after a miss each object that is held may be the one that goes, and so
// may the one that came.
class every_choice final {
 public:
  every_choice(std::vector<std::uint32_t> objects, std::size_t holds) : objects_(std::move(objects)), holds_(holds) {}

  // From request `i` on, with these objects held, a bit each.
  [[nodiscard]] std::uint64_t most(std::size_t i = 0, std::uint32_t held = 0) {
    if (i == objects_.size()) return 0;
    auto const known = seen_.find({i, held});
    if (known != seen_.end()) return known->second;
    auto const asked = std::uint32_t{1} << objects_[i];
    std::uint64_t best = 0;
    if ((held & asked) != 0) {
      best = 1 + most(i + 1, held);
    } else {
      auto const with = held | asked;
      if (static_cast<std::size_t>(__builtin_popcount(with)) <= holds_) best = most(i + 1, with);
      for (std::uint32_t one = 1; one <= with; one <<= 1U) {
        if ((with & one) != 0) best = std::max(best, most(i + 1, with & ~one));
      }
    }
    seen_[{i, held}] = best;
    return best;
  }

 private:
  std::vector<std::uint32_t> const objects_;
  std::size_t const holds_;
  std::map<std::pair<std::size_t, std::uint32_t>, std::uint64_t> seen_;
};

// Three cameras, each with and without a reconnect: a camera that has reconnected is another object.
void expect_the_bound() {
  std::mt19937_64 random(20'240'216);
  std::uniform_int_distribution<std::uint32_t> any(0, 5);
  std::uniform_int_distribution<std::size_t> length(0, 24);
  for (int i = 0; i != 300; ++i) {
    trace what{{1, 3}, {}, 0};
    std::vector<std::uint32_t> objects(length(random));
    for (auto& each : objects) {
      each = any(random);
      what.requests.push_back({each % 3, each / 3});
    }
    for (std::size_t holds = 0; holds != 6; ++holds) {
      auto const found = belady_hits(what, holds);
      auto const most = every_choice(objects, holds).most();
      if (found == most) continue;
      std::string text;
      for (auto const each : objects) text += std::to_string(each) + ' ';
      expect(false, "of " + text + "with room for " + std::to_string(holds) + " hit " + std::to_string(found) +
                        ", and not " + std::to_string(most));
      return;
    }
  }
  expect(true, "Belady's bound is the most that anything could have");
}

}  // namespace

int main() {
  expect_texts_to_be_read();
  expect_texts_to_be_refused();
  expect_homes();
  expect_the_bound();
  std::printf("%d passed, %d failed\n", passed, failed);
  return failed == 0 ? 0 : 1;
}

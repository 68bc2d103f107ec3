// SPDX-License-Identifier: Apache-2.0
//
// Scripts that nobody chose: words, to be read as a test likes. With RapidCheck one that fails is made as short as it goes and shown;
// without it they come from the same seed.
#pragma once

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#if defined(FRAMECACHE_TESTS_HAVE_RAPIDCHECK)
#include <rapidcheck.h>

#include <iostream>
#else
#include <random>
#endif

namespace testing {

template <class Random>
std::vector<std::uint32_t> words_from(std::size_t count, Random random) {
  std::vector<std::uint32_t> words;
  while (words.size() < count) {
    auto const two = random();
    words.push_back(static_cast<std::uint32_t>(two));
    words.push_back(static_cast<std::uint32_t>(two >> 32));
  }
  return words;
}

#if defined(FRAMECACHE_TESTS_HAVE_RAPIDCHECK)

// RapidCheck's own generator of a list makes a list of generators first: most of the time of a script would go there.
inline rc::Gen<std::vector<std::uint32_t>> any_words(std::size_t count) {
  return [count](rc::Random const& from, int) {
    return rc::shrinkable::shrinkRecur(words_from(count, [random = from]() mutable { return random.next(); }),
                                       [](std::vector<std::uint32_t> const& words) {
                                         return rc::seq::concat(rc::shrink::removeChunks(words),
                                                                rc::shrink::eachElement(words, [](std::uint32_t each) {
                                                                  return rc::shrink::integral<std::uint32_t>(each);
                                                                }));
                                       });
  };
}

// `play(words)` returns what is wrong, or nothing.
template <class Play>
void every_script(int scripts, std::size_t words_each, std::uint64_t seed, Play const& play) {
  rc::detail::TestParams params;
  params.maxSuccess = scripts;
  params.seed = seed;
  std::string last;  // also when it does not happen again
  auto const property = [&] {
    auto const wrong = play(*any_words(words_each).as("script"));
    if (wrong.empty()) return;
    last = wrong;
    RC_FAIL(wrong);
  };
  auto const result = rc::detail::checkTestable(property, rc::detail::TestMetadata{}, params);
  bool const good = result.template is<rc::detail::SuccessResult>();
  if (!good) rc::detail::printResultMessage(result, std::cerr);
  CHECK_MESSAGE(good, last);
}

#else

template <class Play>
void every_script(int scripts, std::size_t words_each, std::uint64_t seed, Play const& play) {
  std::mt19937_64 random{seed};
  for (int i = 0; i != scripts; ++i) {
    auto const wrong = play(words_from(words_each, [&] { return random(); }));
    REQUIRE_MESSAGE(wrong.empty(), wrong);
  }
}

#endif

}  // namespace testing

// SPDX-License-Identifier: Apache-2.0
//
// Orders of asking. Fixed seeds: every run and every contestant sees the same.
#include <harness/work.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <random>

namespace bench {
namespace {

using numbers = std::vector<std::uint32_t>;
using generator = std::mt19937_64;

numbers shuffled(std::uint32_t count, generator& random) {
  numbers all(count);
  std::iota(all.begin(), all.end(), 0U);
  std::shuffle(all.begin(), all.end(), random);
  return all;
}

numbers hot(std::uint32_t keys, generator& random) {
  std::uniform_int_distribution<std::uint32_t> any(0, keys - 1);
  std::bernoulli_distribution popular(0.9);
  numbers tape(std::size_t{1} << 18);
  for (auto& each : tape) each = popular(random) ? 0 : any(random);
  return tape;
}

// Twice as long as there are keys. The popular ones are anybody's: ranks are shuffled over the tenants.
numbers zipf(std::uint32_t keys, double exponent, generator& random) {
  std::vector<double> weights(keys);
  for (std::size_t rank = 0; rank != keys; ++rank) weights[rank] = std::pow(static_cast<double>(rank + 1), -exponent);
  std::discrete_distribution<std::uint32_t> rank(weights.begin(), weights.end());
  auto const camera = shuffled(keys, random);
  numbers tape(std::size_t{2} * keys);
  for (auto& each : tape) each = camera[rank(random)];
  return tape;
}

numbers with_scan(numbers tape, std::uint32_t keys) {
  std::uint32_t next = 0;
  for (std::size_t i = 0; i != tape.size(); ++i) {
    if (i % 256 >= 64) continue;
    tape[i] = next;
    next = (next + 1) % keys;
  }
  return tape;
}

numbers walls(shape const& homes, generator& random) {
  std::uniform_int_distribution<std::uint32_t> tenant(0, homes.tenants - 1);
  std::uniform_int_distribution<std::uint32_t> camera(0, homes.cameras - 1);
  numbers tape;
  tape.reserve(homes.keys() / batch_size * batch_size);
  while (tape.size() + batch_size <= homes.keys()) {
    auto const first = tenant(random) * homes.cameras;
    for (std::size_t i = 0; i != batch_size; ++i) tape.push_back(first + camera(random));
  }
  return tape;
}

}  // namespace

numbers tape_for(work const& what) {
  generator random(20'240'216);
  auto const keys = what.homes.keys();
  switch (what.how) {
    case order::uniform: break;
    case order::hot: return hot(keys, random);
    case order::zipf_099: return zipf(keys, 0.99, random);
    case order::zipf_120: return zipf(keys, 1.2, random);
    case order::scan_zipf: return with_scan(zipf(keys, 0.99, random), keys);
    case order::walls: return walls(what.homes, random);
  }
  return shuffled(keys, random);
}

}  // namespace bench

// SPDX-License-Identifier: Apache-2.0
//
// The check of the adapters, checked: a good cache is passed, and each way in which an adapter could make itself faster by doing
// less is found.
#include <harness/check.hpp>
#include <harness/field.hpp>
#include <peers/absl_lru.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace bench;
using good = absl_lru<1>;

struct forgets_to_replace : good {
  using good::good;
  [[nodiscard]] bool put(request const& r, bytes frame) { return get(r) || good::put(r, frame); }
};
struct hits_without_looking : good {
  using good::good;
  [[nodiscard]] bool get(request const&) const { return true; }
};
struct never_touches : good {
  using good::good;
  [[nodiscard]] bool get(request const& r) {
    bool const hit = good::get(r);
    touched = 0;
    return hit;
  }
};
struct compares_no_tenant_and_no_camera : good {
  using good::good;
  [[nodiscard]] request request_for(std::uint32_t) const { return {1, 1, first_generation, 1}; }
};
struct never_evicts : good {
  explicit never_evicts(setting const& how) : good({how.homes, how.holds * 16, true, how.blob}) {}
};
struct holds_half : good {
  explicit holds_half(setting const& how) : good({how.homes, how.holds / 2, how.bounded, how.blob}) {}
};
struct loses_what_it_replaces : good {
  using good::good;
  [[nodiscard]] bool get(request const& r) { return !replaced_ && good::get(r); }
  [[nodiscard]] bool put(request const& r, bytes frame) {
    replaced_ = good::get(r);
    return good::put(r, frame);
  }

 private:
  bool replaced_ = false;
};

int passed = 0;
int failed = 0;

template <adapter A>
void expect(std::string_view name, std::string_view of_the_reason) {
  auto const why = what_is_broken<A>();
  bool const as_expected = of_the_reason.empty() ? why.empty() : why.find(of_the_reason) != std::string::npos;
  ++(as_expected ? passed : failed);
  if (!as_expected) std::printf("FAILED: %s: '%s'\n", std::string{name}.c_str(), why.c_str());
}

// Rounds go on where the one before has ended, and threads ask one behind the other: on a tape that is long enough nothing is asked for
// twice.
void expect_no_request_twice() {
  work const what{"a walk", operation::get, order::uniform, {10, 100}, 0, 64};
  field<good> f(what);
  (void)f.cache();
  std::set<std::string> seen;
  std::size_t asked = 0;
  for (auto const threads : {1, 4, 2}) {
    constexpr std::uint64_t each = 100;
    for (int thread = 0; thread != threads; ++thread) {
      auto part = f.read(thread, each);
      for (std::uint64_t i = 0; i != each; ++i, ++asked) {
        auto const& at = part.next();
        seen.emplace(reinterpret_cast<char const*>(&at), sizeof at);
      }
    }
    f.walked(threads, each);
  }
  bool const as_expected = seen.size() == asked;
  ++(as_expected ? passed : failed);
  if (!as_expected) std::printf("FAILED: of %zu requests %zu were other ones\n", asked, seen.size());
}

// The second thread begins where its part ends and comes to its begin, by ones and by whole batches.
void expect_every_other_to_walk_backwards() {
  work const what{"a walk", operation::get, order::walls, {10, 16 * 4}, 0, 64};
  field<good> f(what);
  (void)f.cache();
  constexpr std::uint64_t each = 2 * batch_size;
  auto both = f.read(0, 2 * each);
  std::vector<good::request> in_order;
  for (std::uint64_t i = 0; i != 2 * each; ++i) in_order.push_back(both.next());
  auto const same = [](auto const& a, auto const& b) { return std::memcmp(&a, &b, sizeof a) == 0; };
  auto by_ones = f.read(1, each);
  bool as_expected = true;
  for (std::uint64_t i = 0; i != each; ++i) as_expected &= same(by_ones.next(), in_order[2 * each - 1 - i]);
  auto by_batches = f.read(1, each);
  for (std::uint64_t i = 0; i != 2; ++i) {
    auto const batch = by_batches.next_batch();
    for (std::size_t k = 0; k != batch_size; ++k) {
      as_expected &= same(batch[k], in_order[2 * each - (i + 1) * batch_size + k]);
    }
  }
  ++(as_expected ? passed : failed);
  if (!as_expected) std::printf("FAILED: a second thread does not walk its part backwards\n");
}

}  // namespace

int main() {
  expect<good>("a good cache", "");
  expect<forgets_to_replace>("one that keeps what is there", "keeps the old bytes");
  expect<hits_without_looking>("one that always hits", "finds what was never put");
  expect<never_touches>("one that does not read", "hands back other bytes");
  expect<compares_no_tenant_and_no_camera>("one key for all", "finds what was never put");
  expect<never_evicts>("one without a bound", "does it evict?");
  expect<holds_half>("one that is smaller than the others", "and was made for");
  expect<loses_what_it_replaces>("one that loses what it replaces", "loses what it replaces");
  expect_no_request_twice();
  expect_every_other_to_walk_backwards();
  std::printf("%d passed, %d failed\n", passed, failed);
  return failed == 0 ? 0 : 1;
}

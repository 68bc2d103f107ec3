// SPDX-License-Identifier: Apache-2.0
// One of two translation units that include everything: linked together they show that nothing is defined twice. This one
// also instantiates the class templates explicitly, which compiles every member whether somebody calls it or not.
#include <framecache/framecache.hpp>

namespace fc = framecache;

template class framecache::frame_cache<>;
template class framecache::frame_cache<fc::isolate<fc::strict>, fc::scrub<fc::on_release>>;
template class framecache::frame_cache<fc::isolate<fc::shared>, fc::stale<fc::mark>, fc::threads<fc::one>>;

std::uint64_t resident_in_other_unit(fc::frame_cache<>& cache);

namespace {

class nobody final : public fc::authenticator {
  std::optional<fc::admission> authenticate(std::string_view) const override { return std::nullopt; }
};

}  // namespace

int main() {
  nobody const check;
  fc::registry homes{check};
  fc::frame_cache<> cache{homes, {.capacity = fc::mebibytes{4}}};
  return cache.stats().resident == resident_in_other_unit(cache) ? 0 : 1;
}

// SPDX-License-Identifier: Apache-2.0
//
// config.huge_pages asks for them for all memory of the cache's own, and stats().huge_pages says what became of it: a kernel that has
// them switched off takes the question and says nothing.
#include <doctest/doctest.h>

#include "model/child.hpp"
#include "support/homes.hpp"
#include "support/vm_flags.hpp"

#include <sys/prctl.h>

#include <fstream>
#include <string>

namespace {

bool this_machine_has_them() {
  std::ifstream file("/sys/kernel/mm/transparent_hugepage/enabled");
  std::string said;
  std::getline(file, said);
  return said.find("[never]") == std::string::npos && ::prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0) != 1;
}

// A cache whose tenant has a frame of each kind of memory.
template <class... Policies>
struct paged_relay {
  explicit paged_relay(bool huge_pages)
      : cache{homes, {.capacity = fc::mebibytes{16}, .tenant_partition = partition(), .huge_pages = huge_pages}} {}
  [[nodiscard]] static std::optional<fc::byte_count> partition() {
    if constexpr (std::is_same_v<fc::frame_cache<Policies...>, fc::frame_cache<fc::isolate<fc::strict>>>) {
      return fc::byte_count{std::uint64_t{4} << 20};
    }
    return std::nullopt;
  }
  [[nodiscard]] void const* put_and_find(std::string_view name, std::size_t bytes) {
    auto stream = camera.begin(camera.device(name));
    REQUIRE(testing::put(stream, std::string(bytes, 'x')) == fc::commit_status::committed);
    auto const found = eye.find(stream.device(), stream.generation());
    return eye.read(found).bytes().data();
  }
  testing::book book;
  fc::registry homes{book};
  fc::frame_cache<Policies...> cache;
  fc::publisher camera = cache.publisher(book.publisher(1));
  fc::viewer<fc::anyone> eye = cache.viewer(book.viewer(1));
};

}  // namespace

TEST_CASE("huge pages: who does not ask is told so") {
  paged_relay<> r(false);
  CHECK(r.cache.admin(r.book.admin()).stats().huge_pages == fc::huge_page_status::not_asked);
  CHECK_FALSE(testing::has_vm_flag(r.put_and_find("porch", 64), "hg"));
}

TEST_CASE_TEMPLATE("huge pages: they are asked for, for small frames and large ones", R, paged_relay<>,
                   paged_relay<fc::isolate<fc::strict>>) {
  R r(true);
  auto const granted = this_machine_has_them() ? fc::huge_page_status::granted : fc::huge_page_status::refused;
  CHECK(r.cache.admin(r.book.admin()).stats().huge_pages == granted);
  if (granted == fc::huge_page_status::refused) return;
  CHECK(testing::has_vm_flag(r.put_and_find("porch", 64), "hg"));
  CHECK(testing::has_vm_flag(r.put_and_find("garden", 100'000), "hg"));
}

TEST_CASE("huge pages: a process that has them switched off is told that they were refused") {
  auto const end = testing::run_in_child([] {
    if (::prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0) != 0) return 2;
    paged_relay<> r(true);
    return r.cache.admin(r.book.admin()).stats().huge_pages == fc::huge_page_status::refused ? 0 : 1;
  });
  CHECK_MESSAGE(end.exit_code == 0, end.said);
}

TEST_CASE("huge pages: a partition that got none is reported") {
  auto const end = testing::run_in_child([] {
    paged_relay<fc::isolate<fc::strict>> r(true);
    auto ops = r.cache.admin(r.book.admin());
    if (ops.stats().huge_pages == fc::huge_page_status::refused) return 0;  // as everywhere on this machine
    if (::prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0) != 0) return 2;
    auto const late = r.cache.viewer(r.book.viewer(2));
    return late && ops.stats().huge_pages == fc::huge_page_status::refused ? 0 : 1;
  });
  CHECK_MESSAGE(end.exit_code == 0, end.said);
}

// SPDX-License-Identifier: Apache-2.0
//
// Private functions of a class can be called by explicit instantiation on any object of it that one has. So nobody but a store
// has a house: who builds one without a store's word ends there.
#include <doctest/doctest.h>

#include "model/child.hpp"
#include "support/homes.hpp"

TEST_CASE("an engine that is not built by a store stops the process (P3)") {
  auto const end = testing::run_in_child([] {
    testing::book keys;
    fc::registry homes{keys};
    fc::engine::house const made{homes, {.capacity = fc::mebibytes{1}}, {}, &fc::engine::hash_with_xxh3, 12345};
    return 0;
  });
  CHECK(end.aborted);
  CHECK(end.said.find("without a store") != std::string::npos);
}

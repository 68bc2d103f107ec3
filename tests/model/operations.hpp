// SPDX-License-Identifier: Apache-2.0
//
// Plays a script against a cache and against the oracle, and says the first thing in which they differ: an answer, the bytes or
// facts of a frame, a sequence, a generation, a count, or who left when something had to. Everything that can be seen from
// outside is compared after each operation; at the end everything that should be there is looked for.
//
// It needs nothing of an engine but the public API and, for what an eviction promises, oracle::rules.
//
//   operations.cpp        playing, who left, counts     operations_reads.cpp    what viewers and strangers see
//   operations_writes.cpp what publishers write         operations_orders.cpp   stewards, admins, time
#pragma once

#include "model/operations_home.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace testing {

struct operation_kind final {
  std::unique_ptr<any_cache> (*make)(fc::registry&, fc::config);
  fc::config how;
  oracle::rules rules{};
  bool floors = false;       // isolate<fair>: budgets may state a floor
  bool partitioned = false;  // isolate<strict>: nobody's call costs another tenant a frame
  // Among a device's own frames the paper's orders say nothing: whom a cap of its own costs one is not for them to say.
  bool device_caps = true;
  // So large that several frames leave at once; a neighbour holds most of it, so that there is as little room as in the others.
  bool large = false;
  bool roomy = false;  // there is room for everything: no budgets, and nothing may leave or be refused
};

class operations final {
 public:
  operations(operation_kind what, operation_coverage& seen);
  operations(operations const&) = delete;
  operations& operator=(operations const&) = delete;
  ~operations();

  // Returns what differed, or nothing. Once only.
  [[nodiscard]] std::string play(std::span<std::uint8_t const> bytes);

 private:
  using home = home_of_two;

  // operations.cpp
  home& of(std::uint64_t t) { return all_[t - 1]; }
  camera_of_two& camera(operation const& it) { return of(it.tenant).cameras[it.camera]; }
  fc::device_id device_of(operation const& it) { return fc::device_id{std::uint64_t{camera(it).device}}; }
  static std::string name_of(operation const& it) { return "camera " + std::to_string(it.camera); }
  void stop_clock();
  void open(std::uint64_t t);
  void hold_most();
  void perform(operation const& it);
  // Every call that may make room ends with this, before the oracle is told of what the call was for.
  enum class payer : std::uint8_t { any_above_its_floor, any, who_asked };
  void settle(oracle::pressure why, payer pays = payer::any_above_its_floor);
  void settle_losses(oracle::pressure why, payer pays);
  void expect_may_lose(std::uint64_t t, payer pays);
  bool is_there(std::uint64_t t, oracle::place const& at);
  void compare_counts(std::uint64_t t);
  void compare_everything();
  void same(std::string_view what, std::string_view got, std::string_view should);
  void expect(bool right, std::string_view otherwise);

  // operations_reads.cpp
  oracle::place place_of(operation const& it);
  void compare(std::string_view what, std::uint64_t t, handle_type got, oracle::answer const& should, bool keeps);
  void read(std::uint64_t t, handle_type const& handle, std::uint64_t number);
  void find(operation const& it, bool keeps);
  void latest(operation const& it);
  void peek(operation const& it);
  void batch(operation const& it);
  void ask(operation const& it);
  void stranger(operation const& it);
  void release(std::uint64_t which);
  void look(std::uint64_t which);
  void share(std::uint64_t which);

  // operations_writes.cpp
  void begin(operation const& it);
  [[nodiscard]] std::vector<oracle::place> fenced(camera_of_two const& c) const;
  bool stage(operation const& it);
  void expect_nothing_could_go(std::uint64_t t, std::uint64_t size);
  void put(operation const& it);
  void commit(std::uint64_t which);
  void commit_as(draft_of_two& one, std::uint64_t size, fc::frame_facts facts);
  void drop(std::uint64_t which);
  void erase(operation const& it);

  // operations_orders.cpp
  void retire(operation const& it);
  void suspend(std::uint64_t t, bool off);
  void revoke(std::uint64_t t);
  void budget(operation const& it);
  bool within_cap(std::uint64_t t);
  void drain(std::uint64_t t);
  void capacity(operation const& it);
  void wait(std::uint64_t steps);

  static constexpr std::chrono::seconds step{100};
  static constexpr std::size_t most_held = 6;
  static constexpr std::size_t most_drafts = 3;

  operation_kind const what_;
  operation_coverage& seen_;
  fc::registry homes_{operation_keys::get().all};
  std::unique_ptr<any_cache> const cache_;
  oracle model_;
  admin_type const ops_;
  std::array<home, operation::tenants> all_;
  std::vector<handle_of_two> held_;
  std::vector<draft_of_two> drafts_;
  std::optional<neighbour_of_two> neighbour_;
  std::uint64_t made_ = 0;
  fc::base::steady_time const began_ = fc::base::steady_now();
  std::chrono::nanoseconds passed_{};
  std::string wrong_;
};

}  // namespace testing

// SPDX-License-Identifier: Apache-2.0
//
// The oracle: what a cache should answer, as the simple engine in model/simple sees it. Words, bytes and names of answers go in
// and out, and no type of either engine, so that both can be asked in one program.
//
// Three homes or more, each with a viewer, a publisher and a steward; one admin. Handles, streams and drafts are numbers.
//
// It does not know bytes: whether there was room is told (`room`), and so is how many frames of a tenant were evicted. Which
// might have been is its own to say: settle() looks the candidates up in the cache under test, through `is_there`, and fails
// when none of them is gone.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace testing {

class oracle final {
 public:
  using word = std::uint64_t;

  // By last use, or as the papers have it: see simple_orders.hpp.
  enum class order : std::uint8_t { lru, sieve, s3fifo };
  // What is promised of the order in which frames leave, and how this run reads it.
  struct rules final {
    order leaves_by = order::lru;  // but lru: of each tenant, whatever the others do
    bool mark_stale = false;
    bool oldest_of_all = false;     // under pressure the victim is the oldest of all tenants, not of one
    bool put_begins_a_tick = true;  // false: a put ends one
    bool peek_is_a_use = true;      // false: it may be one
    word generation_floor = 0;
  };

  struct facts final {
    std::int64_t captured_at = 0;
    bool keyframe = false;
    std::uint8_t codec = 0;
    std::uint16_t width = 0;
    std::uint16_t height = 0;
  };
  // What a reader sees of a frame; the bytes stay where they are for as long as the handle does.
  struct sight final {
    std::span<std::byte const> bytes;
    facts what;
    word generation = 0;
    word rendition = 0;
    word sequence = 0;
    std::chrono::nanoseconds age{};
    bool stale = false;
  };
  struct answer final {
    std::string_view status;
    word number = 0;  // of the handle, stream, draft or device; 0: none
  };
  struct place final {
    word device = 0;
    word generation = 0;
    word rendition = 0;
  };
  struct counts final {
    word frames = 0, devices = 0, handles = 0, hits = 0, absent = 0, superseded = 0, too_old = 0, commits = 0,
         commits_refused = 0, evictions = 0, generations = 0;
  };

  explicit oracle(rules how);
  oracle(oracle const&) = delete;
  oracle& operator=(oracle const&) = delete;
  ~oracle();

  // Opens the home's roles, anew after a revocation.
  void admit(word tenant);
  void advance(std::chrono::nanoseconds by);

  // A viewer of the tenant.
  [[nodiscard]] answer find(word tenant, place const& at);
  [[nodiscard]] answer latest(word tenant, word device, word rendition, std::optional<std::chrono::nanoseconds> limit);
  // Its number is a handle that ends with the look: let go of it.
  [[nodiscard]] answer peek(word tenant, place const& at);
  [[nodiscard]] std::string_view read(word tenant, word handle, sight& seen);
  [[nodiscard]] answer share(word tenant, word handle);
  void release(word handle);
  [[nodiscard]] std::optional<word> current(word tenant, word device) const;
  [[nodiscard]] std::optional<word> device(word tenant, std::string_view name) const;

  // Its publisher.
  [[nodiscard]] answer name(word tenant, std::string_view name, bool room);
  [[nodiscard]] answer begin(word tenant, word device, bool room, word& generation);
  [[nodiscard]] answer stage(word stream, word rendition, word bytes, bool room);
  // On too_long and empty the draft stays as it was; after any other answer it is gone.
  [[nodiscard]] std::string_view commit(word draft, std::vector<std::byte>& bytes, word size, facts const& what,
                                        bool room);
  void drop(word draft);
  [[nodiscard]] std::string_view erase(word stream);

  // Its steward, and the admin.
  [[nodiscard]] std::string_view retire(word tenant, word device);
  [[nodiscard]] std::string_view suspend(word tenant, bool off);
  [[nodiscard]] std::string_view revoke(word tenant);
  [[nodiscard]] bool drained(word tenant) const;
  [[nodiscard]] bool has_unheld(word tenant, std::optional<word> device = std::nullopt) const;
  [[nodiscard]] counts count(word tenant) const;
  [[nodiscard]] counts total() const;
  [[nodiscard]] word crossings() const;

  // What made frames leave.
  struct pressure final {
    word tenant = 0;               // whose call it was
    bool own_cap = false;          // that tenant has a cap, and may have paid for itself
    bool each_device = false;      // a cap for each device was set by it
    std::optional<word> device{};  // whose own cap may have been in the way
    bool put = false;              // it was a put, which has moved the tick already
    std::vector<place> unseen{};   // overwritten or fenced off since: whether they left before cannot be seen
  };
  struct loss final {
    word tenant = 0;
    word frames = 0;
  };
  // So many frames of these tenants have left. Returns what is wrong with that, or nothing.
  [[nodiscard]] std::string settle(std::vector<loss> losses, pressure const& why,
                                   std::function<bool(word, place const&)> const& is_there);
  // There may have been a search for who of this tenant leaves next, after which nobody did: all are held, or it had only what is
  // guaranteed to it. `guaranteed`: it is guaranteed something.
  void perhaps_searched(word tenant, bool guaranteed);

 private:
  struct inside;
  std::unique_ptr<inside> in_;
};

}  // namespace testing
